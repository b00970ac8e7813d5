import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { idFromInstant } from '../../../shared/ids.js';
import { emailMatchKey, foldText, phoneMatchKey } from '../../../shared/text.js';
import { LEAD_LIST } from '../leads/lead-statements.js';
import { SORT_PLANS, type LeadSort } from '../leads/lead-sorts.js';
import type { EmptyField, LeadSelection } from './lead-selection.shapes.js';

export const GROUPINGS = ['status', 'owner', 'source'] as const;

export type Grouping = (typeof GROUPINGS)[number];

/** Leads that have something in common: how many, and what they are worth in one currency (null: those without a value). */
export interface LeadGroup {
  readonly key: string | null;
  readonly pipelineId: string | null;
  readonly name: string | null;
  readonly currency: string | null;
  readonly count: number;
  /** Minor units as text. */
  readonly sum: string | null;
}

type Parameter = (value: unknown) => string;
type Condition = (selection: LeadSelection, parameter: Parameter) => string | undefined;

const CLOCK_DIFFERENCE_MS = 3_600_000;
const idBorder = (instant: string, shiftMs: number): string => idFromInstant(new Date(Math.max(0, Date.parse(instant) + shiftMs)));

const IS_EMPTY: Readonly<Record<EmptyField, string>> = {
  company: 'l.company is null',
  email: 'l.email is null',
  phone: 'l.phone is null',
  value: 'l.value_minor is null',
  notes: 'l.notes is null',
  source: 'l.source is null',
  owner: 'l.owner_id is null',
  tags: `l.tags = '{}'`,
};

const STAGES = 'select s.pipeline_id, s.key from pipeline_stages s where s.organization_id = $1';

const CONDITIONS: readonly Condition[] = [
  ({ ids }, parameter) => ids && `l.id = any (${parameter(ids)}::uuid[])`,
  ({ status }, parameter) => {
    if (status === undefined) return undefined;
    const given = parameter(status);
    return `(l.pipeline_id, l.status) in (${STAGES} and (s.key = ${given} or lower(s.name) = lower(${given})))`;
  },
  ({ stages }, parameter) =>
    stages &&
    `(l.pipeline_id, l.status) in (select * from unnest(${parameter(stages.map((stage) => stage.pipelineId))}::uuid[], ${parameter(
      stages.map((stage) => stage.status),
    )}::text[]))`,
  ({ kind }, parameter) => kind && `(l.pipeline_id, l.status) in (${STAGES} and s.kind = ${parameter(kind)})`,
  ({ ownerId }, parameter) => ownerId && `l.owner_id = ${parameter(ownerId)}`,
  ({ source }, parameter) => source && `lower(l.source) = lower(${parameter(source)})`,
  ({ tag }, parameter) => tag && `lower(${parameter(tag)}) in (select lower(t) from unnest(l.tags) t)`,
  // Folded as the search text is, which holds the company too.
  ({ company }, parameter) => company && `strpos(l.search_text, ${parameter(foldText(company))}) > 0 and l.company is not null`,
  ({ email }, parameter) => email && `l.email_key = ${parameter(emailMatchKey(email))}`,
  ({ phone }, parameter) => phone && `l.phone_key = ${parameter(phoneMatchKey(phone) ?? '')}`,
  ({ missing }) => missing?.map((field) => IS_EMPTY[field]).join(' and '),
  ({ missingCustom }, parameter) => missingCustom && `not (l.attributes ?| ${parameter(missingCustom)}::text[])`,
  ({ currency }, parameter) => currency && `l.value_currency = ${parameter(currency)}`,
  ({ valueMin, valueIsStrict }, parameter) => valueMin && `l.value_minor ${valueIsStrict ? '>' : '>='} ${parameter(valueMin)}::bigint`,
  ({ valueMax, valueIsStrict }, parameter) => valueMax && `l.value_minor ${valueIsStrict ? '<' : '<='} ${parameter(valueMax)}::bigint`,
  ({ createdFrom }, parameter) =>
    createdFrom &&
    `l.created_at >= ${parameter(createdFrom)}::timestamptz and l.id >= ${parameter(idBorder(createdFrom, -CLOCK_DIFFERENCE_MS))}::uuid`,
  ({ createdTo }, parameter) =>
    createdTo &&
    `l.created_at < ${parameter(createdTo)}::timestamptz and l.id < ${parameter(idBorder(createdTo, CLOCK_DIFFERENCE_MS))}::uuid`,
  ({ updatedFrom }, parameter) => updatedFrom && `l.updated_at >= ${parameter(updatedFrom)}::timestamptz`,
  ({ updatedTo }, parameter) => updatedTo && `l.updated_at < ${parameter(updatedTo)}::timestamptz`,
];

const GROUP_KEYS: Readonly<Record<Grouping, { key: string; pipeline: string; name: string }>> = {
  status: {
    key: 'l.status',
    pipeline: 'l.pipeline_id',
    name: '(select s.name from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = g.pipeline and s.key = g.key)',
  },
  owner: { key: 'l.owner_id::text', pipeline: 'null::uuid', name: 'null::text' },
  source: { key: 'l.source', pipeline: 'null::uuid', name: 'g.key' },
};
const POSITION = '(select s.position from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = g.pipeline and s.key = g.key)';

// Only the newest leads are looked at, however many of them have custom fields: this is asked with every message of a chat.
// Only the newest leads are looked at, whether they have custom fields or not: this is asked with every message of a chat.
const FIELDS = `select distinct k.key from (
    select l.attributes from leads l where l.organization_id = $1 and l.deleted_at is null order by l.id desc limit 500) l,
  jsonb_object_keys(l.attributes) as k(key) order by k.key limit 100`;

function whereOf(organizationId: string, selection: LeadSelection): { where: string; values: unknown[]; parameter: Parameter } {
  const values: unknown[] = [organizationId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = CONDITIONS.flatMap((condition) => condition(selection, parameter) || []);
  return { where: ['l.organization_id = $1', 'l.deleted_at is null', ...conditions].join(' and '), values, parameter };
}

/** Leads by what they have in common. */
@Injectable()
export class LeadSelectionRepository {
  /** JSON text of the items between brackets. */
  async items(tx: Tx, selection: LeadSelection, { sort, limit }: { sort: LeadSort; limit: number }): Promise<string> {
    const { where, values, parameter } = whereOf(tx.scope.organizationId, selection);
    const { column, direction } = SORT_PLANS[sort];
    const order = [...(column ? [`${column} ${direction}`] : []), `l.id ${direction}`].join(', ');
    const row = await tx.first<{ items: string }>(
      `select coalesce(string_agg((select row_to_json(v)::text from (select ${LEAD_LIST}) v), ',' order by l.n), '') as items
       from (select l.*, row_number() over () as n from (select * from leads l where ${where} order by ${order} limit ${parameter(limit)}::int) l) l`,
      values,
    );
    return row?.items ?? '';
  }

  async count(tx: Tx, selection: LeadSelection): Promise<number> {
    const { where, values } = whereOf(tx.scope.organizationId, selection);
    return (await tx.first<{ count: number }>(`select count(*)::int as count from leads l where ${where}`, values))?.count ?? 0;
  }

  /** Counts and sums by group and currency; stages in board order, others by name. */
  groups(tx: Tx, selection: LeadSelection, by: Grouping | undefined): Promise<LeadGroup[]> {
    const { where, values } = whereOf(tx.scope.organizationId, selection);
    const { key, pipeline, name } = by ? GROUP_KEYS[by] : { key: 'null::text', pipeline: 'null::uuid', name: 'null::text' };
    return tx.query<LeadGroup>(
      `select g.key, g.pipeline as "pipelineId", ${name} as name, g.currency, g.count, g.sum from (
         select ${key} as key, ${pipeline} as pipeline, l.value_currency as currency, count(*)::int as count, sum(l.value_minor)::text as sum
         from leads l where ${where} group by 1, 2, 3) g
       order by ${by === 'status' ? `g.pipeline, ${POSITION}, ` : ''}g.key nulls last, g.currency nulls last`,
      values,
    );
  }

  /** Keys of custom fields in use among the newest leads. */
  async customFields(tx: Tx): Promise<string[]> {
    return (await tx.query<{ key: string }>(FIELDS, [tx.scope.organizationId])).map(({ key }) => key);
  }
}
