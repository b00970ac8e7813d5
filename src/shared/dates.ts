/** A calendar day as YYYY-MM-DD without a time zone; texts of this form sort by time. */
export type LocalDate = string;

const LOCAL_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const zones = new Map<string, Intl.DateTimeFormat>();

/** True for a day that exists, in the years 0001 to 9999. */
export function isLocalDate(text: string): boolean {
  const match = LOCAL_DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 && isLeapYear(year) ? 29 : MONTH_DAYS[month - 1]);
}

/**
 * True for an RFC 3339 moment on a day that exists, in the years 0001 to 9999 of UTC. Date would turn 30 February into March, and
 * PostgreSQL refuses that day and offsets no place on earth has.
 */
export function isInstant(text: string): boolean {
  const day = INSTANT.exec(text)?.[1];
  if (day === undefined || !isLocalDate(day)) return false;
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** The day so many days later (or earlier, for negative numbers); throws outside the years 0001 to 9999. */
export function addDays(date: LocalDate, days: number): LocalDate {
  if (!isLocalDate(date)) throw new RangeError(`Not a date: ${date}`);
  if (!Number.isInteger(days)) throw new RangeError(`Not a whole number of days: ${days}`);
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
  const year = moved.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`No date ${days} days from ${date}`);
  return moved.toISOString().slice(0, 10);
}

/** Negative when the first day is earlier, positive when it is later, 0 for the same day. */
export function compareLocalDates(left: LocalDate, right: LocalDate): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The calendar day it is at an instant in a time zone. */
export function localDateIn(instant: Date, timeZone: string): LocalDate {
  const parts = { year: '', month: '', day: '', era: '' };
  for (const { type, value } of formatIn(timeZone).formatToParts(instant)) {
    if (type === 'year' || type === 'month' || type === 'day' || type === 'era') parts[type] = value;
  }
  const date = `${parts.year.padStart(4, '0')}-${parts.month}-${parts.day}`;
  if (parts.era !== 'AD' || !isLocalDate(date)) throw new RangeError('The instant is outside the years 0001 to 9999');
  return date;
}

/** True for an IANA time zone such as Europe/Berlin or UTC; bare offsets ("+02:00") are none, as they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Formats are slow to make (tens of microseconds) and there are only some hundred zones, so they are kept. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const key = timeZone.toLowerCase();
  let format = zones.get(key);
  if (format === undefined) {
    const parts = { era: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', { calendar: 'gregory', numberingSystem: 'latn', timeZone, ...parts });
    zones.set(key, format);
  }
  return format;
}
