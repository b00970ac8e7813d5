import { Bool, Instant, Int, ListOf, ListOfShape, OneOf, Id, Text } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from './pipeline.js';
import { ASKABLE_FIELDS } from './stage-rules.js';

const STAGE_NAME = { min: 1, max: 80, example: 'Meeting booked' } as const;
const KIND = { description: 'Whether leads here are still open, won or lost.', example: 'open' } as const;

const PROBABILITY = { min: 0, max: 100, description: 'Percent of leads here that are expected to be won.', example: 30 } as const;
const WIP_LIMIT = {
  min: 1,
  max: 1_000_000,
  description: 'How many leads should stand here at most; the board shows it, nothing is refused. Null for any number.',
  example: 20,
} as const;
const ALLOWED_FROM = {
  max: 100,
  maxLength: 80,
  unique: true,
  description: 'Keys of the stages a lead may come from; null for all. Leads that are new or come from another pipeline may always come.',
  example: ['interest'],
} as const;
const REQUIRED_FIELDS = {
  max: 30,
  maxLength: 80,
  unique: true,
  description: `Fields a lead must have to come here: ${ASKABLE_FIELDS.join(', ')}, or a custom one as \`attributes.key\`.`,
  example: ['value'],
} as const;
const REASONS = { max: 50, maxLength: 100, unique: true, example: ['Price', 'No answer'] } as const;
const ASKED = {
  description: 'Whether a reason must be given. Leads that are made or imported closed are not asked.',
  example: false,
} as const;

export class StageView {
  @Text({ max: 80, description: 'Stays the same for ever; leads carry it as `status`.', example: 'meeting-booked' }) key: string;
  @Text({ max: 80, example: 'Meeting booked' }) name: string;
  @OneOf(STAGE_KINDS, KIND) kind: StageKind;
  @Int({ min: 0, description: 'Place on the board, from 0.', example: 1 }) position: number;
  @Int(PROBABILITY) probability: number;
  @Int({ ...WIP_LIMIT, nullable: true }) wipLimit: number | null;
  @ListOf('text', { ...ALLOWED_FROM, nullable: true }) allowedFrom: string[] | null;
  @ListOf('text', REQUIRED_FIELDS) requiredFields: string[];
}

export class PipelineView {
  @Id() id: string;
  @Text({ max: 80, example: 'Sales' }) name: string;
  @Bool({ description: 'Leads without a pipelineId go here.', example: true }) isDefault: boolean;
  @ListOfShape(() => StageView, { description: 'In board order.' }) stages: StageView[];
  @ListOf('text', { ...REASONS, description: 'Reasons for winning; without any, every text is one.' }) winReasons: string[];
  @ListOf('text', { ...REASONS, description: 'Reasons for losing; without any, every text is one.' }) lostReasons: string[];
  @Bool(ASKED) isWinReasonRequired: boolean;
  @Bool(ASKED) isLostReasonRequired: boolean;
  @Int({ example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class PipelineList {
  @ListOfShape(() => PipelineView, { description: 'The default one first.' }) items: PipelineView[];
}

export class NewStage {
  @Text(STAGE_NAME) name: string;
  @OneOf(STAGE_KINDS, { ...KIND, optional: true }) kind?: StageKind;
  @Int({ ...PROBABILITY, optional: true, description: `${PROBABILITY.description} Only for open stages; won ones have 100, lost ones 0.` })
  probability?: number;
  @Int({ ...WIP_LIMIT, optional: true }) wipLimit?: number;
  @ListOf('text', { ...ALLOWED_FROM, optional: true, description: 'Keys or names of the stages a lead may come from; all when left out.' })
  allowedFrom?: string[];
  @ListOf('text', { ...REQUIRED_FIELDS, optional: true }) requiredFields?: string[];
}

/** Reasons for closing leads. */
export class ClosingReasons {
  @ListOf('text', { ...REASONS, optional: true, description: 'Reasons for winning; without any, every text is one.' })
  winReasons?: string[];
  @ListOf('text', { ...REASONS, optional: true, description: 'Reasons for losing; without any, every text is one.' })
  lostReasons?: string[];
  @Bool({ ...ASKED, optional: true }) isWinReasonRequired?: boolean;
  @Bool({ ...ASKED, optional: true }) isLostReasonRequired?: boolean;
}

export class CreatePipeline extends ClosingReasons {
  @Text({ min: 1, max: 80, example: 'Partners' }) name: string;
  @ListOfShape(() => NewStage, {
    optional: true,
    min: 1,
    max: 50,
    description: 'In board order. Without it the pipeline gets the usual five.',
  })
  stages?: NewStage[];
}

export class UpdatePipeline extends ClosingReasons {
  @Text({ min: 1, max: 80, optional: true, example: 'Partners' }) name?: string;
  @Bool({
    optional: true,
    description: 'True makes it the default, and the former one is none any more. False is for those that are none.',
    example: true,
  })
  isDefault?: boolean;
  @Bool({ optional: true, description: 'True puts the pipeline away; it must have no leads.', example: false }) archived?: boolean;
}

export class AddStage extends NewStage {
  @Int({ optional: true, min: 0, max: 99, description: 'Place on the board, from 0; at the end when left out.', example: 2 })
  position?: number;
}

export class UpdateStage {
  @Text({ ...STAGE_NAME, optional: true }) name?: string;
  @OneOf(STAGE_KINDS, { ...KIND, optional: true }) kind?: StageKind;
  @Int({ optional: true, min: 0, max: 99, description: 'New place on the board, from 0.', example: 0 }) position?: number;
  @Int({ ...PROBABILITY, optional: true, description: `${PROBABILITY.description} Only for open stages.` }) probability?: number;
  @Int({ ...WIP_LIMIT, optional: true, nullable: true }) wipLimit?: number | null;
  @ListOf('text', {
    ...ALLOWED_FROM,
    optional: true,
    nullable: true,
    description: 'Keys or names of the stages a lead may come from; null for all.',
  })
  allowedFrom?: string[] | null;
  @ListOf('text', { ...REQUIRED_FIELDS, optional: true }) requiredFields?: string[];
}

export class ArchiveStageQuery {
  @Text({
    max: 80,
    optional: true,
    description: 'Key or name of the stage that takes the leads. Needed when there are any.',
    example: 'interest',
  })
  moveTo?: string;
}
