/** Sums of one currency; two currencies are never added. */
export interface CurrencyFigure {
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: string;
}

/** How much a probability is finer than whole: percent. */
const WHOLE = 100n;

/** A share of a whole, to four decimals; null where there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

/** Won among all that were decided. */
export const winRate = (won: number, lost: number): number | null => share(won, won + lost);

function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right < 0n ? quotient - 1n : quotient;
}

/** Hundredths of minor units as whole ones, a half upwards. */
export const wholeMinor = (hundredths: bigint): bigint => floorDivide(hundredths + WHOLE / 2n, WHOLE);

/** The quotient as a whole number, a half upwards; the divisor must be positive. */
export const roundedQuotient = (left: bigint, right: bigint): bigint => floorDivide(2n * left + right, 2n * right);

/**
 * Hundredths of minor units as whole ones whose sum is exactly the rounded total, each less than one away from what it was: what has been
 * rounded away is carried to the next.
 */
export function wholeParts(hundredths: readonly bigint[]): bigint[] {
  let exact = 0n;
  let given = 0n;
  return hundredths.map((part) => {
    exact += part;
    const next = wholeMinor(exact) - given;
    given += next;
    return next;
  });
}

/** Adds up what belongs together, in the order in which it first came. */
export function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

export const total = <T>(rows: readonly T[], count: (row: T) => number): number => rows.reduce((sum, row) => sum + count(row), 0);

export const totalMinor = <T>(rows: readonly T[], minor: (row: T) => string): bigint =>
  rows.reduce((sum, row) => sum + BigInt(minor(row)), 0n);
