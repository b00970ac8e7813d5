import { sqlHotSelectList, sqlSelectList } from '../../../platform/http/shapes/schema.js';
import type { ShapeClass } from '../../../platform/http/shapes/field.js';
import { LeadCard, LeadView, SearchHit } from './leads.shapes.js';

const COLUMNS = {
  id: 'l.id',
  pipelineId: 'l.pipeline_id',
  status: 'l.status',
  name: 'l.name',
  company: 'l.company',
  email: 'l.email',
  phone: 'l.phone',
  // json_build_object would put blanks where our own serializer puts none.
  value: `('{"amountMinor":"' || l.value_minor || '","currency":"' || l.value_currency || '"}')::json`,
  notes: 'l.notes',
  source: 'l.source',
  tags: 'l.tags',
  attributes: 'l.attributes',
  ownerId: 'l.owner_id',
  version: 'l.version',
  createdAt: 'l.created_at',
  updatedAt: 'l.updated_at',
  deletedAt: 'l.deleted_at',
} as const;

const listOf = (shape: ShapeClass, more: Record<string, string> = {}): string => sqlHotSelectList(shape, { ...COLUMNS, ...more });

/** Select lists over `leads l` whose row_to_json is the shape of that name. */
export const LEAD_LIST = listOf(LeadView);
/** For statements that change a lead: the audit trail keeps what they read, so its instants must be in our form already. */
export const WRITTEN_LEAD_LIST = sqlSelectList(LeadView, COLUMNS);
export const CARD_LIST = listOf(LeadCard);
export const HIT_LIST = listOf(SearchHit, { match: `''` });

/** Columns of `leads` a CTE hands on, for LEAD_LIST over it. */
export const LEAD_COLUMNS = `id, pipeline_id, status, rank, name, company, email, phone, value_minor, value_currency, notes, source, tags, attributes, owner_id, version,
  created_at, updated_at, deleted_at`;

/**
 * Two CTEs that find the column a lead goes to and hold on to it. `target` is the stage as the statement's snapshot has it; `stage` is the
 * same row locked. The lock does not wait: while the column is put in order or archived the stage is missing, and so it is when that has
 * happened since the snapshot (the epoch differs), because order keys read in the snapshot mean nothing any more. Then the caller starts over.
 * The flag of `stage` says whether coming in has to be judged first; new rules are a new epoch too.
 */
export function stageCtes(pipeline: string, wanted: string): string {
  return `target as (
      select s.pipeline_id, s.key, s.name, s.rank_epoch from pipeline_stages s
      where s.organization_id = $1 and s.pipeline_id = ${pipeline} and s.archived_at is null and ${wanted}
      limit 1),
    stage as (
      select s.pipeline_id, s.key, s.name, s.rank_epoch, s.is_ruled from pipeline_stages s, target t
      where s.organization_id = $1 and s.pipeline_id = t.pipeline_id and s.key = t.key and s.rank_epoch = t.rank_epoch and s.archived_at is null
      for key share of s skip locked)`;
}

/** A condition on `pipeline_stages s`, for a status given as key or as name; a key wins over the name of another stage. */
export function isStage(parameter: string): string {
  return `(s.key = ${parameter} or lower(s.name) = lower(${parameter})) order by s.key = ${parameter} desc`;
}

/** Order keys of a column at its ends; `rows` are the leads of the column `stage` names, except the one that moves. */
export const COLUMN_ROWS = `from leads c where c.organization_id = $1 and c.pipeline_id = (select pipeline_id from stage) and c.status = (select key from stage)
      and c.deleted_at is null`;
