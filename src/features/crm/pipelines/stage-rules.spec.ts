import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../../platform/http/problems/problem.js';
import { STAGE_KINDS, usualProbability } from './pipeline.js';
import { refusalCode, refusalProblem, refusalText } from './stage-refusals.js';
import { ASKABLE_FIELDS, type Entry, isAskable, isRuled, judgeEntry, type PipelineRules, type RuledStage } from './stage-rules.js';

const stage = (key: string, more: Partial<RuledStage> = {}): RuledStage => {
  return { key, name: key.toUpperCase(), kind: 'open', isArchived: false, allowedFrom: null, requiredFields: [], ...more };
};
const RULES: PipelineRules = {
  stages: [
    stage('a'),
    stage('b', { allowedFrom: ['a'] }),
    stage('c', { allowedFrom: ['b'], requiredFields: ['value', 'tags', 'attributes.size'] }),
    stage('old', { isArchived: true }),
    stage('won', { kind: 'won' }),
    stage('lost', { kind: 'lost' }),
  ],
  winReasons: [],
  lostReasons: ['Price', 'No answer'],
  isWinReasonRequired: true,
  isLostReasonRequired: false,
};
const entry = (given: Partial<Entry>): Entry => ({ lead: {}, from: 'a', to: 'b', reason: null, reasonNote: null, ...given });
const refused = (given: Partial<Entry>) => {
  const verdict = judgeEntry(RULES, entry(given));
  if (!('refusal' in verdict)) throw new Error('it was let in');
  return verdict.refusal;
};
const FULL = { value: { amountMinor: '1', currency: 'EUR' }, tags: ['x'], attributes: { size: '39' } };

describe('judgeEntry', () => {
  it.each([
    [{ from: 'a', to: 'b' }],
    [{ from: null, to: 'b' }],
    [{ from: 'elsewhere', to: 'b' }],
    [{ from: 'old', to: 'b' }],
    [{ from: 'c', to: 'c' }],
    [{ from: 'b', to: 'c', lead: FULL }],
    [{ to: 'unknown' }],
    [{ to: 'lost', reasonNote: 'only a note' }],
    [{ from: null, to: 'won', isNew: true }],
  ])('lets in %j', (given) => expect(judgeEntry(RULES, entry(given))).toEqual({ reason: null }));

  it('refuses a move the stage does not allow, and says which ones are', () => {
    const refusal = refused({ from: 'a', to: 'c', lead: FULL });
    expect(refusal).toMatchObject({ why: 'move', validOptions: ['b', 'won', 'lost'] });
    const { definition, details } = refusalProblem(refusal, 'C');
    expect([definition.status, definition.code, details.validOptions, details.extra]).toEqual([
      ...[409, 'move-not-allowed', ['b', 'won', 'lost']],
      { from: 'a', to: 'c' },
    ]);
    expect(details.detail).toBe('A lead cannot go from “A” to “C”. From there it can go to: b, won, lost.');
    expect(refusalProblem(refusal, 'lots').details.didYouMean).toBe('lost');
  });

  it('says when there is nowhere to go', () => {
    const alone = { ...RULES, stages: [stage('a'), stage('b', { allowedFrom: [] })] };
    const verdict = judgeEntry(alone, entry({}));
    expect('refusal' in verdict && refusalText(verdict.refusal)).toContain('it can go nowhere');
  });

  it('names every field that is missing, with where it stands in the lead', () => {
    const refusal = refused({ from: 'b', to: 'c', lead: { value: null, tags: [], attributes: {} } });
    expect(refusal).toMatchObject({ why: 'fields', missing: ['value', 'tags', 'attributes.size'] });
    const { definition, details } = refusalProblem(refusal, 'c');
    expect([definition.status, details.errors?.map(({ pointer }) => pointer)]).toEqual([422, ['/value', '/tags', '/attributes/size']]);
    const inherited = { ...RULES, stages: [stage('a'), stage('x', { requiredFields: ['attributes.constructor', 'company'] })] };
    expect(judgeEntry(inherited, entry({ to: 'x', lead: { attributes: {}, company: '' } }))).toMatchObject({
      refusal: { missing: ['attributes.constructor', 'company'] },
    });
    expect(judgeEntry(inherited, entry({ to: 'x', lead: { attributes: null, company: 'x' } }))).toHaveProperty('refusal.missing', [
      'attributes.constructor',
    ]);
  });

  it('asks for a reason where one is required, and takes one of the list as the list writes it', () => {
    expect(refused({ to: 'won' })).toMatchObject({ why: 'reason-missing', validOptions: [] });
    expect(judgeEntry(RULES, entry({ to: 'won', reason: 'Best offer' }))).toEqual({ reason: 'Best offer' });
    expect(judgeEntry(RULES, entry({ to: 'lost', reason: 'no ANSWER' }))).toEqual({ reason: 'No answer' });
    const unknown = refused({ to: 'lost', reason: 'Pryce' });
    expect(unknown).toMatchObject({ why: 'reason-unknown', validOptions: ['Price', 'No answer'], didYouMean: 'Price' });
    expect(refusalProblem(unknown, 'lost').details).toMatchObject({
      didYouMean: 'Price',
      errors: [{ pointer: '/reason', code: 'reason-unknown', didYouMean: 'Price' }],
    });
    expect(refusalProblem(refused({ to: 'lost', reason: 'zzzzzzz' }), 'lost').details).not.toHaveProperty('didYouMean');
    const required = judgeEntry({ ...RULES, isLostReasonRequired: true }, entry({ to: 'lost' }));
    if (!('refusal' in required)) throw new Error('it was let in');
    expect(refusalProblem(required.refusal, 'lost').details.validOptions).toEqual(['Price', 'No answer']);
  });

  it.each([{ reason: 'x' }, { reasonNote: 'x' }])('wants no reason for an open stage: %j', (told) => {
    const refusal = refused({ to: 'b', ...told });
    expect(refusalProblem(refusal, 'b').definition.code).toBe('reason-not-asked');
  });

  const rules = fc.record({
    stages: fc
      .array(
        fc.record({
          key: fc.constantFrom('a', 'b', 'c', 'd'),
          name: fc.constant('Name'),
          kind: fc.constantFrom(...STAGE_KINDS),
          isArchived: fc.boolean(),
          allowedFrom: fc.option(fc.subarray(['a', 'b', 'c', 'd']), { nil: null }),
          requiredFields: fc.subarray(['company', 'attributes.size']),
        }),
        { minLength: 1 },
      )
      .map((stages) => stages.filter((one, place) => stages.findIndex(({ key }) => key === one.key) === place)),
    winReasons: fc.subarray(['x', 'y']),
    lostReasons: fc.subarray(['x', 'y']),
    isWinReasonRequired: fc.boolean(),
    isLostReasonRequired: fc.boolean(),
  });
  const entries = fc.record({
    lead: fc.record({ company: fc.constantFrom('', 'c', null), attributes: fc.constantFrom({}, { size: '1' }) }),
    from: fc.constantFrom('a', 'b', 'c', 'd', null),
    to: fc.constantFrom('a', 'b', 'c', 'd'),
    reason: fc.constantFrom(null, 'X', 'z'),
    reasonNote: fc.constant(null),
    isNew: fc.boolean(),
  });

  it('lets everything into a stage that has no rules, so that it need not be asked', () => {
    fc.assert(
      fc.property(rules, entries, (given, wanted) => {
        const target = given.stages.find(({ key }) => key === wanted.to);
        if (target && isRuled(target, given)) return;
        expect(judgeEntry(given, { ...wanted, reason: null })).toEqual({ reason: null });
      }),
    );
  });

  it('offers only moves that it would allow, and turns every refusal into a problem of its own', () => {
    fc.assert(
      fc.property(rules, entries, (given, wanted) => {
        const verdict = judgeEntry(given, wanted);
        if (!('refusal' in verdict)) return;
        const found = refusalProblem(verdict.refusal, wanted.to);
        expect(found).toBeInstanceOf(Problem);
        expect([found.definition.code, found.details.detail]).toEqual([refusalCode(verdict.refusal), refusalText(verdict.refusal)]);
        if (verdict.refusal.why !== 'move') return;
        for (const to of verdict.refusal.validOptions) {
          const other = judgeEntry(given, { ...wanted, to });
          expect('refusal' in other && other.refusal.why === 'move').toBe(false);
        }
      }),
    );
  });
});

describe('what can be asked for', () => {
  it.each([...ASKABLE_FIELDS, 'attributes.customer_number'])('%s', (field) => expect(isAskable(field)).toBe(true));
  it.each(['name', 'attributes', 'attributes.', 'attributes.Big', 'status', 'attributes.a.b', ''])('not %s', (field) =>
    expect(isAskable(field)).toBe(false),
  );
});

describe('usualProbability', () => {
  it.each([
    ['won', undefined, undefined, 100],
    ['lost', 10, 20, 0],
    ['open', undefined, undefined, 50],
    ['open', 10, 31, 21],
    ['open', 60, undefined, 80],
  ] as const)('of a stage that is %s between %s and %s is %d', (kind, before, after, expected) =>
    expect(usualProbability(kind, before, after)).toBe(expected),
  );
});
