import { CSV_BOM, csvRow, type CsvValue } from '../../../shared/csv.js';
import { plainAmount } from '../exports/lead-csv.js';
import type { FunnelView, TimeInStageView, VelocityView } from './analytics.shapes.js';
import type { ForecastView, GroupTotal, ReasonsView, WeightedAmount } from './breakdown.shapes.js';

/** The lines of a report; amounts are plain decimals of the currency that stands beside them. */
export type Lines = readonly (readonly CsvValue[])[];

/** A file that a spreadsheet reads without running anything in it. */
export function csvFile(lines: Lines): Buffer {
  return Buffer.from(CSV_BOM + lines.map(csvRow).join(''));
}

const amount = (amountMinor: string | null, currency: string): string | null =>
  amountMinor === null ? null : plainAmount({ amountMinor, currency });

export function funnelLines({ stages }: FunnelView): Lines {
  const head = ['status', 'name', 'kind', 'entered', 'reached', 'conversion', 'share_of_all', 'lost_after', 'here'];
  return [
    head,
    ...stages.map((one) => {
      const { status, name, kind, entered, reached, conversion, shareOfAll, lostAfter, here } = one;
      return [status, name, kind, entered, reached, conversion, shareOfAll, lostAfter, here];
    }),
  ];
}

/** The line without a period is about the whole range. */
export function timeInStageLines({ stages, periods }: TimeInStageView): Lines {
  const names = new Map(stages.map(({ status, name }) => [status, name]));
  return [
    ['period', 'status', 'name', 'visits', 'average_seconds', 'median_seconds', 'p90_seconds', 'waiting', 'average_waiting_seconds'],
    ...stages.map((one) => {
      const { status, name, visits, averageSeconds, medianSeconds, p90Seconds, waiting, averageWaitingSeconds } = one;
      return [null, status, name, visits, averageSeconds, medianSeconds, p90Seconds, waiting, averageWaitingSeconds];
    }),
    ...periods.map(({ start, status, visits, averageSeconds, medianSeconds }) => {
      return [start, status, names.get(status), visits, averageSeconds, medianSeconds, null, null, null];
    }),
  ];
}

/** Lines without a period are about the whole range. */
export function velocityLines({ total, values, periods }: VelocityView): Lines {
  const cycle = ({ won, lost, winRate, averageSeconds, medianSeconds }: VelocityView['total']): CsvValue[] => {
    return [won, lost, winRate, averageSeconds, medianSeconds];
  };
  const none = [null, null, null, null, null];
  return [
    [
      'period',
      'won',
      'lost',
      'win_rate',
      'average_seconds',
      'median_seconds',
      'currency',
      'won_value',
      'average_won_value',
      'open_value',
      'value_per_day',
    ],
    [null, ...cycle(total), ...none],
    ...values.map(({ currency, wonMinor, averageWonMinor, openMinor, perDayMinor }) => {
      return [null, ...none, currency, ...[wonMinor, averageWonMinor, openMinor, perDayMinor].map((minor) => amount(minor, currency))];
    }),
    ...periods.flatMap((period) => [
      [period.start, ...cycle(period), ...none],
      ...period.values.map(({ currency, amountMinor }) => [
        period.start,
        ...none,
        currency,
        amount(amountMinor, currency),
        null,
        null,
        null,
      ]),
    ]),
  ];
}

/** Each lead stands in a line of a period and in a line of a stage. */
export function forecastLines({ periods, stages }: ForecastView): Lines {
  const values = (part: readonly CsvValue[], leads: number, given: readonly WeightedAmount[]): Lines => {
    const counted = given.map(({ currency, count, amountMinor, weightedMinor }) => {
      return [...part, currency, count, amount(amountMinor, currency), amount(weightedMinor, currency)];
    });
    const without = leads - given.reduce((sum, { count }) => sum + count, 0);
    return without > 0 ? [...counted, [...part, null, without, null, null]] : counted;
  };
  return [
    ['by', 'period', 'is_overdue', 'status', 'probability', 'currency', 'leads', 'value', 'weighted_value'],
    ...periods.flatMap(({ start, isOverdue, leads, values: given }) => values(['period', start, isOverdue, null, null], leads, given)),
    ...stages.flatMap(({ status, probability, leads, values: given }) => values(['stage', null, null, status, probability], leads, given)),
  ];
}

/** The last line is about all that are not listed by themselves. */
export function groupLines(names: readonly string[], groups: readonly (readonly [readonly CsvValue[], GroupTotal])[]): Lines {
  const counts = ['leads', 'open', 'won', 'lost', 'transferred', 'win_rate', 'conversion'];
  const none = counts.map(() => null);
  return [
    [...names, ...counts, 'currency', 'leads_with_value', 'value', 'won_value'],
    ...groups.flatMap(([key, { leads, open, won, lost, transferred, winRate, conversion, values }]) => [
      [...key, leads, open, won, lost, transferred, winRate, conversion, null, null, null, null],
      ...values.map(({ currency, count, amountMinor, wonMinor }) => {
        return [...key, ...none, currency, count, amount(amountMinor, currency), amount(wonMinor, currency)];
      }),
    ]),
  ];
}

export function reasonLines({ items }: ReasonsView): Lines {
  return [['kind', 'reason', 'leads'], ...items.map(({ kind, reason, leads }) => [kind, reason, leads])];
}
