import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { declareInstantField, withOurInstants } from './instant-text.js';

declareInstantField('createdAt');
declareInstantField('deletedAt');

/** As PostgreSQL prints a timestamptz(3) into JSON with the session in UTC. */
function asPostgres(instant: Date): string {
  return instant.toISOString().replace(/\.?0*Z$/, '+00:00');
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"createdAt":"2026-11-21T03:00:00+00:00"', '2026-11-21T03:00:00+00:00', '\\', 'x+00:00'),
);

describe('withOurInstants', () => {
  it('gives every declared instant milliseconds and Z, and touches nothing else', () => {
    const row = fc.record({
      name: text,
      createdAt: fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') }),
      notes: fc.option(text),
      attributes: fc.dictionary(fc.constantFrom('created_at', 'a', 'createdat'), text),
      deletedAt: fc.option(fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') })),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const printed = rows.map((one) => ({
          ...one,
          createdAt: asPostgres(one.createdAt),
          deletedAt: one.deletedAt && asPostgres(one.deletedAt),
        }));
        expect(withOurInstants(JSON.stringify(printed))).toBe(JSON.stringify(rows));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a name that a caller could choose as a key of their own', () => {
    expect(() => declareInstantField('created')).toThrow('createdAt');
  });
});
