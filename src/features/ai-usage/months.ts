const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** First day of the calendar month of a moment in UTC, `2026-11-01`: budgets begin anew with it. */
export function monthStart(at: Date): string {
  return `${at.toISOString().slice(0, 7)}-01`;
}

/** True for `2026-11`. */
export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

/** How many months from one to the other, both included; 0 or less when they are the wrong way round. */
export function monthsBetween(from: string, to: string): number {
  const [first, last] = [from, to].map((month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))) as [number, number];
  return last - first + 1;
}
