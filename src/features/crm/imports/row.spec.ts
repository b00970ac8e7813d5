import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadMapping, LeadTarget } from './mapping.js';
import type { ImportedLead, RowContext } from './row.js';
import { naturalKeyOf, readLeadRow } from './row.js';

const stages = [
  { key: 'interest', name: 'Interest' },
  { key: 'meeting-booked', name: 'Meeting booked' },
  { key: 'closed-win', name: 'Gewonnen' },
];
const owners = [
  { id: '0199-a', email: 'eva@us.org', name: 'Eva Sales' },
  { id: '0199-b', email: 'tom@us.org', name: 'Tom Same' },
  { id: '0199-c', email: 'tim@us.org', name: 'Tom Same' },
];

/** Reads a row whose columns are called like the fields they are mapped to. */
function row(fields: Partial<Record<LeadTarget, string>>, mapping: Partial<LeadMapping> = {}) {
  const headers = Object.keys(fields);
  const context: RowContext = { headers, stages, owners, baseCurrency: 'EUR' };
  const columns = (headers as LeadTarget[]).map((to) => ({ from: [to], to }));
  return readLeadRow(Object.values(fields).map(String), { columns, ...mapping }, context);
}
const lead = (...given: Parameters<typeof row>): ImportedLead => {
  const found = row(...given);
  if (!found.ok) throw new Error(JSON.stringify(found.errors));
  return found.lead;
};
const errors = (...given: Parameters<typeof row>) => {
  const found = row(...given);
  return found.ok ? [] : found.errors.map(({ column, code }) => `${column} ${code}`);
};

describe('readLeadRow', () => {
  it('reads every field', () => {
    const given = {
      name: ' Anna  Smith ',
      company: 'Acme',
      email: 'MAILTO:Anna@Acme.com',
      phone: '+49 (30) 123-45 x6',
      value: '1.234,50 €',
    } as const;
    const rest = {
      notes: 'a\nb',
      status: 'MEETING_BOOKED',
      source: 'Fair',
      tags: 'vip; new,VIP',
      owner: 'Eva sales',
      'attributes.size': 'XL',
    } as const;
    expect(lead({ ...given, ...rest })).toEqual({
      name: 'Anna Smith',
      company: 'Acme',
      email: 'anna@acme.com',
      phone: '+49 (30) 123-45 x6',
      value: { amountMinor: '123450', currency: 'EUR' },
      notes: 'a\nb',
      status: 'meeting-booked',
      source: 'Fair',
      tags: ['vip', 'new'],
      ownerId: '0199-a',
      attributes: { size: 'XL' },
    });
  });

  it.each([
    [{ value: 'abc' }, '"abc" is not an amount (EUR).'],
    [{ value: 'abc 12' }, '"abc 12" is not an amount (EUR).'],
    [{ value: '$' }, '"$" is not an amount (EUR).'],
    [{ value: '12 USD', currency: 'EUR' }, '"12 USD" names another currency than the row (EUR).'],
    [{ value: '$ 12', currency: 'EUR' }, '"$ 12" names another currency than the row (EUR).'],
  ])('says of %j what is wrong', (fields, message) => {
    const found = row({ name: 'Anna', ...fields });
    expect(found.ok ? [] : found.errors.map((error) => error.message)).toEqual([message]);
  });

  it('joins columns, leaves out blank ones, and finds them by a relaxed name', () => {
    const mapping: LeadMapping = {
      columns: [
        { from: ['given name', 'SURNAME'], to: 'name' },
        { from: ['street', 'no'], to: 'attributes.address', separator: ', ' },
      ],
    };
    const context = { headers: [' given_name', 'surname', 'street', 'no'], stages, baseCurrency: 'EUR' };
    expect(readLeadRow(['', 'Waller', 'High', '5'], mapping, context)).toMatchObject({
      ok: true,
      lead: { name: 'Waller', attributes: { address: 'High, 5' } },
    });
  });

  it('tells all that is wrong at once', () => {
    const found = row({
      name: '',
      email: 'anna@',
      phone: 'call me',
      value: 'lots',
      status: 'Intrest',
      owner: 'nobody',
      tags: 'x'.repeat(61),
    });
    expect(found.ok ? [] : found.errors.map(({ column, code, didYouMean }) => [column, code, didYouMean])).toEqual([
      ['email', 'email-invalid', undefined],
      ['phone', 'phone-invalid', undefined],
      ['value', 'amount-invalid', undefined],
      ['status', 'status-unknown', 'Interest'],
      ['tags', 'too-long', undefined],
      ['owner', 'owner-unknown', undefined],
    ]);
    expect(found.ok ? '' : found.errors[3]?.message).toBe(
      '"Intrest" is not a stage of this pipeline; it has Interest, Meeting booked, Gewonnen.',
    );
  });

  it('calls a nameless lead by company, e-mail or phone, and refuses one with nothing', () => {
    expect(lead({ name: '', company: 'Acme' }).name).toBe('Acme');
    expect(lead({ email: 'a@b.org' }).name).toBe('a@b.org');
    expect(errors({ name: ' ', notes: 'hello' })).toEqual(['name required']);
  });

  it('fills blank cells from the defaults only', () => {
    const defaults = { status: 'closed-win', source: 'Import' };
    expect(lead({ name: 'A', status: '' }, { defaults })).toMatchObject({ status: 'closed-win', source: 'Import' });
    expect(lead({ name: 'A', status: 'interest' }, { defaults }).status).toBe('interest');
  });

  it.each([
    [{ value: '1,200 USD' }, { amountMinor: '120000', currency: 'USD' }],
    [
      { value: '1200', currency: 'jpy' },
      { amountMinor: '1200', currency: 'JPY' },
    ],
    [{ value: '', currency: 'USD' }, null],
    [{ value: '9007199254740993.01' }, { amountMinor: '900719925474099301', currency: 'EUR' }],
  ])('reads %j exactly', (fields, value) => expect(lead({ name: 'A', ...fields }).value).toEqual(value));

  it('takes the decimal mark of the column', () => {
    const columns = [
      { from: ['name'], to: 'name' as const },
      { from: ['value'], to: 'value' as const, format: { decimal: 'dot' as const } },
    ];
    expect(lead({ name: 'A', value: '1.500' }, { columns }).value?.amountMinor).toBe('150');
  });

  it.each([
    [{ value: '12.345.6' }, 'value amount-invalid'],
    [{ value: '5', currency: 'Moon' }, 'currency currency-unknown'],
    [{ value: '5 USD', currency: 'EUR' }, 'value amount-invalid'],
    [{ owner: 'Tom Same' }, 'owner owner-unknown'],
    [{ company: 'x'.repeat(256) }, 'company too-long'],
    [{ email: 'a@b' }, 'email email-invalid'],
    [{ email: 'a@b.org, c@d.org' }, 'email email-invalid'],
    [{ phone: '123' }, 'phone phone-invalid'],
    [{ tags: Array.from({ length: 51 }, (_, at) => at).join(';') }, 'tags too-many-tags'],
  ])('refuses %j', (fields, fault) => expect(errors({ name: 'A', ...fields })).toEqual([fault]));

  it('never throws, and gives either a lead or errors that name a column', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '1,5', 'a@b.org', 'interest', '+49 30 12345', 'EUR'));
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        const found = row({ name: a, email: b, phone: c, value: d, status: a, currency: b, tags: c, owner: d, 'attributes.x': a });
        if (found.ok) expect(JSON.stringify(found.lead)).not.toContain('\\u0000');
        else expect(found.errors.every((error) => error.column !== '' && error.message.endsWith('.'))).toBe(true);
      }),
    );
  });
});

describe('naturalKeyOf', () => {
  it('folds what is compared', () => {
    const one = lead({ name: 'Zoë Müller', company: 'ACME', email: 'Z@X.org', phone: '+49 30 1234567', 'attributes.no': '7' });
    expect(naturalKeyOf(one, { naturalKey: 'email' })).toBe('z@x.org');
    expect(naturalKeyOf(one, { naturalKey: 'phone' })).toBe('301234567');
    expect(naturalKeyOf(one, { naturalKey: 'name+company' })).toBe('zoe muller\nacme');
    expect(naturalKeyOf(one, { naturalKey: 'attributes.no' })).toBe('7');
    expect(naturalKeyOf({ ...one, email: null, company: null }, { naturalKey: 'email' })).toBeUndefined();
    expect(naturalKeyOf({ ...one, company: null }, { naturalKey: 'name+company' })).toBeUndefined();
    expect(naturalKeyOf(one, {})).toBeUndefined();
  });
});
