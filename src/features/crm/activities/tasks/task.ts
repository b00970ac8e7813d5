import { addDays, localDateIn, type LocalDate } from '../../../../shared/dates.js';
import type { FieldError } from '../../../../platform/http/problems/core-problems.js';
import { instantAt } from './zoned-time.js';

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** When a task is due: at a moment, on a day somewhere (then `dueAt` is the end of that day there), or never. */
export interface Due {
  readonly dueAt: string | null;
  readonly dueOn: LocalDate | null;
  readonly timeZone: string | null;
}

/** A due time as requests give it; what is undefined was not given. */
export interface GivenDue {
  readonly dueAt?: string | null | undefined;
  readonly dueOn?: LocalDate | null | undefined;
  readonly timeZone?: string | null | undefined;
}

export const NOT_DUE: Due = { dueAt: null, dueOn: null, timeZone: null };

/** Reminders of a task that is due on a day count back from this hour of it, there. */
const REMINDING_HOUR = 9;

/** The due time after a request, or what is wrong with it. `zone` is where days are counted unless the request or the task says otherwise. */
export function dueAfter(current: Due, given: GivenDue, zone: string): Due | FieldError {
  const { dueAt, dueOn, timeZone } = given;
  if (dueAt && dueOn) return { pointer: '/dueOn', code: 'due-ambiguous', message: 'must not be given together with dueAt' };
  if (dueAt) {
    if (timeZone) return { pointer: '/timeZone', code: 'due-ambiguous', message: 'only goes with dueOn; dueAt has its zone in itself' };
    return { dueAt: new Date(dueAt).toISOString(), dueOn: null, timeZone: null };
  }
  const cleared = dueAt === null || dueOn === null;
  const day = dueOn ?? (cleared ? null : current.dueOn);
  if (day !== null) return dueOnDay(day, timeZone ?? (dueOn && timeZone === null ? zone : (current.timeZone ?? zone)));
  if (timeZone) return { pointer: '/timeZone', code: 'due-ambiguous', message: 'only goes with dueOn' };
  return cleared ? NOT_DUE : current;
}

/** The end of this day lies in the year 10000, which no moment here is in. */
const LAST_DAY = '9999-12-31';

function dueOnDay(dueOn: LocalDate, timeZone: string): Due | FieldError {
  if (dueOn === LAST_DAY) return { pointer: '/dueOn', code: 'range', message: `must be before ${LAST_DAY}` };
  return { dueAt: instantAt(addDays(dueOn, 1), 0, timeZone).toISOString(), dueOn, timeZone };
}

/** When each reminder is to be sent, by its minutes before the task is due. */
export function reminderTimes({ dueAt, dueOn, timeZone }: Due, minutes: readonly number[]): { minutes: number; at: string }[] {
  if (dueAt === null) return [];
  const from = dueOn !== null && timeZone !== null ? instantAt(dueOn, REMINDING_HOUR, timeZone).getTime() : Date.parse(dueAt);
  // What is long past is never sent: then it need not be told apart from the beginning of time, before which the database knows none.
  return minutes.map((offset) => ({ minutes: offset, at: new Date(Math.max(0, from - offset * 60_000)).toISOString() }));
}

export const DUE_FILTERS = ['overdue', 'today', 'week'] as const;

export type DueFilter = (typeof DUE_FILTERS)[number];

/** Days from today on, and the moments they begin and end, in a time zone; a week is seven days with today. */
export interface Days {
  readonly from: string;
  readonly to: string;
  readonly first: LocalDate;
  readonly last: LocalDate;
}

export function daysFrom(now: Date, count: number, timeZone: string): Days {
  const first = localDateIn(now, timeZone);
  const moment = (date: LocalDate): string => instantAt(date, 0, timeZone).toISOString();
  return { from: moment(first), to: moment(addDays(first, count)), first, last: addDays(first, count - 1) };
}
