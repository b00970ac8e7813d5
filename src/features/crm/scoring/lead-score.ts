import type { LeadFacts } from './lead-facts.js';
import { explain, type LeadModel, type ModelFactor } from './lead-model.js';
import { sigmoid } from './logistic.js';
import { rulesThatHold, type ScoringRules } from './scoring-rules.js';

/** One reason of a score: `points` add up with the base to the score before it is cut to 0 to 100. */
export interface ScoreFactor {
  readonly kind: 'learned' | 'rule';
  readonly factor: string;
  readonly value: string | null;
  readonly points: number;
  /** What it adds to the log odds of winning; null for a rule. */
  readonly logOdds: number | null;
  readonly explanation: string;
}

/** A score from 0 to 100 with everything that makes it. */
export interface LeadScore {
  readonly score: number;
  readonly basePoints: number;
  /** The sum of base and factors, before it is rounded and cut. */
  readonly rawPoints: number;
  /** Chance of winning as learned from closed leads; null while nothing is learned. */
  readonly probability: number | null;
  /** Points of rules alone. */
  readonly rulePoints: number;
  readonly factors: readonly ScoreFactor[];
}

/** A learned reason that moves the log odds by less than this is none. */
const LEAST_TOLD = 0.005;

const TITLES: Readonly<Record<string, string>> = {
  source: 'Source',
  email: 'E-mail',
  phone: 'Phone',
  company: 'Company',
  stage: 'Stage',
  value: 'Value',
  ageDays: 'Age',
  daysInStage: 'Time in stage',
  activityCount: 'Activities',
};

/** Scores a lead: what was learned gives points by its probability, rules add theirs. Without a model the rules have their own base. */
export function scoreLead(facts: LeadFacts, rules: ScoringRules, model: LeadModel | undefined): LeadScore {
  const learned = model ? learnedFactors(model, facts) : undefined;
  const held = rulesThatHold(rules.rules, facts);
  const ruled = held.map(({ name, points }): ScoreFactor => {
    const told = `${name}: ${points > 0 ? '+' : ''}${points} ${Math.abs(points) === 1 ? 'point' : 'points'} by a rule`;
    return { kind: 'rule', factor: name, value: null, points, logOdds: null, explanation: told };
  });
  const basePoints = learned?.basePoints ?? rules.basePoints;
  const factors = [...(learned?.factors ?? []), ...ruled].sort(
    (a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.factor < b.factor ? -1 : 1),
  );
  const rawPoints = factors.reduce((sum, { points }) => sum + points, basePoints);
  return {
    score: Math.max(0, Math.min(100, Math.round(rawPoints))),
    basePoints,
    rawPoints,
    probability: learned?.probability ?? null,
    rulePoints: ruled.reduce((sum, { points }) => sum + points, 0),
    factors,
  };
}

/** Points are the log odds on the straight line from the usual lead's probability to this one's, so that they add up exactly. */
function learnedFactors(model: LeadModel, facts: LeadFacts): { basePoints: number; probability: number; factors: ScoreFactor[] } {
  const { base, logit, probability, factors } = explain(model, facts);
  const basePoints = 100 * sigmoid(base);
  const distance = logit - base;
  // Where all reasons cancel out, the line is the tangent.
  const slope = Math.abs(distance) < 1e-9 ? 100 * sigmoid(base) * (1 - sigmoid(base)) : (100 * probability - basePoints) / distance;
  const told = factors.filter(({ logOdds }) => Math.abs(logOdds) >= LEAST_TOLD);
  const rest = factors.filter(({ logOdds }) => Math.abs(logOdds) < LEAST_TOLD).reduce((sum, { logOdds }) => sum + logOdds, 0);
  const share = (100 * (model.won / (model.won + model.lost))).toFixed(0);
  return {
    basePoints: basePoints + slope * rest,
    probability,
    factors: told.map((factor) => ({
      kind: 'learned',
      factor: factor.feature,
      value: factor.category,
      points: slope * factor.logOdds,
      logOdds: factor.logOdds,
      explanation: inWords(factor, share),
    })),
  };
}

function inWords({ feature, category, count, won }: ModelFactor, share: string): string {
  const title = feature.startsWith('tags.')
    ? `Tag “${feature.slice(5)}”`
    : (TITLES[feature] ?? feature.replace(/^attributes\./, '').replaceAll('_', ' '));
  return `${title}: ${category}. Of ${count} closed leads like that ${won} were won (${count === 0 ? 0 : Math.round((100 * won) / count)} %, all leads ${share} %).`;
}
