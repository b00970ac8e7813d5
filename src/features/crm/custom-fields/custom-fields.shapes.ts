import { Bool, Id, Instant, Int, JsonObject, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { RECORD_TYPES, type RecordType } from './field-schema.js';

const SCHEMA = {
  description:
    'A flat subset of JSON Schema 2020-12: an object whose properties are texts, numbers, booleans or lists of those, with enum, const, lengths, bounds, pattern, format (date, date-time, email, uri) and required. For leads texts only. No references; patterns without look-around and back-references.',
  example: {
    type: 'object',
    properties: { customer_number: { type: 'string', title: 'Customer number', pattern: '^K-[0-9]{4}$' } },
    additionalProperties: false,
  },
  maxBytes: 32_768,
} as const;

/** The custom fields of a kind of record. */
export class CustomFieldsView {
  @OneOf(RECORD_TYPES) recordType: RecordType;
  @JsonObject({ ...SCHEMA, nullable: true, description: 'Null when any custom fields are taken.' }) schema: object | null;
  @Int({ min: 0, description: 'Counts changes; the ETag is made of it. 0 when there is no schema.', example: 1 }) version: number;
  @Instant({ nullable: true }) updatedAt: string | null;
}

export class PutCustomFields {
  @JsonObject(SCHEMA) schema: Record<string, unknown>;
}

export class PutCustomFieldsQuery {
  @Bool({ optional: true, description: 'Only tell which records would not fit; change nothing.', example: true }) dryRun?: boolean;
}

export class FieldMisfit {
  @Text({ max: 200, description: 'JSON pointer to the field.', example: '/attributes/customer_number' }) pointer: string;
  @Text({ max: 60, example: 'pattern' }) code: string;
  @Text({ max: 2000, example: 'must match pattern "^K-[0-9]{4}$"' }) message: string;
}

/** A record whose custom fields do not fit a schema. */
export class RecordMisfit {
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @ListOfShape(() => FieldMisfit) errors: FieldMisfit[];
}

/** What a schema means for the records there are. */
export class CustomFieldsReport {
  @Bool({ description: 'Whether it holds from now on; false for a dry run.', example: false }) applied: boolean;
  @Nested(() => CustomFieldsView, { description: 'As it is now.' }) current: CustomFieldsView;
  @Int({ min: 0, description: 'Same as `current.version`; the ETag is made of it.', example: 1 }) version: number;
  @Int({ min: 0, description: 'Records that were looked at.', example: 1200 }) checked: number;
  @Int({
    min: 0,
    description: 'Of those, records that do not fit. They keep their values; only the next change of them is judged.',
    example: 3,
  })
  misfits: number;
  @Bool({ description: 'False when there are more records than are looked at in one request.', example: true }) isComplete: boolean;
  @ListOfShape(() => RecordMisfit, { description: 'The first of them, ten at most.' }) samples: RecordMisfit[];
}
