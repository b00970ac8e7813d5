import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openCsvTable } from '../imports/csv-table.js';
import { readLeadRow } from '../imports/row.js';
import { suggestMapping } from '../imports/suggest-mapping.js';
import { mergedContent } from '../imports/plan-batch.js';
import { leadContent } from '../leads/lead.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { headingLine, leadLine, plainAmount, tagCell } from './lead-csv.js';

const OWNER = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d';
const stages = [
  { key: 'interest', name: 'Interest' },
  { key: 'closed-win', name: 'Closed win' },
];

const view = (given: Partial<LeadView> & { name: string }): LeadView => ({
  ...{ id: OWNER, pipelineId: OWNER, status: 'interest', version: 1 },
  ...{ createdAt: '2026-11-21T09:30:00.000Z', updatedAt: '2026-11-21T09:30:00.000Z', deletedAt: null },
  ...leadContent(given),
  tags: [...(given.tags ?? [])],
  attributes: given.attributes ?? {},
});

/** The leads a file is read as. */
async function readBack(text: string) {
  const table = await openCsvTable(
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
  const mapping = suggestMapping(table.headers, []);
  const context = { headers: table.headers, stages, baseCurrency: 'USD', owners: [{ id: OWNER, email: 'me@x.org' }] };
  const found: ReturnType<typeof readLeadRow>[] = [];
  for await (const row of table.rows) if ('cells' in row) found.push(readLeadRow(row.cells, mapping, context));
  return found;
}

describe('leadLine', () => {
  const text = fc
    .tuple(fc.constantFrom('', "'", "''", '=', '+', '-', '@', '"', ';'), fc.string({ unit: 'grapheme', maxLength: 12 }))
    .map(([sign, rest]) =>
      (sign + rest)
        .replace(/\p{Cc}/gu, ' ')
        .normalize('NFC')
        .trim(),
    );
  const lead = fc.record({
    name: text.filter((name) => name !== ''),
    company: text,
    notes: text,
    source: text,
    email: fc.constantFrom(undefined, 'Ana@X.org'),
    phone: fc.constantFrom(undefined, '+351 210 001 112', '(030) 12345', '-'),
    value: fc.option(
      fc.record({ amountMinor: fc.bigInt(-(10n ** 15n), 10n ** 15n).map(String), currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'USD') }),
      { nil: undefined },
    ),
    tags: fc.uniqueArray(
      text.filter((tag) => tag !== ''),
      { maxLength: 4, selector: (tag) => tag.toLowerCase() },
    ),
    attributes: fc.dictionary(fc.constantFrom('size', 'name', 'rec_id', 'a_1'), text, { maxKeys: 3 }),
  });

  it('is read back by an import as the lead it was', async () => {
    await fc.assert(
      fc.asyncProperty(lead, async (given) => {
        const phone = given.phone === '-' ? undefined : given.phone;
        const known = view({ ...given, phone: phone ?? null, email: given.email ?? null, value: given.value ?? null, ownerId: OWNER });
        const keys = ['a_1', 'name', 'rec_id', 'size'];
        const [found] = await readBack(headingLine(keys) + leadLine(known, keys, new Map([[OWNER, 'me@x.org']])));
        if (!found?.ok) throw new Error(JSON.stringify(found));
        const content = leadContent(known);
        expect(mergedContent(content, found.lead, found.isNamed)).toEqual(content);
        expect(found.lead.status).toBe('interest');
        const made = leadContent({ ...found.lead, ownerId: found.lead.ownerId });
        const blanks = (value: string) => value.replace(/\s+/g, ' ');
        const filled = Object.fromEntries(Object.entries(content.attributes).filter(([, value]) => value !== ''));
        expect(made).toEqual({ ...content, name: blanks(content.name), email: content.email?.toLowerCase() ?? null, attributes: filled });
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out an owner who is no member any more', () => {
    expect(leadLine(view({ name: 'Ana', ownerId: OWNER }), [], new Map())).toBe(
      `Ana,,,,,,interest,,,,,${OWNER},2026-11-21T09:30:00.000Z,2026-11-21T09:30:00.000Z\r\n`,
    );
  });
});

describe('plainAmount', () => {
  it.each([
    ['5', 'EUR', '0.05'],
    ['-5', 'EUR', '-0.05'],
    ['-123456', 'EUR', '-1234.56'],
    ['1234', 'JPY', '1234'],
    ['1234', 'KWD', '1.234'],
    ['0', 'USD', '0.00'],
  ])('%s %s is %s', (amountMinor, currency, text) => expect(plainAmount({ amountMinor, currency })).toBe(text));
});

describe('tagCell', () => {
  it('quotes only what must be', () => expect(tagCell(['vip', 'a;b', 'say "hi"'])).toBe('vip; "a;b"; "say ""hi"""'));
});
