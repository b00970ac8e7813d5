import { Bool, Id, Instant, Int, ListOf, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { fieldDecorator, isPlainObject } from '../../../platform/http/shapes/field.js';
import { isId } from '../../../shared/ids.js';
import { LeadView } from '../leads/leads.shapes.js';
import { MERGE_RULES, type MergeField, type MergeRule, RULES_OF_FIELD } from './merge-fields.js';

/** A rule by its name, or the lead a value is taken from. */
function Rule(field: MergeField): PropertyDecorator {
  const names: readonly string[] = RULES_OF_FIELD[field];
  const from = { type: 'string', format: 'uuid', description: 'The survivor or one of the absorbed leads.' };
  return fieldDecorator(
    { optional: true, description: `"${names[0] ?? ''}" when left out.`, example: names[0] },
    {
      schema: {
        anyOf: [
          { type: 'string', enum: [...names] },
          { type: 'object', properties: { from }, required: ['from'], additionalProperties: false },
        ],
      },
      check: (value) => {
        if (typeof value === 'string' && names.includes(value)) return undefined;
        if (isPlainObject(value) && Object.keys(value).join() === 'from' && typeof value['from'] === 'string' && isId(value['from']))
          return undefined;
        return { code: 'rule', message: `must be one of: ${names.join(', ')}, or { "from": id of a lead }`, validOptions: names };
      },
    },
  );
}

/** Rules pass over empty values, so that nothing known is lost; only `from` takes a value as it is. */
export class LeadMergeRules {
  @Rule('name') name?: MergeRule;
  @Rule('company') company?: MergeRule;
  @Rule('email') email?: MergeRule;
  @Rule('phone') phone?: MergeRule;
  @Rule('value') value?: MergeRule;
  @Rule('notes') notes?: MergeRule;
  @Rule('source') source?: MergeRule;
  @Rule('tags') tags?: MergeRule;
  @Rule('attributes') attributes?: MergeRule;
  @Rule('ownerId') ownerId?: MergeRule;
}

export class MergeLeads {
  @ListOf('id', {
    min: 1,
    max: 49,
    unique: true,
    description: 'Leads that are the same person. They are deleted, and lead to this one from then on.',
    example: ['01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3e'],
  })
  absorb: string[];
  @Nested(() => LeadMergeRules, { optional: true }) rules?: LeadMergeRules;
  @Text({
    min: 64,
    max: 64,
    optional: true,
    description: 'From the preview: then the merge is refused when any of the leads was changed since.',
    example: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  })
  fingerprint?: string;
}

export class MergedLeadField {
  @OneOf(Object.keys(RULES_OF_FIELD)) field: MergeField;
  @OneOf([...MERGE_RULES, 'from']) rule: string;
  @ListOf('id', { max: 50, description: 'Leads the value comes from; none when all had none.' }) from: string[];
  @Bool({ description: 'Whether the survivor had another value before.', example: true }) changed: boolean;
}

export class MovedRecords {
  @Text({ max: 40, example: 'tasks' }) relation: string;
  @Int({ min: 0, example: 2 }) count: number;
}

/** What a merge would do. */
export class LeadMergePreview {
  @Nested(() => LeadView, { description: 'The survivor as it would be.' }) lead: LeadView;
  @ListOf('id', { max: 49 }) absorbedIds: string[];
  @ListOfShape(() => MergedLeadField) fields: MergedLeadField[];
  @ListOfShape(() => MovedRecords, { description: 'Records that come over from the absorbed leads.' }) moved: MovedRecords[];
  @Text({
    max: 64,
    description: 'Stands for these leads in these versions and these rules.',
    example: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  })
  fingerprint: string;
}

/** What a merge did. */
export class MergedLead extends LeadMergePreview {
  @Id({ description: 'The merge, for POST /lead-merges/{id}/undo.' }) mergeId: string;
  @Int({ min: 1, description: 'Version of the survivor; the ETag is made of it.', example: 4 }) version: number;
}

/** What undoing a merge did. */
export class LeadMergeUndone {
  @ListOf('id', { max: 49, description: 'Absorbed leads that are there again.' }) restoredIds: string[];
  @ListOf('id', { max: 49, description: 'Absorbed leads that somebody had brought back before.' }) alreadyBackIds: string[];
  @ListOf('text', {
    max: 200,
    maxLength: 120,
    description: 'Fields of the survivor that were edited since the merge and stay so.',
    example: ['phone'],
  })
  keptFields: string[];
  @ListOfShape(() => MovedRecords, { description: 'Records that went back.' }) moved: MovedRecords[];
  @ListOfShape(() => MovedRecords, { description: 'Records that the merge had moved, and that were moved on since.' }) kept: MovedRecords[];
}

export class LeadMergeView {
  @Id() id: string;
  @Id() survivorId: string;
  @ListOf('id', { max: 49 }) absorbedIds: string[];
  @ListOfShape(() => MergedLeadField) fields: MergedLeadField[];
  @Int({ min: 0, description: 'Records that came over.', example: 5 }) movedCount: number;
  @Id() mergedBy: string;
  @Instant() mergedAt: string;
  @Id({ nullable: true, example: null }) undoneBy: string | null;
  @Instant({ nullable: true, example: null }) undoneAt: string | null;
  @Nested(() => LeadMergeUndone, { nullable: true }) undone: LeadMergeUndone | null;
}

export class LeadMergesQuery {
  @Id({ optional: true, description: 'Only merges this lead survived.' }) survivorId?: string;
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}
