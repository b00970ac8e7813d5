import { Bool, Decimal, Id, Instant, Int, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { RULE_OPERATORS, type RuleOperator } from './scoring-rules.js';

export class ScoringCondition {
  @Text({
    min: 1,
    max: 80,
    description:
      'name, company, email, phone, source, status, notes, ownerId, tags, value, ageDays, daysInStage, activityCount, daysSinceActivity, or attributes.name.',
    example: 'source',
  })
  field: string;
  @OneOf(RULE_OPERATORS, { description: 'at-least and at-most compare numbers and values.', example: 'is' }) is: RuleOperator;
  @Text({ min: 1, max: 200, optional: true, description: 'What it is compared with; values in whole minor units.', example: 'referral' })
  than?: string;
  @Text({
    min: 3,
    max: 3,
    optional: true,
    description: 'ISO 4217 code, for values: amounts of other currencies do not count.',
    example: 'EUR',
  })
  currency?: string;
}

export class ScoringRuleShape {
  @Text({ min: 1, max: 100, description: 'How the reason is told.', example: 'Was recommended' }) name: string;
  @Int({ min: -100, max: 100, example: 15 }) points: number;
  @ListOfShape(() => ScoringCondition, { min: 1, max: 5, description: 'All must hold.' }) when: ScoringCondition[];
}

export class PutScoringRules {
  @Int({ min: 0, max: 100, description: 'Points of a lead before any rule, as long as nothing was learned.', example: 30 })
  basePoints: number;
  @ListOfShape(() => ScoringRuleShape, { max: 50 }) rules: ScoringRuleShape[];
}

export class ScoringRulesView extends PutScoringRules {
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 2 }) version: number;
}

export class CalibrationBinView {
  @Decimal({ min: 0, max: 1, example: 0.2 }) from: number;
  @Decimal({ min: 0, max: 1, example: 0.3 }) to: number;
  @Int({ min: 0, example: 40 }) count: number;
  @Decimal({ min: 0, max: 1, nullable: true, description: 'What was forecast, on average.', example: 0.25 }) forecast: number | null;
  @Decimal({ min: 0, max: 1, nullable: true, description: 'Share that was really won.', example: 0.275 }) observed: number | null;
}

/** How good the forecasts are, for leads the model had not seen (5-fold cross-validation). */
export class CalibrationView {
  @Int({ min: 0, example: 400 }) count: number;
  @Decimal({ min: 0, max: 1, description: 'Mean squared error of the probability (Brier score); less is better.', example: 0.17 })
  brier: number;
  @Decimal({ min: 0, max: 1, description: 'The same when every lead gets the share of won leads.', example: 0.24 }) baselineBrier: number;
  @Decimal({ min: 0, example: 0.52 }) logLoss: number;
  @Decimal({ min: 0, max: 1, description: 'Chance that a won lead is forecast above a lost one; 0.5 is guessing.', example: 0.81 })
  auc: number;
  @Decimal({ min: 0, max: 1, description: 'Mean distance of forecast and truth over the bins.', example: 0.03 }) calibrationError: number;
  @ListOfShape(() => CalibrationBinView, { description: 'Ten bins of forecasts, beside what came true.' }) bins: CalibrationBinView[];
}

export class LearnedCategory {
  @Text({ max: 1000, example: 'referral' }) category: string;
  @Int({ min: 0, example: 50 }) count: number;
  @Int({ min: 0, example: 38 }) won: number;
  @Decimal({ description: 'What it adds to the log odds of winning.', example: 0.94 }) weight: number;
}

export class LearnedFeature {
  @Text({ max: 120, example: 'source' }) feature: string;
  @ListOfShape(() => LearnedCategory) categories: LearnedCategory[];
}

export class ScoringModelView {
  @Int({ min: 1, example: 3 }) version: number;
  @Instant() trainedAt: string;
  @Int({ min: 0, description: 'Won leads it was learned from.', example: 160 }) won: number;
  @Int({ min: 0, description: 'Lost leads it was learned from.', example: 240 }) lost: number;
  @ListOfShape(() => LearnedFeature, { description: 'What was learned, category by category.' }) features: LearnedFeature[];
  @Nested(() => CalibrationView) calibration: CalibrationView;
}

export class ScoreFactorView {
  @OneOf(['learned', 'rule']) kind: string;
  @Text({ max: 120, example: 'source' }) factor: string;
  @Text({ max: 1000, nullable: true, example: 'referral' }) value: string | null;
  @Decimal({ example: 12.5 }) points: number;
  @Decimal({ nullable: true, description: 'What it adds to the log odds of winning; null for a rule.', example: 0.94 }) logOdds:
    number | null;
  @Text({ max: 1500, example: 'Source: referral. Of 50 closed leads like that 38 were won (76 %, all leads 42 %).' }) explanation: string;
}

export class ScoreOverride {
  @Int({ min: 0, max: 100, example: 90 }) score: number;
  @Text({ min: 1, max: 500, example: 'Met the owner at the fair; budget is approved.' }) reason: string;
}

export class ScoreOverrideView extends ScoreOverride {
  @Id() by: string;
  @Instant() at: string;
}

/** The score of a lead as of now, with all reasons. */
export class LeadScoreView {
  @Id() leadId: string;
  @Int({ min: 0, max: 100, description: 'What counts: the override if there is one.', example: 72 }) score: number;
  @Int({ min: 0, max: 100, description: 'What the reasons come to.', example: 72 }) computedScore: number;
  @Decimal({ min: 0, max: 1, nullable: true, description: 'Chance of winning; null while nothing was learned.', example: 0.64 })
  probability: number | null;
  @Decimal({ description: 'Points of a usual lead, before any reason.', example: 42 }) basePoints: number;
  @Decimal({ description: 'Base and reasons added up, before rounding and cutting to 0 to 100.', example: 72.3 }) rawPoints: number;
  @ListOfShape(() => ScoreFactorView, { description: 'Most telling first; their points and the base add up to rawPoints.' })
  factors: ScoreFactorView[];
  @Nested(() => ScoreOverrideView, { nullable: true }) override: ScoreOverrideView | null;
  @Int({ min: 1, nullable: true, example: 3 }) modelVersion: number | null;
  @Int({ min: 1, example: 2 }) rulesVersion: number;
}

/** A lead in the list by score. */
export class ScoredLead {
  @Id() leadId: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, nullable: true, example: 'Duarte & Filhos' }) company: string | null;
  @Text({ max: 80, example: 'interest' }) status: string;
  @Id() pipelineId: string;
  @Id({ nullable: true }) ownerId: string | null;
  @Int({ min: 0, max: 100, example: 72 }) score: number;
  @Bool({ description: 'Somebody set it by hand.', example: false }) overridden: boolean;
  @Decimal({ min: 0, max: 1, nullable: true, example: 0.64 }) probability: number | null;
  @Instant({ description: 'When it was computed; every night, and when rules or model change.' }) scoredAt: string;
}

export class LeadScoresQuery {
  @Int({ min: 0, max: 100, optional: true, description: 'Only scores from here up.', example: 50 }) minScore?: number;
  @Id({ optional: true, description: 'Only leads of this member.' }) ownerId?: string;
  @Id({ optional: true, description: 'Only leads of this pipeline.' }) pipelineId?: string;
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}
