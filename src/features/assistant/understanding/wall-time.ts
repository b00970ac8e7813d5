import type { LocalDate } from '../../../shared/dates.js';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const parts = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  } as const;
  const made = new Intl.DateTimeFormat('en-US', { calendar: 'gregory', numberingSystem: 'latn', timeZone, ...parts });
  formats.set(timeZone, made);
  return made;
}

/** What clocks on the wall show in a time zone, as if it were UTC: calculating with days and hours is then free of summer time. */
export function wallClock(instant: Date, timeZone: string): Date {
  const at: Record<string, number> = {};
  for (const { type, value } of formatIn(timeZone).formatToParts(instant)) at[type] = Number(value);
  return new Date(Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second));
}

/** The instant at which clocks on the wall show this; the later one of two, and the one after a gap for a time that is left out. */
export function instantOf(wall: Date, timeZone: string): Date {
  const offset = (at: Date): number => wallClock(at, timeZone).getTime() - at.getTime();
  const guess = new Date(wall.getTime() - offset(new Date(wall.getTime())));
  return new Date(wall.getTime() - offset(guess));
}

export function dayOf(wall: Date): LocalDate {
  return wall.toISOString().slice(0, 10);
}
