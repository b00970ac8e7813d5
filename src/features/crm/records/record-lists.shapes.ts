import { Id, Instant, Int, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import type { ListOrder } from './keyset-list.js';

export const RECORD_SORTS = ['name', 'created', '-created', '-updated'] as const;

export type RecordSort = (typeof RECORD_SORTS)[number];

/** Each is served by an index; ids grow with time, so the order of creation is theirs. */
export const RECORD_ORDERS: Readonly<Record<RecordSort, ListOrder>> = {
  name: { column: 'r.name_key', type: 'text', direction: 'asc' },
  created: { column: 'r.id', type: 'uuid', direction: 'asc' },
  '-created': { column: 'r.id', type: 'uuid', direction: 'desc' },
  '-updated': { column: 'r.updated_at', type: 'timestamptz', direction: 'desc' },
};

/** What lists of companies and of contacts have in common. */
export class RecordListQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
  @OneOf(RECORD_SORTS, { optional: true, description: 'Order, "-" for falling. By name when left out.' }) sort?: RecordSort;
  @Id({ optional: true, description: 'Only those of this member.' }) ownerId?: string;
  @Text({ max: 60, optional: true, example: 'priority' }) tag?: string;
  @Instant({ optional: true, description: 'Changed at or after this moment.' }) updatedSince?: string;
  @OneOf(['only', 'include'], { optional: true, description: 'Also, or only, deleted ones.' }) deleted?: 'only' | 'include';
}

/** The conditions every such list may have; `parameter` keeps a value and gives its `$n`. */
export function recordConditions(query: RecordListQuery, parameter: (value: unknown) => string): string[] {
  const { ownerId, tag, updatedSince, deleted } = query;
  return [
    ...(deleted === 'include' ? [] : [deleted === 'only' ? 'r.deleted_at is not null' : 'r.deleted_at is null']),
    ...(ownerId === undefined ? [] : [`r.owner_id = ${parameter(ownerId)}`]),
    ...(tag === undefined ? [] : [`r.tags @> array[${parameter(tag)}::text]`]),
    ...(updatedSince === undefined ? [] : [`r.updated_at >= ${parameter(updatedSince)}::timestamptz`]),
  ];
}

/** Everything that makes a list what it is, for its cursor. */
export const listContext = (name: string, query: RecordListQuery): unknown[] => [
  name,
  ...Object.entries(query)
    .filter(([key, value]) => value !== undefined && key !== 'cursor' && key !== 'limit')
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort(),
];

export class RecordSearchQuery {
  @Text({ min: 1, max: 200, description: 'Part of a name or an address; typing errors are forgiven.', example: 'duart' }) q: string;
  @Int({ min: 1, max: 50, default: 10, optional: true, description: 'How many at most.', example: 10 }) limit?: number;
}
