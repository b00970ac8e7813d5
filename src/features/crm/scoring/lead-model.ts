import { calibrationOf, type CalibrationReport, type Forecast } from './calibration.js';
import { factsBeforeClosing, factsNow, type LeadFacts, type LeadRecord, shareOf } from './lead-facts.js';
import { fitLogistic, type LogisticFit, logitOf, sigmoid } from './logistic.js';
import { categoriesOf, type Encoder, learnEncoder } from './scoring-features.js';

/** Fewer won or lost leads than this teach nothing. */
export const FEWEST_CLOSED = 20;
const FOLDS = 5;
/** How firmly a weight is held near zero: the firmness that forecasts unseen leads best is taken. */
const RIDGES = [1, 4, 16, 64] as const;
const PARTS = 3;

type Pause = () => Promise<void>;

/** What was seen of a category: how many closed leads had it, how many of them were won, and what it is worth in log odds. */
export interface CategoryModel {
  readonly category: string;
  readonly count: number;
  readonly won: number;
  readonly weight: number;
}

export interface FeatureModel {
  readonly feature: string;
  readonly categories: readonly CategoryModel[];
}

/** What an organization's closed leads teach. Weights of a feature are zero on average, so the base is the log odds of a usual lead. */
export interface LeadModel {
  readonly encoder: Encoder;
  readonly base: number;
  readonly features: readonly FeatureModel[];
  readonly ridge: number;
  readonly won: number;
  readonly lost: number;
}

export interface TrainedModel {
  readonly model: LeadModel;
  readonly report: CalibrationReport;
}

/** What one feature of a lead adds to its log odds. */
export interface ModelFactor {
  readonly feature: string;
  readonly category: string;
  readonly logOdds: number;
  readonly count: number;
  readonly won: number;
}

interface Case {
  readonly facts: LeadFacts;
  readonly isWon: boolean;
  readonly fold: number;
}

/**
 * Learns from closed leads, each seen at a moment before it was closed. The same leads in any order give the same model. The report is of
 * cross-validation: every forecast in it was made by a model that had not seen the lead, its categories and its firmness included.
 * It pauses between fits, so that whoever shares the thread has a turn.
 */
export async function trainModel(leads: readonly LeadRecord[], now: number, pause: Pause = () => Promise.resolve()): Promise<TrainedModel> {
  const sorted = leads.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const open = sorted.filter(({ kind }) => kind === 'open').map((lead) => factsNow(lead, now));
  const cases = sorted
    .filter(({ kind }) => kind !== 'open')
    .map((lead): Case => ({ facts: factsBeforeClosing(lead), isWon: lead.kind === 'won', fold: foldOf(lead.id) }));
  const forecasts: Forecast[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const rest = cases.filter((one) => one.fold !== fold);
    const model = fit(rest, open, await bestRidge(rest, open, pause));
    forecasts.push(...cases.filter((one) => one.fold === fold).map((one) => forecast(model, one)));
  }
  return { model: fit(cases, open, await bestRidge(cases, open, pause)), report: calibrationOf(forecasts) };
}

/** The log odds of a lead, feature by feature. */
export function explain(model: LeadModel, facts: LeadFacts): { base: number; logit: number; probability: number; factors: ModelFactor[] } {
  const categories = categoriesOf(facts, model.encoder);
  const factors = model.features.flatMap(({ feature, categories: known }) => {
    const found = known.find(({ category }) => category === categories.get(feature));
    return found ? [{ feature, category: found.category, logOdds: found.weight, count: found.count, won: found.won }] : [];
  });
  const logit = factors.reduce((sum, { logOdds }) => sum + logOdds, model.base);
  return { base: model.base, logit, probability: sigmoid(logit), factors };
}

// Another part of the id's digest than the moment of its life is drawn by.
const foldOf = (id: string): number => Math.floor(shareOf(`fold ${id}`) * FOLDS);
const forecast = (model: LeadModel, { facts, isWon }: Case): Forecast => ({ probability: explain(model, facts).probability, isWon });

/** The firmness with the least loss on leads held back, by another cut than the report's. */
async function bestRidge(cases: readonly Case[], open: readonly LeadFacts[], pause: Pause): Promise<number> {
  const isHeld = ({ facts }: Case, part: number): boolean => Math.floor(shareOf(`ridge ${facts.lead.id}`) * PARTS) === part;
  let best = { ridge: RIDGES[0] as number, loss: Infinity };
  for (const ridge of RIDGES) {
    const forecasts: Forecast[] = [];
    for (let part = 0; part < PARTS; part++) {
      await pause();
      const seen = cases.filter((one) => !isHeld(one, part));
      const model = fit(seen, open, ridge);
      forecasts.push(...cases.filter((one) => isHeld(one, part)).map((one) => forecast(model, one)));
    }
    const loss = calibrationOf(forecasts).logLoss;
    if (loss < best.loss) best = { ridge, loss };
  }
  return best.ridge;
}

function fit(cases: readonly Case[], open: readonly LeadFacts[], ridge: number): LeadModel {
  const encoder = learnEncoder(
    cases.map(({ facts }) => facts),
    open,
  );
  const columns = Object.entries(encoder.known).flatMap(([feature, categories]) => categories.map((category) => ({ feature, category })));
  const placeOf = new Map(columns.map(({ feature, category }, place) => [`${feature}\n${category}`, place]));
  const rows = cases.map(({ facts }) =>
    [...categoriesOf(facts, encoder)].flatMap(([feature, category]) => placeOf.get(`${feature}\n${category}`) ?? []),
  );
  const isWon = cases.map((one) => one.isWon);
  const found = fitLogistic(rows, isWon, columns.length, ridge);
  return centred({ encoder, columns, rows, isWon, found, ridge });
}

interface Fitted {
  readonly encoder: Encoder;
  readonly columns: readonly { feature: string; category: string }[];
  readonly rows: readonly (readonly number[])[];
  readonly isWon: readonly boolean[];
  readonly found: LogisticFit;
  readonly ridge: number;
}

function centred({ encoder, columns, rows, isWon, found, ridge }: Fitted): LeadModel {
  const counts = columns.map(() => ({ count: 0, won: 0 }));
  for (const [at, row] of rows.entries()) {
    for (const column of row) {
      const count = counts[column];
      if (!count) continue;
      count.count++;
      if (isWon[at]) count.won++;
    }
  }
  let base = logitOf(found, []);
  const features = Object.keys(encoder.known).map((feature): FeatureModel => {
    const own = columns.flatMap((column, place) =>
      column.feature === feature
        ? [{ category: column.category, weight: found.weights[place] ?? 0, ...(counts[place] ?? { count: 0, won: 0 }) }]
        : [],
    );
    const total = own.reduce((sum, { count }) => sum + count, 0);
    const mean = total === 0 ? 0 : own.reduce((sum, { count, weight }) => sum + count * weight, 0) / total;
    base += mean;
    return { feature, categories: own.map((one) => ({ ...one, weight: one.weight - mean })) };
  });
  const won = isWon.filter(Boolean).length;
  return { encoder, base, features, ridge, won, lost: isWon.length - won };
}
