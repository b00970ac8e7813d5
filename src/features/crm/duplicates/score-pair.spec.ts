import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_MODEL } from './match-model.js';
import type { MatchRecord } from './match-record.js';
import { comparePair } from './score-pair.js';

const lead = (fields: Partial<MatchRecord>): MatchRecord => ({ id: 'a', name: '', attributes: {}, ...fields });
const score = (a: Partial<MatchRecord>, b: Partial<MatchRecord>) => comparePair(lead(a), lead(b), DEFAULT_MODEL);
const words = (a: Partial<MatchRecord>, b: Partial<MatchRecord>) => score(a, b).factors.map((factor) => factor.explanation);

const word = fc.constantFrom('anna', 'ann', 'maria', 'smith', 'smyth', 'o’neil', 'Müller', 'li', 'x', '李', 'jean-luc');
const record: fc.Arbitrary<MatchRecord> = fc.record({
  id: fc.uuid(),
  name: fc.oneof(
    fc.array(word, { maxLength: 6 }).map((parts) => parts.join(' ')),
    fc.string({ unit: 'grapheme' }),
  ),
  company: fc.constantFrom('', 'Acme Ltd', 'ACME', 'Beta GmbH'),
  email: fc.constantFrom('', 'info@acme.com', 'anna@acme.com', 'ann@acme.com', 'anna@gmail.com', 'not an address'),
  phone: fc.constantFrom('', '+49 30 1234567', '030 1234567', '030 1234576', '12'),
  attributes: fc.dictionary(
    fc.constantFrom('dob', 'id', 'street', 'suburb', 'state'),
    fc.oneof(fc.constantFrom('1980-02-01', '19800102', '1234567', '1234576', 'high street', 'street high', 'nsw', '12'), fc.string()),
  ),
});

describe('comparePair', () => {
  it('is the same both ways and never anything but a number', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        const [one, other] = [comparePair(a, b, DEFAULT_MODEL), comparePair(b, a, DEFAULT_MODEL)];
        expect(one.score).toBeCloseTo(other.score, 9);
        expect(one.score).toBeGreaterThanOrEqual(0);
        expect(one.score).toBeLessThanOrEqual(1);
        expect(Number.isFinite(one.weight) && one.factors.every((factor) => Number.isFinite(factor.weight))).toBe(true);
      }),
    );
  });

  it('finds no record more like a record than itself', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        const held = (one: MatchRecord) =>
          Object.keys(one.attributes).sort().join() + [one.name, one.company, one.email, one.phone].map(Boolean).join();
        fc.pre(held(a) === held(b));
        const itself = comparePair(a, { ...a, id: 'copy' }, DEFAULT_MODEL);
        expect(itself.factors.every((factor) => factor.weight >= 0)).toBe(true);
        const fields = (pair: typeof itself) =>
          pair.factors
            .map((factor) => factor.field)
            .sort()
            .join();
        const other = comparePair(a, b, DEFAULT_MODEL);
        fc.pre(fields(itself) === fields(other));
        expect(itself.score).toBeGreaterThanOrEqual(other.score - 1e-9);
      }),
    );
  });

  it('takes a missing value neither for nor against', () => {
    const a = { name: 'Anna Smith', email: 'anna@smith.org', phone: '030 1234567' };
    const pair = score(a, { name: 'Anna Smith', email: 'anna@smith.org' });
    expect(pair).toEqual(score({ name: a.name, email: a.email }, { name: a.name, email: a.email }));
    expect(pair.score).toBeGreaterThan(score(a, { ...a, phone: '040 9876543' }).score);
  });

  it('tells in words what agrees and what does not', () => {
    expect(words({ name: 'Anna Smith' }, { name: 'Anna Smyth' })).toEqual(['Name differs by one letter']);
    expect(words({ name: 'Anna Smith' }, { name: 'Smith, Anna' })).toEqual(['Name has the same words in another order']);
    expect(words({ name: 'Anna Smith' }, { name: 'Walter Smith' })).toEqual(['Last name is the same, first name is different']);
    expect(words({ phone: '+49 30 1234567' }, { phone: '030 1234567' })).toEqual(['Phone is the same']);
    expect(words({ attributes: { date_of_birth: '1980-02-01' } }, { attributes: { date_of_birth: '19800102' } })).toEqual([
      'Date of birth has day and month swapped',
    ]);
    expect(words({ attributes: { tax_id: '1234567' } }, { attributes: { tax_id: '1234576' } })).toEqual(['Tax id has two digits swapped']);
    expect(words({ attributes: { a: 'high street', b: 'old mill' } }, { attributes: { a: 'old mill', b: 'high street' } })).toEqual([
      'A is in the other field, as if both were swapped',
      'B is in the other field, as if both were swapped',
    ]);
  });

  it('does not take two people of one company for one', () => {
    const office = {
      company: 'Acme Ltd',
      phone: '030 1234567',
      attributes: { street: 'High Street 5', city: 'Springfield', postcode: '12345' },
    };
    const pair = score(
      { ...office, name: 'Anna Smith', email: 'anna@acme.com' },
      { ...office, name: 'Robert Miller', email: 'rob@acme.com' },
    );
    expect(pair.score).toBeLessThan(0.1);
  });

  it('does not take a married couple for one person', () => {
    const home = { phone: '030 1234567', attributes: { street: 'High Street 5', city: 'Springfield', postcode: '12345' } };
    expect(score({ ...home, name: 'Anna Smith' }, { ...home, name: 'Robert Smith' }).score).toBeLessThan(0.5);
  });

  it('trusts a personal mailbox and not a shared one', () => {
    expect(score({ name: 'Anna Smith', email: 'anna@acme.com' }, { name: 'A. Smith', email: 'Anna@Acme.com' }).score).toBeGreaterThan(0.99);
    expect(score({ name: 'Anna Smith', email: 'info@acme.com' }, { name: 'Robert Miller', email: 'info@acme.com' }).score).toBeLessThan(
      0.1,
    );
    expect(score({ email: 'info@acme.com' }, { email: 'info@acme.com' }).factors[0]?.explanation).toBe(
      'E-mail is the same, but a shared mailbox',
    );
  });

  it('counts a custom field that repeats the name once', () => {
    const plain = score({ name: 'Anna Smith' }, { name: 'Anna Smith' });
    const attributes = { given_name: 'Anna', surname: 'Smith' };
    expect(score({ name: 'Anna Smith', attributes }, { name: 'Anna Smith', attributes })).toEqual(plain);
  });
});
