import { Bool, Decimal, Id, Int, ListOfShape, LocalDate, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from '../pipelines/pipeline.js';
import { GROUPINGS, type Grouping } from './period.js';

const RATE = { min: 0, max: 1, nullable: true, example: 0.25 } as const;
const COUNT = { min: 0, example: 12 } as const;
const SECONDS = { min: 0, nullable: true, example: 172_800 } as const;
const MINOR = { max: 60, example: '1250000' } as const;
const CURRENCY = { max: 3, description: 'ISO 4217 code.', example: 'EUR' } as const;
const STATUS = { max: 80, description: 'Key of the stage.', example: 'meeting-booked' } as const;
const STAGE_NAME = { max: 80, description: 'What the stage is called today.', example: 'Meeting booked' } as const;
const START = { description: 'First day of the month or week, in the time zone of the organization.', example: '2026-11-01' } as const;

export class AnalyticsQuery {
  @Id({ optional: true, description: 'The default pipeline when left out.' }) pipelineId?: string;
  @LocalDate({
    optional: true,
    description: 'First day, in the time zone of the organization. Eleven months before the month of `to` when left out.',
    example: '2026-01-01',
  })
  from?: string;
  @LocalDate({ optional: true, description: 'Last day, included. Today when left out.', example: '2026-11-21' }) to?: string;
  @OneOf(GROUPINGS, { optional: true, description: 'Length of the periods; weeks begin on Monday.', example: 'month' }) groupBy?: Grouping;
}

export class BreakdownQuery extends AnalyticsQuery {
  @Int({ min: 1, max: 500, default: 100, optional: true, description: 'How many are listed by themselves; the others are in `rest`.' })
  limit?: number;
}

/** What every report says of itself. */
export class Report {
  @Id() pipelineId: string;
  @Text({ max: 80, example: 'Sales' }) pipelineName: string;
  @Text({ max: 64, description: 'Days and periods are those of this time zone.', example: 'Europe/Lisbon' }) timeZone: string;
  @LocalDate({ example: '2026-01-01' }) from: string;
  @LocalDate({ example: '2026-11-21' }) to: string;
  @OneOf(GROUPINGS) groupBy: Grouping;
  @Bool({
    description: 'False while the history of leads is still being derived, as after an update of the server: ask again.',
    example: true,
  })
  isComplete: boolean;
}

export class Outcomes {
  @Int({ ...COUNT, description: 'Leads it is about: `open`, `won`, `lost` and `transferred` together. Deleted leads are never counted.' })
  leads: number;
  @Int({ ...COUNT, description: 'Of them in an open stage now.' }) open: number;
  @Int({ ...COUNT, description: 'Of them in a won stage now.' }) won: number;
  @Int({ ...COUNT, description: 'Of them in a lost stage now.' }) lost: number;
  @Int({ ...COUNT, description: 'Of them moved to another pipeline.', example: 0 }) transferred: number;
  @Decimal({ ...RATE, description: 'won / (won + lost); null when none was decided.' }) winRate: number | null;
  @Decimal({ ...RATE, description: 'won / leads; null without leads.' }) conversion: number | null;
}

export class FunnelStage {
  @Text(STATUS) status: string;
  @Text(STAGE_NAME) name: string;
  @OneOf(STAGE_KINDS) kind: StageKind;
  @Int({ ...COUNT, description: 'Leads that stood in this stage at any time.' }) entered: number;
  @Int({
    ...COUNT,
    description: 'Leads that stood in this stage or in a later open or won one; for won and lost stages those that stood in it.',
  })
  reached: number;
  @Decimal({
    ...RATE,
    description:
      '`reached` by that of the step before; of the first step by all leads. Won stages follow the last open one. Null for lost stages, and where nobody reached the step before.',
  })
  conversion: number | null;
  @Decimal({ ...RATE, description: '`reached` by all leads.' }) shareOfAll: number | null;
  @Int({ ...COUNT, description: 'Leads that are lost now and got no further than this stage.' }) lostAfter: number;
  @Int({ ...COUNT, description: 'Leads that stand in it now.' }) here: number;
}

export class FunnelPeriod extends Outcomes {
  @LocalDate(START) start: string;
}

/** All leads of the range. */
export class FunnelTotal extends Outcomes {}

export class FunnelView extends Report {
  @Nested(() => FunnelTotal) total: FunnelTotal;
  @ListOfShape(() => FunnelStage, { description: 'In board order; archived stages when leads were in them.' }) stages: FunnelStage[];
  @ListOfShape(() => FunnelPeriod, { description: 'The leads that came into the pipeline in each period, and how they ended up.' })
  periods: FunnelPeriod[];
}

export class StageDwell {
  @Text(STATUS) status: string;
  @Text(STAGE_NAME) name: string;
  @OneOf(STAGE_KINDS) kind: StageKind;
  @Int({ ...COUNT, description: 'Visits that ended in the range by a move to another stage. A lead may come more than once.' })
  visits: number;
  @Decimal({ ...SECONDS, description: 'Average length of these visits in seconds of real time; null without any.' })
  averageSeconds: number | null;
  @Decimal({ ...SECONDS, description: 'Half of them were shorter.' }) medianSeconds: number | null;
  @Decimal({ ...SECONDS, description: 'Nine of ten were shorter.' }) p90Seconds: number | null;
  @Int({ ...COUNT, description: 'Leads that stand in it now, whatever the range.' }) waiting: number;
  @Decimal({ ...SECONDS, description: 'For how long they have on average.' }) averageWaitingSeconds: number | null;
}

export class DwellPeriod {
  @LocalDate(START) start: string;
  @Text(STATUS) status: string;
  @Int(COUNT) visits: number;
  @Decimal(SECONDS) averageSeconds: number | null;
  @Decimal(SECONDS) medianSeconds: number | null;
}

export class TimeInStageView extends Report {
  @ListOfShape(() => StageDwell, { description: 'In board order; archived stages when visits to them ended or go on.' })
  stages: StageDwell[];
  @ListOfShape(() => DwellPeriod, { description: 'By period of the end of the visit and stage, without those in which none ended.' })
  periods: DwellPeriod[];
}

export class CurrencyAmount {
  @Text(CURRENCY) currency: string;
  @Int({ ...COUNT, description: 'Leads with a value in this currency.' }) count: number;
  @Text({ ...MINOR, description: 'Exact sum in whole minor units, as text.' }) amountMinor: string;
}

class CycleFigures {
  @Int({ ...COUNT, description: 'Leads that stand in a won stage and came there in the range.' }) won: number;
  @Int({ ...COUNT, description: 'Leads that stand in a lost stage and came there in the range.' }) lost: number;
  @Decimal({ ...RATE, description: 'won / (won + lost); null when none was decided.' }) winRate: number | null;
  @Decimal({ ...SECONDS, description: 'Average time of won leads from coming into the pipeline to being won.' }) averageSeconds:
    number | null;
  @Decimal({ ...SECONDS, description: 'Median of the same.' }) medianSeconds: number | null;
}

export class CurrencyVelocityView {
  @Text(CURRENCY) currency: string;
  @Int({ ...COUNT, description: 'Won leads with a value in this currency.' }) wonCount: number;
  @Text({ ...MINOR, description: 'Their sum in minor units.' }) wonMinor: string;
  @Text({ ...MINOR, nullable: true, description: 'Their average, rounded to a minor unit.' }) averageWonMinor: string | null;
  @Int({ ...COUNT, description: 'Leads in open stages now with a value in this currency.' }) openCount: number;
  @Text({ ...MINOR, description: 'Their sum in minor units.' }) openMinor: string;
  @Text({
    ...MINOR,
    nullable: true,
    description:
      'Sales velocity in minor units a day: openCount × averageWonMinor × winRate / average days to win. Null while nothing was won.',
  })
  perDayMinor: string | null;
}

export class VelocityPeriod extends CycleFigures {
  @LocalDate(START) start: string;
  @ListOfShape(() => CurrencyAmount, { description: 'Values of the won leads.' }) values: CurrencyAmount[];
}

export class VelocityTotal extends CycleFigures {}

export class VelocityView extends Report {
  @Nested(() => VelocityTotal) total: VelocityTotal;
  @ListOfShape(() => CurrencyVelocityView, { description: 'One for each currency; different currencies are never added.' })
  values: CurrencyVelocityView[];
  @ListOfShape(() => VelocityPeriod, { description: 'By the period in which leads were won or lost.' }) periods: VelocityPeriod[];
}
