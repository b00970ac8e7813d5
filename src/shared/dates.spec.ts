import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, compareLocalDates, isInstant, isLocalDate, isTimeZone, localDateIn } from './dates.js';

const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
const date = fc.date(range).map((instant) => instant.toISOString().slice(0, 10));

describe('isInstant', () => {
  it.each([
    ['2026-11-21T09:30:00Z', true],
    ['2026-11-21T09:30:00.123456789+05:30', true],
    ['2024-02-29T23:59:59-12:00', true],
    ['2026-11-21T00:00:00+14:00', true],
    ['2026-02-29T00:00:00Z', false],
    ['2026-02-30T00:00:00Z', false],
    ['2026-04-31T00:00:00Z', false],
    ['0000-01-01T00:00:00Z', false],
    ['0001-01-01T00:00:00+01:00', false],
    ['9999-12-31T23:59:59-01:00', false],
    ['2026-11-21T24:00:00Z', false],
    ['2026-11-21T09:30:60Z', false],
    ['2026-11-21T00:00:00+23:59', false],
    ['2026-11-21T00:00:00', false],
    ['2026-11-21', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isInstant(text)).toBe(expected);
  });

  it('accepts every instant that Date writes in the years 0001 to 9999', () => {
    fc.assert(fc.property(fc.date(range), (instant) => isInstant(instant.toISOString())));
  });
});

describe('isLocalDate', () => {
  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['1900-02-29', false],
    ['2000-02-29', true],
    ['2024-04-31', false],
    ['2024-13-01', false],
    ['2024-00-10', false],
    ['2024-01-00', false],
    ['0000-01-01', false],
    ['2024-1-1', false],
    ['2024-01-01T00:00:00Z', false],
    ['2024-01-01\n', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isLocalDate(text)).toBe(expected);
  });

  it('agrees with the calendar of Date for every digit combination', () => {
    const part = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), part(13), part(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${month}-${day}`;
        const parsed = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
        expect(isLocalDate(text)).toBe(exists);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('addDays', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2023-12-31', 1, '2024-01-01'],
    ['2024-03-01', -1, '2024-02-29'],
    ['0099-12-31', 1, '0100-01-01'],
  ])('%s %i gives %s', (from, days, to) => {
    expect(addDays(from, days)).toBe(to);
  });

  it('goes there and back, in the order of the days', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -40_000, max: 40_000 }), (from, days) => {
        fc.pre(from > '0200' && from < '9800');
        const to = addDays(from, days);
        expect(isLocalDate(to)).toBe(true);
        expect(addDays(to, -days)).toBe(from);
        expect(Math.sign(compareLocalDates(to, from))).toBe(Math.sign(days));
      }),
    );
  });

  it('refuses what is no date, no whole number, or out of range', () => {
    expect(() => addDays('2023-02-29', 1)).toThrow(RangeError);
    expect(() => addDays('2023-02-28', 0.5)).toThrow(RangeError);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('0001-01-01', -1)).toThrow(RangeError);
    expect(() => addDays('2023-02-28', 1e15)).toThrow(RangeError);
  });
});

describe('localDateIn', () => {
  it.each([
    ['2024-03-30T23:30:00Z', 'Europe/Berlin', '2024-03-31'],
    ['2024-03-31T22:30:00Z', 'Europe/Berlin', '2024-04-01'],
    ['2024-01-01T04:59:59Z', 'America/New_York', '2023-12-31'],
    ['2024-01-01T10:30:00Z', 'Pacific/Kiritimati', '2024-01-02'],
    ['0033-04-03T12:00:00Z', 'UTC', '0033-04-03'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(localDateIn(new Date(instant), zone)).toBe(expected);
  });

  it('is the ISO date in UTC, and at most a day off elsewhere', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'Pacific/Apia', 'America/St_Johns');
    fc.assert(
      fc.property(fc.date({ ...range, min: new Date('0001-01-02'), max: new Date('9999-12-30') }), zone, (instant, name) => {
        const utc = instant.toISOString().slice(0, 10);
        expect(localDateIn(instant, 'UTC')).toBe(utc);
        expect([addDays(utc, -1), utc, addDays(utc, 1)]).toContain(localDateIn(instant, name));
      }),
    );
  });

  it('refuses instants outside the calendar', () => {
    expect(() => localDateIn(new Date(Number.NaN), 'UTC')).toThrow(RangeError);
    expect(() => localDateIn(new Date('-000044-03-15T00:00:00Z'), 'UTC')).toThrow(RangeError);
    expect(() => localDateIn(new Date('+010000-01-01T00:00:00Z'), 'UTC')).toThrow(RangeError);
  });
});

describe('isTimeZone', () => {
  it.each([
    ['Europe/Berlin', true],
    ['Asia/Calcutta', true],
    ['Asia/Kolkata', true],
    ['UTC', true],
    ['Europe/Atlantis', false],
    ['+02:00', false],
    ['', false],
  ])('%j: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });

  it('knows every zone of the platform', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZone(name))).toEqual([]);
  });
});
