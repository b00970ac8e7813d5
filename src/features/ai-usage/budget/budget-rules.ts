import type { Money } from '../../../shared/money.js';
import type { FieldError } from '../../../platform/http/problems/core-problems.js';
import { DEFAULT_SOFT_SHARE } from '../ledger/ledger-statements.js';
import type { BUDGET_STATES, SetAiBudget } from '../ai-usage.shapes.js';

const MICROS_PER_CENT = 10_000n;

/** Limits of a month in millionths of a US dollar. */
export interface Limits {
  readonly softMicros: bigint;
  readonly hardMicros: bigint;
}

/** The limits somebody asked for, or what is wrong with them. */
export function wantedLimits({ hardLimit, softLimit }: SetAiBudget, ceilingMicros: bigint): Limits | { readonly errors: FieldError[] } {
  const errors: FieldError[] = [];
  const refuse = (pointer: string, code: string, message: string): void => void errors.push({ pointer, code, message });
  if (hardLimit.currency !== 'USD') refuse('/hardLimit/currency', 'currency', 'engines are paid in US dollars: use USD');
  if (softLimit && softLimit.currency !== 'USD') refuse('/softLimit/currency', 'currency', 'engines are paid in US dollars: use USD');
  const hardMicros = BigInt(hardLimit.amountMinor) * MICROS_PER_CENT;
  const softMicros = softLimit ? BigInt(softLimit.amountMinor) * MICROS_PER_CENT : (hardMicros * BigInt(DEFAULT_SOFT_SHARE)) / 100n;
  if (hardMicros > ceilingMicros)
    refuse('/hardLimit', 'range', `must be at most ${ceilingMicros / MICROS_PER_CENT} cents, which the operator of this server allows`);
  if (softMicros > hardMicros) refuse('/softLimit', 'range', 'must not be above the hard limit');
  return errors.length > 0 ? { errors } : { softMicros, hardMicros };
}

/** What holds: the chosen limits as far as the operator's ceiling goes, or the ceiling itself. */
export function limitsInForce(chosen: Limits | undefined, ceilingMicros: bigint): Limits {
  const lower = (amount: bigint): bigint => (amount < ceilingMicros ? amount : ceilingMicros);
  if (!chosen) return { softMicros: (ceilingMicros * BigInt(DEFAULT_SOFT_SHARE)) / 100n, hardMicros: ceilingMicros };
  return { softMicros: lower(chosen.softMicros), hardMicros: lower(chosen.hardMicros) };
}

/** Where a month stands; calls that run count as if they were spent. */
export function budgetState(
  { softMicros, hardMicros }: Limits,
  spentMicros: bigint,
  reservedMicros: bigint,
): (typeof BUDGET_STATES)[number] {
  if (spentMicros + reservedMicros >= hardMicros) return 'exhausted';
  return spentMicros >= softMicros ? 'soft-limit-passed' : 'within';
}

/** Millionths as dollars and cents; limits are chosen in cents, and the default is rounded down to them. */
export function dollars(micros: bigint): Money {
  return { amountMinor: (micros / MICROS_PER_CENT).toString(), currency: 'USD' };
}
