/** Orders a list of leads may have; each is served by an index. */
export const LEAD_SORTS = ['created', '-created', 'updated', '-updated', 'name', '-value', 'position'] as const;

export type LeadSort = (typeof LEAD_SORTS)[number];

/** What a sort orders by: `column` and then the id, both in one direction; the id alone for `created`, because ids grow with time. */
export interface SortPlan {
  readonly column: string | null;
  readonly type: string;
  readonly direction: 'asc' | 'desc';
}

/** The columns are exactly those of the indexes in `migrations/0007-crm.ts`. */
export const SORT_PLANS: Readonly<Record<LeadSort, SortPlan>> = {
  created: { column: null, type: '', direction: 'asc' },
  '-created': { column: null, type: '', direction: 'desc' },
  updated: { column: 'l.updated_at', type: 'timestamptz', direction: 'asc' },
  '-updated': { column: 'l.updated_at', type: 'timestamptz', direction: 'desc' },
  name: { column: 'l.name_key', type: 'text', direction: 'asc' },
  '-value': { column: 'coalesce(l.value_minor, -9223372036854775808)', type: 'bigint', direction: 'desc' },
  position: { column: 'l.rank', type: 'text', direction: 'asc' },
};
