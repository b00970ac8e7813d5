/** A forecast and what came true. */
export interface Forecast {
  readonly probability: number;
  readonly isWon: boolean;
}

/** Leads whose forecast lay between two borders: how many there were, what was said, and what came true. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly forecast: number | null;
  readonly observed: number | null;
}

export interface CalibrationReport {
  readonly count: number;
  /** Mean squared error of the forecasts; 0 is perfect. */
  readonly brier: number;
  /** The same when everybody gets the share of won leads. */
  readonly baselineBrier: number;
  readonly logLoss: number;
  /** Chance that a won lead has a higher forecast than a lost one; 0.5 is guessing. */
  readonly auc: number;
  /** Mean distance between forecast and truth over the bins, weighted by their leads. */
  readonly calibrationError: number;
  readonly bins: readonly CalibrationBin[];
}

const BINS = 10;
const SMALLEST = 1e-12;

/** How good forecasts are; they must be of leads the model had not seen. */
export function calibrationOf(forecasts: readonly Forecast[]): CalibrationReport {
  const count = forecasts.length;
  const mean = (value: (one: Forecast) => number): number =>
    count === 0 ? 0 : forecasts.reduce((sum, one) => sum + value(one), 0) / count;
  const outcome = ({ isWon }: Forecast): number => (isWon ? 1 : 0);
  const share = mean(outcome);
  const bins = Array.from({ length: BINS }, (_, at) => binOf(forecasts, at));
  return {
    count,
    brier: mean((one) => (one.probability - outcome(one)) ** 2),
    baselineBrier: mean((one) => (share - outcome(one)) ** 2),
    logLoss: mean((one) => -Math.log(Math.max(SMALLEST, one.isWon ? one.probability : 1 - one.probability))),
    auc: aucOf(forecasts),
    calibrationError: bins.reduce(
      (sum, bin) => sum + (bin.count / Math.max(1, count)) * Math.abs((bin.forecast ?? 0) - (bin.observed ?? 0)),
      0,
    ),
    bins,
  };
}

function binOf(forecasts: readonly Forecast[], at: number): CalibrationBin {
  const inside = forecasts.filter(({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS)) === at);
  const count = inside.length;
  const share = (value: (one: Forecast) => number): number | null =>
    count === 0 ? null : inside.reduce((sum, one) => sum + value(one), 0) / count;
  return {
    from: at / BINS,
    to: (at + 1) / BINS,
    count,
    forecast: share((one) => one.probability),
    observed: share((one) => (one.isWon ? 1 : 0)),
  };
}

/** By ranks, equal forecasts sharing theirs. */
function aucOf(forecasts: readonly Forecast[]): number {
  const sorted = forecasts.toSorted((a, b) => a.probability - b.probability);
  const won = sorted.filter(({ isWon }) => isWon).length;
  const lost = sorted.length - won;
  if (won === 0 || lost === 0) return 0.5;
  let ranks = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]?.probability === sorted[from]?.probability) to++;
    const middle = (from + to + 1) / 2;
    for (let at = from; at < to; at++) if (sorted[at]?.isWon) ranks += middle;
    from = to;
  }
  return (ranks - (won * (won + 1)) / 2) / (won * lost);
}
