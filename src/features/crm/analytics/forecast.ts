import { isLocalDate, type LocalDate } from '../../../shared/dates.js';
import { grouped, total, totalMinor, wholeParts } from './figures.js';
import type { ReportedStage } from './funnel.js';
import { type Grouping, periodStart } from './period.js';

/** Open leads of one stage, one expected day and one currency. */
export interface OpenLeads {
  readonly stage: string;
  /** The custom field as it was written; null when there is none. */
  readonly expectedOn: string | null;
  readonly currency: string | null;
  readonly count: number;
  readonly sum: string;
}

export interface WeightedFigure {
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: string;
  readonly weightedMinor: string;
}

export interface ForecastPart<K> {
  readonly key: K;
  readonly leads: number;
  readonly values: readonly WeightedFigure[];
}

export interface Forecast {
  readonly leads: number;
  readonly values: readonly WeightedFigure[];
  readonly periods: readonly ForecastPart<LocalDate | null>[];
  readonly stages: readonly ForecastPart<string>[];
}

/** The period a lead is expected to be won in; null when nobody said, or said no day. */
export function expectedPeriod(expectedOn: string | null, grouping: Grouping): LocalDate | null {
  return expectedOn !== null && isLocalDate(expectedOn) ? periodStart(expectedOn, grouping) : null;
}

/**
 * Values of open leads times the probability of their stage, exact up to one rounding: the parts by period and the parts by stage both add
 * up to the total of their currency.
 */
export function forecastOf(rows: readonly OpenLeads[], stages: readonly ReportedStage[], grouping: Grouping): Forecast {
  const probabilities = new Map(stages.map(({ key, probability }) => [key, BigInt(probability)]));
  const weighted: Weighted[] = rows.map((row) => ({
    ...row,
    period: expectedPeriod(row.expectedOn, grouping),
    hundredths: BigInt(row.sum) * (probabilities.get(row.stage) ?? 0n),
  }));
  const inTime = weighted.toSorted((a, b) => ((a.period ?? '9999-12-32') < (b.period ?? '9999-12-32') ? -1 : 1));
  const order = stages.map(({ key }) => key);
  const onBoard = weighted.toSorted((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  const [whole] = partsOf(weighted, () => '');
  return {
    leads: whole?.leads ?? 0,
    values: whole?.values ?? [],
    periods: partsOf(inTime, ({ period }) => period ?? '').map(({ key, ...part }) => ({ key: key === '' ? null : key, ...part })),
    stages: partsOf(onBoard, ({ stage }) => stage),
  };
}

type Weighted = OpenLeads & { readonly hundredths: bigint; readonly period: LocalDate | null };

/** Parts in the order of the rows; of each currency their weighted values add up. */
function partsOf(rows: readonly Weighted[], keyOf: (row: Weighted) => string): ForecastPart<string>[] {
  const parts = [...grouped(rows, keyOf)];
  const rounded = new Map<string, Map<string, bigint>>();
  for (const currency of currenciesOf(rows)) {
    const exact = parts.map(([, group]) => group.reduce((sum, row) => sum + (row.currency === currency ? row.hundredths : 0n), 0n));
    rounded.set(currency, new Map(wholeParts(exact).map((minor, place) => [parts[place]?.[0] ?? '', minor])));
  }
  return parts.map(([key, group]) => ({
    key,
    leads: total(group, ({ count }) => count),
    values: currenciesOf(group).map((currency) => {
      const own = group.filter((row) => row.currency === currency);
      return {
        currency,
        count: total(own, ({ count }) => count),
        amountMinor: String(totalMinor(own, ({ sum }) => sum)),
        weightedMinor: String(rounded.get(currency)?.get(key) ?? 0n),
      };
    }),
  }));
}

const currenciesOf = (rows: readonly OpenLeads[]): string[] => [...new Set(rows.flatMap(({ currency }) => currency ?? []))].sort();
