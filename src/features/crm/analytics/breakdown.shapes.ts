import { Bool, Id, Int, ListOfShape, LocalDate, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from '../pipelines/pipeline.js';
import { Outcomes, Report } from './analytics.shapes.js';

const COUNT = { min: 0, example: 12 } as const;
const MINOR = { max: 60, example: '1250000' } as const;
const CURRENCY = { max: 3, description: 'ISO 4217 code.', example: 'EUR' } as const;

export class WeightedAmount {
  @Text(CURRENCY) currency: string;
  @Int({ ...COUNT, description: 'Open leads with a value in this currency.' }) count: number;
  @Text({ ...MINOR, description: 'Sum of their values in minor units.' }) amountMinor: string;
  @Text({
    ...MINOR,
    description:
      'The same, each times the probability of its stage. Exact but for one rounding; parts add up to the total, so a part may differ by one minor unit.',
    example: '375000',
  })
  weightedMinor: string;
}

export class ForecastPeriod {
  @LocalDate({
    nullable: true,
    description: 'First day of the month or week; null for leads without an expected day.',
    example: '2026-12-01',
  })
  start: string | null;
  @Bool({ description: 'The whole period is over and these leads are still open.', example: false }) isOverdue: boolean;
  @Int(COUNT) leads: number;
  @ListOfShape(() => WeightedAmount) values: WeightedAmount[];
}

export class ForecastStage {
  @Text({ max: 80, description: 'Key of the stage.', example: 'proposal-sent' }) status: string;
  @Text({ max: 80, example: 'Proposal sent' }) name: string;
  @Int({ min: 0, max: 100, description: 'Percent of leads here that are expected to be won.', example: 60 }) probability: number;
  @Int(COUNT) leads: number;
  @ListOfShape(() => WeightedAmount) values: WeightedAmount[];
}

export class ForecastView extends Report {
  @Int({ ...COUNT, description: 'Leads in open stages now. The forecast looks at all of them, whatever `from` and `to` say.' })
  leads: number;
  @ListOfShape(() => WeightedAmount, { description: 'One for each currency; different currencies are never added.' })
  values: WeightedAmount[];
  @ListOfShape(() => ForecastPeriod, { description: 'By the day the lead is expected to be won, its custom field `expected_close_on`.' })
  periods: ForecastPeriod[];
  @ListOfShape(() => ForecastStage, { description: 'By stage, in board order; stages without leads are left out.' })
  stages: ForecastStage[];
}

export class GroupAmount {
  @Text(CURRENCY) currency: string;
  @Int({ ...COUNT, description: 'Leads with a value in this currency.' }) count: number;
  @Text({ ...MINOR, description: 'Sum of their values in minor units.' }) amountMinor: string;
  @Text({ ...MINOR, description: 'Of it that of won leads.' }) wonMinor: string;
}

export class GroupTotal extends Outcomes {
  @ListOfShape(() => GroupAmount) values: GroupAmount[];
}

export class SourceGroup extends GroupTotal {
  @Text({ max: 100, nullable: true, description: 'Null for leads without one.', example: 'website' }) source: string | null;
}

export class OwnerGroup extends GroupTotal {
  @Id({ nullable: true, description: 'Null for leads nobody looks after.' }) ownerId: string | null;
  @Text({ max: 200, nullable: true, example: 'Ana Duarte' }) name: string | null;
}

const REST = { nullable: true, description: 'All that are not listed by themselves; null when everything is.', example: null } as const;
const MOST_FIRST = 'With the most leads first.';

export class SourcesView extends Report {
  @Nested(() => GroupTotal) total: GroupTotal;
  @ListOfShape(() => SourceGroup, { description: MOST_FIRST }) items: SourceGroup[];
  @Nested(() => GroupTotal, REST) rest: GroupTotal | null;
}

export class OwnersView extends Report {
  @Nested(() => GroupTotal) total: GroupTotal;
  @ListOfShape(() => OwnerGroup, { description: MOST_FIRST }) items: OwnerGroup[];
  @Nested(() => GroupTotal, REST) rest: GroupTotal | null;
}

export class ClosingReason {
  @OneOf(STAGE_KINDS.filter((kind) => kind !== 'open')) kind: StageKind;
  @Text({ max: 100, nullable: true, description: 'Null for leads that were closed without one.', example: 'Too expensive' })
  reason: string | null;
  @Int({ ...COUNT, description: 'Leads that stand in a stage of this kind and came there in the range.' }) leads: number;
}

export class ReasonsView extends Report {
  @ListOfShape(() => ClosingReason, { description: 'Won first, then lost; the most frequent first.' }) items: ClosingReason[];
}
