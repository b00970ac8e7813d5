import { Bool, Id, Int, ListOf, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { IMPORT_OUTCOMES, type ImportOutcome, ON_DUPLICATE, ON_ERROR, type OnDuplicate, type OnError } from './lead-import.js';
import type { LeadTarget } from './mapping.js';

const FIELD = {
  min: 1,
  max: 80,
  description: 'Field of a lead: name, company, email, phone, value, currency, notes, status, source, tags, owner, or attributes.<key>.',
  example: 'name',
} as const;

export const NATURAL_KEY = {
  max: 80,
  pattern: /^(email|phone|name\+company|attributes\.[a-z][a-z0-9_]{0,63})$/,
  expected: 'email, phone, name+company or attributes.<key>',
  description: 'What tells that a row and a lead are the same: email, phone, name+company or attributes.<key>.',
  example: 'email',
} as const;

export class ColumnFormatShape {
  @OneOf(['auto', 'dot', 'comma'], { optional: true, description: 'Decimal mark of amounts.' }) decimal?: 'auto' | 'dot' | 'comma';
}

export class LeadImportColumn {
  @ListOf('text', {
    min: 1,
    max: 20,
    maxLength: 300,
    description: 'Columns of the file; several are joined.',
    example: ['First name', 'Last name'],
  })
  from: string[];
  @Text(FIELD) to: LeadTarget;
  @Text({ max: 10, optional: true, description: 'Between joined columns; a blank when left out.', example: ' ' }) separator?: string;
  @Nested(() => ColumnFormatShape, { optional: true }) format?: ColumnFormatShape;
}

export class LeadImportDefault {
  @Text({ ...FIELD, example: 'source' }) to: string;
  @Text({ max: 1000, example: 'Trade fair 2026' }) value: string;
}

/** Which columns make which fields. */
export class LeadImportMapping {
  @ListOfShape(() => LeadImportColumn, { min: 1, max: 200 }) columns: LeadImportColumn[];
  @ListOfShape(() => LeadImportDefault, { max: 50, optional: true, description: 'Used where a row says nothing.' })
  defaults?: LeadImportDefault[];
}

export class StartLeadImport {
  @Id({ description: 'An uploaded CSV file; see POST /files.' }) fileId: string;
  @Nested(() => LeadImportMapping, { optional: true, description: 'The suggested one when left out.' }) mapping?: LeadImportMapping;
  @Text({ ...NATURAL_KEY, optional: true, nullable: true }) naturalKey?: string | null;
  @OneOf(ON_DUPLICATE, {
    optional: true,
    description:
      'What a row does whose natural key a lead has: update it (default), be left out, or make another one. It needs a natural key. Likely duplicates without one are reported.',
  })
  onDuplicate?: OnDuplicate;
  @Bool({ description: 'True: say what would happen, row by row, and change nothing.', example: true }) dryRun: boolean;
  @OneOf(ON_ERROR, { optional: true, description: 'Leave out rows with a fault (default), or stop before the first one.' })
  onError?: OnError;
  @Id({ optional: true, description: 'The default pipeline when left out.' }) pipelineId?: string;
}

export class SuggestMapping {
  @Id({ description: 'An uploaded CSV file; see POST /files.' }) fileId: string;
}

const CURSOR = { max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' } as const;
const LIMIT = { min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 } as const;

export class LeadImportsQuery {
  @Text(CURSOR) cursor?: string;
  @Int(LIMIT) limit?: number;
}

export class LeadImportRowsQuery {
  @Text(CURSOR) cursor?: string;
  @Int(LIMIT) limit?: number;
  @OneOf(IMPORT_OUTCOMES, { optional: true }) outcome?: ImportOutcome;
}
