import type { Money } from '../../../shared/money.js';
import { Email, Id, Instant, Int, JsonObject, ListOf, MoneyField, OneOf, Text, TextMap } from '../../../platform/http/shapes/fields.js';
import { mergePatchOf, type MergePatch } from '../../../platform/http/shapes/builders.js';
import { Phone } from './phone.js';
import { LEAD_SORTS, type LeadSort } from './lead-sorts.js';

const STATUS = {
  min: 1,
  max: 80,
  optional: true,
  description: 'Key or name of a stage, for example "closed-win" or "Closed win".',
  example: 'interest',
} as const;
const VALUE_IN_MINOR = { max: 20, optional: true, pattern: /^-?\d{1,18}$/, expected: 'whole minor units', example: '100000' } as const;

export const REASON = {
  max: 100,
  optional: true,
  description:
    'Why the lead is won or lost: one of the reasons of the pipeline, if it lists any. Only for won and lost stages; it can be given later by moving the lead within its stage.',
  example: 'Price',
} as const;
export const REASON_NOTE = {
  max: 1000,
  optional: true,
  description: 'More about the reason.',
  example: 'A rival was a third cheaper.',
} as const;

export class CreateLead {
  @Text({ min: 1, max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, optional: true, example: 'Duarte & Filhos' }) company?: string;
  @Email({ optional: true }) email?: string;
  @Phone({ optional: true }) phone?: string;
  @MoneyField({ optional: true }) value?: Money;
  @Text({ max: 10_000, optional: true, example: 'Asked for a second offer.' }) notes?: string;
  @Text({ max: 100, optional: true, description: 'Where the lead came from.', example: 'website' }) source?: string;
  @ListOf('text', { max: 50, maxLength: 60, unique: true, optional: true, example: ['priority'] }) tags?: string[];
  @TextMap({ maxKeys: 50, maxLength: 1000, optional: true, description: 'Custom fields.', example: { customer_number: 'K-1024' } })
  attributes?: Record<string, string>;
  @Id({ optional: true, description: 'Member who looks after the lead.' }) ownerId?: string;
  @Id({ optional: true, description: 'The default pipeline when left out.' }) pipelineId?: string;
  @Text({ ...STATUS, description: `${STATUS.description} The first stage when left out.` }) status?: string;
}

const NOT_PATCHED = ['status', 'pipelineId', 'attributes'] as const;
const PatchedLead: new () => Omit<MergePatch<CreateLead>, (typeof NOT_PATCHED)[number]> = mergePatchOf(CreateLead, NOT_PATCHED);

/** A merge patch: what is left out stays, null clears. The status has a route of its own, because it is a move on the board. */
export class UpdateLead extends PatchedLead {
  @JsonObject({
    optional: true,
    nullable: true,
    description: 'Custom fields to set; a field given as null is removed.',
    example: { customer_number: null },
  })
  attributes?: Record<string, unknown> | null;
}

export class CreateLeadQuery {
  @OneOf(['warn', 'refuse'], {
    optional: true,
    description:
      'What to do when the lead may exist already: make it and say so, or refuse. When left out, GET /crm/settings tells; "warn" unless changed.',
  })
  onDuplicate?: 'warn' | 'refuse';
}

export class MoveLead {
  @Text({ min: 1, max: 80, description: STATUS.description, example: 'Closed win' }) status: string;
  @Int({
    min: 0,
    max: 1_000_000,
    optional: true,
    description: 'Place in the column, 0 is the top. Without any place the lead goes to the end.',
    example: 0,
  })
  position?: number;
  @Id({ optional: true, description: 'Put it right above this lead.' }) before?: string;
  @Id({ optional: true, description: 'Put it right below this lead.' }) after?: string;
  @Text(REASON) reason?: string;
  @Text(REASON_NOTE) reasonNote?: string;
}

export class ListLeadsQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
  @OneOf(LEAD_SORTS, {
    optional: true,
    description:
      'Order, "-" for falling; `position` needs `status`. `-created` when left out. `-value` compares minor units whatever their currency, so filter by `currency` too.',
    example: '-created',
  })
  sort?: LeadSort;
  @Id({ optional: true }) pipelineId?: string;
  @Text(STATUS) status?: string;
  @Id({ optional: true }) ownerId?: string;
  @Text({ max: 100, optional: true, example: 'website' }) source?: string;
  @Text({ max: 60, optional: true, example: 'priority' }) tag?: string;
  @Text({ max: 3, optional: true, pattern: /^[A-Z]{3}$/, expected: 'an ISO 4217 code, like EUR', example: 'EUR' }) currency?: string;
  @Text({ ...VALUE_IN_MINOR, description: 'Least value in minor units; needs `currency`.' }) valueMin?: string;
  @Text({ ...VALUE_IN_MINOR, description: 'Greatest value in minor units; needs `currency`.' }) valueMax?: string;
  @Instant({ optional: true, description: 'Made at or after this moment.' }) createdFrom?: string;
  @Instant({ optional: true, description: 'Made before this moment.' }) createdTo?: string;
  @Instant({ optional: true, description: 'Changed at or after this moment.' }) updatedSince?: string;
  @OneOf(['only', 'include'], { optional: true, description: 'Also, or only, deleted leads; sorted by created or updated.' }) deleted?:
    'only' | 'include';
}

const BOARD_LIMIT = { min: 1, max: 100, default: 50, optional: true, description: 'Cards of each column at most.', example: 50 } as const;

export class BoardQuery {
  @Id({ optional: true, description: 'The default pipeline when left out.' }) pipelineId?: string;
  @Int(BOARD_LIMIT) limit?: number;
  @Id({ optional: true, description: 'Only leads of this member.' }) ownerId?: string;
}

export class ColumnQuery extends BoardQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the column.', example: 'eyJ' }) cursor?: string;
}

export class SearchQuery {
  @Text({ min: 1, max: 200, description: 'Name, company or e-mail; typing errors are forgiven.', example: 'ana duart' }) q: string;
  @Int({ min: 1, max: 50, default: 10, optional: true, description: 'How many at most.', example: 10 }) limit?: number;
}
