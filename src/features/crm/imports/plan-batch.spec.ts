import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leadContent } from '../leads/lead.js';
import type { CsvRow } from './csv-table.js';
import type { LeadState, OnDuplicate, OnError } from './lead-import.js';
import type { LeadMapping } from './mapping.js';
import { type BatchPlan, keyOfState, lookupsOf, mergedContent, planBatch, readRows } from './plan-batch.js';

const HEADERS = ['name', 'email', 'company', 'status', 'tags', 'size'];
const MAPPING: LeadMapping = {
  columns: ['name', 'email', 'company', 'status', 'tags']
    .map((field) => ({ from: [field], to: field as 'name' }))
    .concat([{ from: ['size'], to: 'attributes.size' as 'name' }]),
  naturalKey: 'email',
};
const STAGES = [
  { key: 'interest', name: 'Interest' },
  { key: 'won', name: 'Won' },
];

/** Plans rows after one another, in batches of a size, keeping what they do like a database would. */
function run(rows: readonly CsvRow[], options: { size?: number; known?: LeadState[]; onDuplicate?: OnDuplicate; onError?: OnError } = {}) {
  const { size = 100, known = [], onDuplicate = 'update', onError = 'skip' } = options;
  const leads = new Map(known.map((lead) => [lead.id, lead]));
  const plans: BatchPlan[] = [];
  let made = 0;
  for (let from = 0; from < rows.length; from += size) {
    const read = readRows(rows.slice(from, from + size), MAPPING, { headers: HEADERS, stages: STAGES, baseCurrency: 'EUR' });
    const found = [...leads.values()].flatMap((lead) => {
      const key = keyOfState(lead, MAPPING);
      return key === null ? [] : [[key, lead] as const];
    });
    const rules = { pipelineId: 'p', firstStage: 'interest', onDuplicate, onError, newId: () => `new-${String(++made).padStart(4, '0')}` };
    const plan = planBatch(read, found, rules);
    for (const lead of [...plan.inserts, ...plan.updates]) leads.set(lead.id, lead);
    plans.push(plan);
    if (plan.isStopped) break;
  }
  return { rows: plans.flatMap((plan) => plan.rows), leads: [...leads.values()], plans };
}

const row = (line: number, ...cells: string[]): CsvRow => ({ line, cells: HEADERS.map((_, at) => cells[at] ?? '') });
const state = (id: string, given: Parameters<typeof leadContent>[0], more: Partial<LeadState> = {}): LeadState => ({
  ...{ id, version: 1, pipelineId: 'p', status: 'interest' },
  content: leadContent(given),
  ...more,
});
const outcomes = (planned: ReturnType<typeof run>): string[] => planned.rows.map((one) => `${one.line} ${one.outcome}`);

describe('planBatch', () => {
  it('lets a row see what the rows before it did', () => {
    const done = run([row(2, 'Ana', 'a@x.org'), row(3, 'Ana', 'a@x.org', 'Acme'), row(4, 'Ana', 'a@x.org', 'Acme'), row(5, 'Ben')]);
    expect(outcomes(done)).toEqual(['2 created', '3 updated', '4 unchanged', '5 created']);
    expect(done.plans[0]?.inserts.map(({ id, version, content }) => [id, version, content.company])).toEqual([
      ['new-0001', 1, 'Acme'],
      ['new-0002', 1, null],
    ]);
    expect(done.plans[0]?.updates).toEqual([]);
    expect(done.rows[1]).toMatchObject({
      leadId: 'new-0001',
      before: { content: { company: null } },
      after: { content: { company: 'Acme' }, version: 1 },
    });
  });

  it('counts one version per batch, however many rows change a lead', () => {
    const known = [state('k', { name: 'Ana', email: 'A@x.org' }, { version: 7 })];
    const done = run([row(2, 'Ana', 'a@x.org', 'One'), row(3, 'Ana', 'a@x.org', 'Two'), row(4, '', 'a@x.org', 'Three')], {
      known,
      size: 2,
    });
    expect(done.rows.map(({ after }) => [after?.version, after?.content.company])).toEqual([
      [8, 'One'],
      [8, 'Two'],
      [9, 'Three'],
    ]);
    expect(done.leads).toMatchObject([{ version: 9, content: { name: 'Ana', email: 'A@x.org' } }]);
  });

  it('says why it does not update', () => {
    const known = [state('1', { name: 'A', email: 'a@x.org' }), state('2', { name: 'B', email: 'a@x.org' })];
    expect(run([row(2, 'C', 'a@x.org')], { known }).rows[0]).toMatchObject({
      outcome: 'failed',
      errors: [{ code: 'natural-key-ambiguous', column: null }],
    });
    expect(run([row(2, 'C', 'a@x.org')], { known, onDuplicate: 'skip' }).rows[0]).toMatchObject({ outcome: 'duplicate', leadId: '1' });
    expect(run([row(2, 'C', 'a@x.org')], { known, onDuplicate: 'import' }).rows[0]).toMatchObject({ outcome: 'created' });
  });

  it('leaves the stage of a lead on another board alone', () => {
    const known = [state('k', { name: 'Ana', email: 'a@x.org' }, { pipelineId: 'q', status: 'theirs' })];
    const done = run([row(2, 'Ana', 'a@x.org', 'Acme', 'Won')], { known });
    expect(done.leads).toMatchObject([{ pipelineId: 'q', status: 'theirs', content: { company: 'Acme' } }]);
    expect(outcomes(run([row(2, 'Ana', 'a@x.org', '', 'Won')], { known }))).toEqual(['2 unchanged']);
  });

  it('stops at the first fault when it is to', () => {
    const rows: CsvRow[] = [row(2, 'Ana'), { line: 3, fault: 'unclosed-quote' }, row(4, 'Ben')];
    expect(outcomes(run(rows, { onError: 'stop' }))).toEqual(['2 created', '3 failed']);
    expect(outcomes(run(rows))).toEqual(['2 created', '3 failed', '4 created']);
    expect(run(rows).rows[1]?.errors).toEqual([{ column: null, code: 'unclosed-quote', message: 'A quoted cell is never closed.' }]);
  });

  const cells = fc.tuple(
    fc.constantFrom('Ana', 'Ben', 'ana ', ''),
    fc.constantFrom('', 'a@x.org', 'A@X.org', 'b@x.org', 'broken'),
    fc.constantFrom('', 'Acme', 'Initech'),
    fc.constantFrom('', 'Won', 'Interest', 'Lost'),
    fc.constantFrom('', 'vip', 'vip; new'),
    fc.constantFrom('', '1', '2'),
  );
  const file = fc.array(cells, { maxLength: 30 }).map((all) => all.map((one, at) => row(at + 2, ...one)));
  const rule = fc.constantFrom<OnDuplicate>('update', 'skip', 'import');

  it('does the same wherever the file is cut into batches', () => {
    fc.assert(
      fc.property(file, rule, fc.integer({ min: 1, max: 7 }), (rows, onDuplicate, size) => {
        const plain = ({ rows: planned, leads }: ReturnType<typeof run>) => ({
          rows: planned.map(({ line, outcome, leadId, errors }) => ({ line, outcome, leadId, errors })),
          leads: leads.map(({ id, status, content }) => ({ id, status, content })),
        });
        expect(plain(run(rows, { onDuplicate, size }))).toEqual(plain(run(rows, { onDuplicate })));
      }),
    );
  });

  it('has nothing to do when the same file comes again', () => {
    fc.assert(
      fc.property(file, (rows) => {
        const keyed = rows.filter((one) => 'cells' in one && one.cells[1] !== '');
        // Only the last word on a lead is sure to stand; so each natural key comes once.
        const once = [...new Map(keyed.map((one) => ['cells' in one ? (one.cells[1] ?? '').toLowerCase() : '', one])).values()];
        const first = run(once);
        const second = run(once, { known: first.leads });
        expect(second.rows.every(({ outcome }) => outcome === 'unchanged' || outcome === 'failed')).toBe(true);
        expect(second.leads).toEqual(first.leads);
      }),
    );
  });

  it('accounts for every row', () => {
    fc.assert(
      fc.property(file, rule, (rows, onDuplicate) => {
        const done = run(rows, { onDuplicate });
        expect(done.rows.map(({ line }) => line)).toEqual(rows.map(({ line }) => line));
        expect(done.leads).toHaveLength(done.rows.filter(({ outcome }) => outcome === 'created').length);
        for (const one of done.rows) expect(one.outcome === 'failed').toBe(one.errors.length > 0);
      }),
    );
  });
});

describe('mergedContent', () => {
  it('never clears and takes what differs', () => {
    const known = leadContent({
      name: 'Ana  D',
      company: 'Acme',
      value: { amountMinor: '5', currency: 'EUR' },
      tags: ['a'],
      attributes: { x: '1', y: '2' },
      ownerId: 'me',
    });
    const nothing = {
      name: 'Acme',
      company: null,
      email: null,
      phone: null,
      value: null,
      notes: null,
      status: null,
      source: null,
      tags: [],
      ownerId: null,
      attributes: {},
    };
    expect(mergedContent(known, nothing, false)).toEqual(known);
    expect(mergedContent(known, { ...nothing, name: 'Ana D' }, true)).toEqual(known);
    const given = { ...nothing, name: 'Bea', value: { amountMinor: '6', currency: 'EUR' }, tags: ['b'], attributes: { y: '3' } };
    expect(mergedContent(known, given, true)).toEqual({
      ...known,
      name: 'Bea',
      value: { amountMinor: '6', currency: 'EUR' },
      tags: ['b'],
      attributes: { x: '1', y: '3' },
    });
  });
});

describe('lookupsOf', () => {
  it('asks for folded keys where a column holds them, and for digests always', () => {
    const read = (mapping: LeadMapping) =>
      readRows([row(2, 'Ána', 'A.na+x@gmail.com', 'Acme'), row(3, 'Ben')], mapping, {
        headers: HEADERS,
        stages: STAGES,
        baseCurrency: 'EUR',
      });
    const asked = (naturalKey: LeadMapping['naturalKey']) => {
      const mapping = { ...MAPPING, naturalKey };
      const { digests, folded } = lookupsOf(read(mapping), mapping);
      return [digests.length, folded];
    };
    expect(asked('email')).toEqual([1, ['ana@gmail.com']]);
    expect(asked('name+company')).toEqual([1, ['ana']]);
    expect(asked('attributes.size')).toEqual([0, []]);
  });
});
