import { Bool, Id, Instant, ListOf, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from '../pipelines/pipeline.js';

const MINOR = { max: 20, optional: true, pattern: /^-?\d{1,18}$/, expected: 'whole minor units', example: '100000' } as const;

/** Fields a lead may lack. */
export const EMPTY_FIELDS = ['company', 'email', 'phone', 'value', 'notes', 'source', 'owner', 'tags'] as const;

export type EmptyField = (typeof EMPTY_FIELDS)[number];

export class StageChoice {
  @Id() pipelineId: string;
  @Text({ min: 1, max: 80, description: 'Key of the stage.', example: 'interest' }) status: string;
}

/** Which leads: all that is given must hold; nothing given is every lead. */
export class LeadSelection {
  @ListOf('id', { max: 1000, optional: true, description: 'Only these leads.' }) ids?: string[];
  @Text({ min: 1, max: 80, optional: true, description: 'Key or name of a stage, in any pipeline.', example: 'interest' }) status?: string;
  @ListOfShape(() => StageChoice, { max: 50, optional: true, description: 'In one of these stages.' }) stages?: StageChoice[];
  @OneOf(STAGE_KINDS, { optional: true, description: 'In any stage of this kind.' }) kind?: StageKind;
  @Id({ optional: true, description: 'Member who looks after the lead.' }) ownerId?: string;
  @Text({ max: 100, optional: true, example: 'website' }) source?: string;
  @Text({ max: 60, optional: true, example: 'priority' }) tag?: string;
  @Text({ max: 200, optional: true, description: 'Part of the name of the company.', example: 'duarte' }) company?: string;
  @Text({ max: 254, optional: true, description: 'With this e-mail address.', example: 'ana@example.com' }) email?: string;
  @Text({ max: 60, optional: true, description: 'With this phone number, however it is written.', example: '+351 21 000 0000' })
  phone?: string;
  @ListOf(EMPTY_FIELDS, { max: EMPTY_FIELDS.length, optional: true, description: 'Fields that are empty.' }) missing?: EmptyField[];
  @ListOf('text', { max: 10, maxLength: 64, optional: true, description: 'Custom fields that are empty.' }) missingCustom?: string[];
  @Text({ max: 3, optional: true, pattern: /^[A-Z]{3}$/, expected: 'an ISO 4217 code, like EUR', example: 'EUR' }) currency?: string;
  @Text({ ...MINOR, description: 'Least value in minor units; needs `currency`.' }) valueMin?: string;
  @Text({ ...MINOR, description: 'Greatest value in minor units; needs `currency`.' }) valueMax?: string;
  @Bool({ optional: true, description: 'The bounds of the value themselves do not count.', example: false }) valueIsStrict?: boolean;
  @Instant({ optional: true, description: 'Made at or after this moment.' }) createdFrom?: string;
  @Instant({ optional: true, description: 'Made before this moment.' }) createdTo?: string;
  @Instant({ optional: true, description: 'Changed at or after this moment.' }) updatedFrom?: string;
  @Instant({ optional: true, description: 'Changed before this moment.' }) updatedTo?: string;
}
