import type { LocalDate } from '../../../shared/dates.js';
import type { StageKind } from '../pipelines/pipeline.js';
import { type CurrencyFigure, grouped, roundedQuotient, total, winRate } from './figures.js';

/** Leads that were closed in a period (null: in the whole range), and how long those took from coming into the pipeline to being closed. */
export interface ClosedLeads {
  readonly period: LocalDate | null;
  readonly kind: StageKind;
  readonly count: number;
  readonly averageSeconds: number;
  readonly medianSeconds: number;
}

/** Values of won leads of a period in one currency. */
export interface WonValues extends CurrencyFigure {
  readonly period: LocalDate;
}

export interface Cycle {
  readonly won: number;
  readonly lost: number;
  readonly winRate: number | null;
  readonly averageSeconds: number | null;
  readonly medianSeconds: number | null;
}

export interface PeriodVelocity extends Cycle {
  readonly start: LocalDate;
  readonly values: readonly CurrencyFigure[];
}

export interface CurrencyVelocity {
  readonly currency: string;
  readonly wonCount: number;
  readonly wonMinor: string;
  readonly averageWonMinor: string | null;
  readonly openCount: number;
  readonly openMinor: string;
  readonly perDayMinor: string | null;
}

export interface Velocity extends Cycle {
  readonly values: readonly CurrencyVelocity[];
  readonly periods: readonly PeriodVelocity[];
}

export interface VelocityFacts {
  readonly closed: readonly ClosedLeads[];
  readonly won: readonly WonValues[];
  /** What is open now. */
  readonly open: readonly CurrencyFigure[];
  readonly periods: readonly LocalDate[];
}

const DAY_SECONDS = 86_400n;

/** How fast leads become money. Times are of won leads; lost ones count for the win rate alone. */
export function velocityOf({ closed, won, open, periods }: VelocityFacts): Velocity {
  const cycle = cycleOf(closed.filter(({ period }) => period === null));
  const currencies = [...new Set([...won, ...open].map(({ currency }) => currency))].sort();
  return {
    ...cycle,
    values: currencies.map((currency) => currencyVelocity(currency, cycle, { won, open })),
    periods: periods.map((start) => ({
      start,
      ...cycleOf(closed.filter(({ period }) => period === start)),
      values: sums(won.filter(({ period }) => period === start)),
    })),
  };
}

function cycleOf(closed: readonly ClosedLeads[]): Cycle {
  const won = closed.find(({ kind }) => kind === 'won');
  const lost = closed.find(({ kind }) => kind === 'lost')?.count ?? 0;
  return {
    won: won?.count ?? 0,
    lost,
    winRate: winRate(won?.count ?? 0, lost),
    averageSeconds: won?.averageSeconds ?? null,
    medianSeconds: won?.medianSeconds ?? null,
  };
}

function currencyVelocity(
  currency: string,
  cycle: Cycle,
  figures: { won: readonly CurrencyFigure[]; open: readonly CurrencyFigure[] },
): CurrencyVelocity {
  const [won] = sums(figures.won.filter((one) => one.currency === currency));
  const [open] = sums(figures.open.filter((one) => one.currency === currency));
  const wonMinor = BigInt(won?.amountMinor ?? 0);
  const wonCount = won?.count ?? 0;
  return {
    ...{ currency, wonCount, wonMinor: String(wonMinor), openCount: open?.count ?? 0, openMinor: open?.amountMinor ?? '0' },
    averageWonMinor: wonCount === 0 ? null : String(roundedQuotient(wonMinor, BigInt(wonCount))),
    perDayMinor: perDay({ wonMinor, wonCount, openCount: open?.count ?? 0 }, cycle),
  };
}

/** Open leads, times the average value of a won one, times the win rate, over the average days to win: exact until the end. */
function perDay(of: { wonMinor: bigint; wonCount: number; openCount: number }, { won, lost, averageSeconds }: Cycle): string | null {
  const seconds = Math.round(averageSeconds ?? 0);
  if (of.wonCount === 0 || seconds === 0) return null;
  const above = BigInt(of.openCount) * of.wonMinor * BigInt(won) * DAY_SECONDS;
  return String(roundedQuotient(above, BigInt(of.wonCount) * BigInt(won + lost) * BigInt(seconds)));
}

function sums(figures: readonly CurrencyFigure[]): CurrencyFigure[] {
  return [...grouped(figures, ({ currency }) => currency)].map(([currency, own]) => ({
    currency,
    count: total(own, ({ count }) => count),
    amountMinor: String(own.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n)),
  }));
}
