import { addDays, type LocalDate } from '../../../shared/dates.js';

/** Lengths a report can be cut into. Weeks begin on Monday, as in ISO 8601. */
export const GROUPINGS = ['month', 'week'] as const;

export type Grouping = (typeof GROUPINGS)[number];

/** Days of the organization's own calendar, both included. */
export interface Range {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

const MONTHS_BY_DEFAULT = 12;

/** First day of the month or week a day belongs to. */
export function periodStart(day: LocalDate, grouping: Grouping): LocalDate {
  if (grouping === 'month') return `${day.slice(0, 7)}-01`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

/** First day of the month so many months later. */
export function monthLater(day: LocalDate, months: number): LocalDate {
  const at = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  const year = String(Math.floor(at / 12)).padStart(4, '0');
  return `${year}-${String((at % 12) + 1).padStart(2, '0')}-01`;
}

/** Beginnings of all periods that have a day in the range, so that one in which nothing happened is shown too. */
export function periodsOf({ from, to }: Range, grouping: Grouping): LocalDate[] {
  const periods: LocalDate[] = [];
  for (let at = periodStart(from, grouping); at <= to; at = grouping === 'month' ? monthLater(at, 1) : addDays(at, 7)) periods.push(at);
  return periods;
}

/** The month of the last day and the eleven before it. */
export function usualRange(to: LocalDate): Range {
  return { from: monthLater(to, 1 - MONTHS_BY_DEFAULT), to };
}
