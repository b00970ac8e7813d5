import { Bool, Instant, Int, ListOfShape, OneOf, Id, Text } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from './pipeline.js';

const STAGE_NAME = { min: 1, max: 80, example: 'Meeting booked' } as const;
const KIND = { description: 'Whether leads here are still open, won or lost.', example: 'open' } as const;

export class StageView {
  @Text({ max: 80, description: 'Stays the same for ever; leads carry it as `status`.', example: 'meeting-booked' }) key: string;
  @Text({ max: 80, example: 'Meeting booked' }) name: string;
  @OneOf(STAGE_KINDS, KIND) kind: StageKind;
  @Int({ min: 0, description: 'Place on the board, from 0.', example: 1 }) position: number;
}

export class PipelineView {
  @Id() id: string;
  @Text({ max: 80, example: 'Sales' }) name: string;
  @Bool({ description: 'Leads without a pipelineId go here.', example: true }) isDefault: boolean;
  @ListOfShape(() => StageView, { description: 'In board order.' }) stages: StageView[];
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
}

export class CreatePipeline {
  @Text({ min: 1, max: 80, example: 'Partners' }) name: string;
  @ListOfShape(() => NewStage, {
    optional: true,
    min: 1,
    max: 50,
    description: 'In board order. Without it the pipeline gets the usual five.',
  })
  stages?: NewStage[];
}

export class UpdatePipeline {
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
