import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, localDateIn } from '../../../../shared/dates.js';
import { daysFrom, dueAfter, NOT_DUE, reminderTimes } from './task.js';
import { instantAt } from './zoned-time.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
];
const zone = fc.constantFrom(...ZONES);
const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days));
const instant = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2045-01-01') }).map((ms) => new Date(ms));

const wallClock = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

describe('instantAt', () => {
  it.each([
    ['2026-01-15', 0, 'Europe/Berlin', '2026-01-14T23:00:00.000Z'],
    ['2026-07-15', 9, 'Europe/Berlin', '2026-07-15T07:00:00.000Z'],
    ['2026-03-29', 2, 'Europe/Berlin', '2026-03-29T01:00:00.000Z'], // skipped: 2:00 is 3:00
    ['2026-10-25', 2, 'Europe/Berlin', '2026-10-25T00:00:00.000Z'], // twice: the first
    ['2026-09-06', 0, 'America/Santiago', '2026-09-06T04:00:00.000Z'], // midnight is skipped: the day begins at 1:00
    ['2026-01-15', 0, 'Asia/Kolkata', '2026-01-14T18:30:00.000Z'],
    ['2011-12-30', 0, 'Pacific/Apia', '2011-12-30T10:00:00.000Z'], // a day that never was there: the one after it begins
  ])('finds %s %d:00 in %s', (date, hour, timeZone, expected) => {
    expect(instantAt(date, hour, timeZone).toISOString()).toBe(expected);
  });

  it('shows that hour of that day, unless summer time skips it', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 23 }), zone, (date, hour, timeZone) => {
        fc.pre(!(timeZone === 'Pacific/Apia' && date === '2011-12-30'));
        const at = instantAt(date, hour, timeZone);
        const shown = wallClock(at, timeZone);
        if (localDateIn(at, timeZone) === date && shown === `${String(hour).padStart(2, '0')}:00`) return;
        // Skipped: the clocks jump over it right at this moment.
        const before = new Date(at.getTime() - 60_000);
        const wanted = `${date} ${String(hour).padStart(2, '0')}:00`;
        expect(`${localDateIn(before, timeZone)} ${wallClock(before, timeZone)}` < wanted).toBe(true);
        expect(`${localDateIn(at, timeZone)} ${shown}` > wanted).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('begins each day where the one before ends', () => {
    fc.assert(
      fc.property(instant, zone, (now, timeZone) => {
        const { from, to, first, last } = daysFrom(now, 1, timeZone);
        expect([Date.parse(from) <= now.getTime(), now.getTime() < Date.parse(to), first === last]).toEqual([true, true, true]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('dueAfter', () => {
  const by = { dueAt: '2030-01-02T23:00:00.000Z', dueOn: '2030-01-02', timeZone: 'Europe/Berlin' };
  const at = { dueAt: '2030-05-05T10:00:00.000Z', dueOn: null, timeZone: null };

  it.each([
    ['nothing given', by, {}, by],
    ['nothing given of a moment', at, {}, at],
    ['nothing at all', NOT_DUE, {}, NOT_DUE],
    ['a moment in another zone', by, { dueAt: '2030-05-05T12:00:00+02:00' }, at],
    ['a moment, and no day any more', by, { dueAt: '2030-05-05T12:00:00+02:00', dueOn: null, timeZone: null }, at],
    [
      'a day in the zone of the organization',
      at,
      { dueOn: '2030-01-02' },
      { dueAt: '2030-01-03T00:00:00.000Z', dueOn: '2030-01-02', timeZone: 'UTC' },
    ],
    ['another day in the zone it had', by, { dueOn: '2030-01-01' }, { ...by, dueOn: '2030-01-01', dueAt: '2030-01-01T23:00:00.000Z' }],
    [
      'a day, and the zone of the organization again',
      by,
      { dueOn: '2030-01-02', timeZone: null },
      { dueAt: '2030-01-03T00:00:00.000Z', dueOn: '2030-01-02', timeZone: 'UTC' },
    ],
    ['a day instead of a moment', at, { dueAt: null, dueOn: '2030-01-02', timeZone: 'Europe/Berlin' }, by],
    ['another zone', by, { timeZone: 'UTC' }, { dueAt: '2030-01-03T00:00:00.000Z', dueOn: '2030-01-02', timeZone: 'UTC' }],
    ['no moment', at, { dueAt: null }, NOT_DUE],
    ['no moment of a day', by, { dueAt: null }, NOT_DUE],
    ['no day', by, { dueOn: null }, NOT_DUE],
    ['no zone where there is none', at, { timeZone: null }, at],
  ])('%s', (_, current, given, expected) => {
    expect(dueAfter(current, given, 'UTC')).toEqual(expected);
  });

  it.each([
    [{ dueAt: '2030-05-05T10:00:00Z', dueOn: '2030-01-02' }, '/dueOn'],
    [{ dueAt: '2030-05-05T10:00:00Z', timeZone: 'UTC' }, '/timeZone'],
    [{ timeZone: 'UTC' }, '/timeZone'],
  ])('refuses %j', (given, pointer) => {
    expect(dueAfter(at, given, 'UTC')).toMatchObject({ pointer, code: 'due-ambiguous' });
  });
});

describe('reminderTimes', () => {
  it('count back from the moment, or from nine in the morning of the day', () => {
    expect(reminderTimes(NOT_DUE, [10])).toEqual([]);
    expect(reminderTimes({ dueAt: '2030-05-05T10:00:00.000Z', dueOn: null, timeZone: null }, [60, 0])).toEqual([
      { minutes: 60, at: '2030-05-05T09:00:00.000Z' },
      { minutes: 0, at: '2030-05-05T10:00:00.000Z' },
    ]);
    const day = { dueAt: '2030-07-02T22:00:00.000Z', dueOn: '2030-07-02', timeZone: 'Europe/Berlin' };
    expect(reminderTimes(day, [1440])).toEqual([{ minutes: 1440, at: '2030-07-01T07:00:00.000Z' }]);
  });
});
