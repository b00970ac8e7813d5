import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { idFromInstant } from '../../../shared/ids.js';
import type { ListLeadsQuery } from './lead-requests.shapes.js';
import { SORT_PLANS, type SortPlan } from './lead-sorts.js';
import { HIT_LIST, isStage, LEAD_LIST } from './lead-statements.js';

export interface LeadPage {
  /** JSON text of the items, between brackets. */
  readonly items: string;
  /** Sort key and id of the last item, when more follow. */
  readonly lastKey: string | null;
  readonly lastId: string | null;
}

export interface PlaceInList {
  readonly key: string | null;
  readonly id: string;
}

/** A lead that a search may have meant. */
export interface SearchCandidate {
  readonly name: string;
  readonly company: string | null;
  readonly email: string | null;
  readonly likeness: number;
  readonly json: string;
}

type Filter = (query: ListLeadsQuery, parameter: (value: unknown) => string) => string | undefined;

// An id is made a little before its row is written, on another machine's clock.
const CLOCK_DIFFERENCE_MS = 3_600_000;

const idBorder = (instant: string, shiftMs: number): string => idFromInstant(new Date(Math.max(0, Date.parse(instant) + shiftMs)));

const FILTERS: readonly Filter[] = [
  ({ deleted }) => (deleted === 'include' ? undefined : deleted === 'only' ? 'l.deleted_at is not null' : 'l.deleted_at is null'),
  ({ status, pipelineId, sort }, parameter) => {
    if (status === undefined) return undefined;
    const given = parameter(status);
    if (sort === 'position') return columnOf(given, pipelineId === undefined ? undefined : parameter(pipelineId));
    // A name may be that of different stages in different pipelines.
    return `(l.pipeline_id, l.status) in (select s.pipeline_id, s.key from pipeline_stages s where s.organization_id = $1 and (s.key = ${given} or lower(s.name) = lower(${given})))`;
  },
  ({ pipelineId }, parameter) => pipelineId && `l.pipeline_id = ${parameter(pipelineId)}`,
  ({ ownerId }, parameter) => ownerId && `l.owner_id = ${parameter(ownerId)}`,
  ({ source }, parameter) => source && `l.source = ${parameter(source)}`,
  ({ tag }, parameter) => tag && `${parameter(tag)} = any (l.tags)`,
  ({ currency }, parameter) => currency && `l.value_currency = ${parameter(currency)}`,
  ({ valueMin }, parameter) => valueMin && `l.value_minor >= ${parameter(valueMin)}::bigint`,
  ({ valueMax }, parameter) => valueMax && `l.value_minor <= ${parameter(valueMax)}::bigint`,
  // Ids grow with time, so a range of creation is also a range of the primary key.
  ({ createdFrom }, parameter) =>
    createdFrom &&
    `l.created_at >= ${parameter(createdFrom)}::timestamptz and l.id >= ${parameter(idBorder(createdFrom, -CLOCK_DIFFERENCE_MS))}::uuid`,
  ({ createdTo }, parameter) =>
    createdTo &&
    `l.created_at < ${parameter(createdTo)}::timestamptz and l.id < ${parameter(idBorder(createdTo, CLOCK_DIFFERENCE_MS))}::uuid`,
  ({ updatedSince }, parameter) => updatedSince && `l.updated_at >= ${parameter(updatedSince)}::timestamptz`,
];

/** One column of one pipeline by equality, so that its index gives the order. */
function columnOf(status: string, pipelineId: string | undefined): string {
  const pipeline = pipelineId ? `${pipelineId}::uuid` : `(select p.id from pipelines p where p.organization_id = $1 and p.is_default)`;
  const key = `(select s.key from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = ${pipeline} and ${isStage(status)} limit 1)`;
  return `l.pipeline_id = ${pipeline} and l.status = ${key}`;
}

// Prepared statements are counted, and a parameter for the limit makes the planner guess: usual sizes stand in the text.
const USUAL_LIMITS: ReadonlySet<number> = new Set([10, 20, 25, 50, 100]);

/** The question of one page: texts are put together of the constants above, values are always parameters. */
export function listStatement(
  organizationId: string,
  query: ListLeadsQuery,
  limit: number,
  after: PlaceInList | undefined,
): { text: string; values: unknown[] } {
  const values: unknown[] = [organizationId];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const plan = SORT_PLANS[query.sort ?? '-created'];
  const conditions = FILTERS.flatMap((filter) => filter(query, parameter) || []);
  if (after) conditions.push(keyset(plan, after, parameter));
  const size = USUAL_LIMITS.has(limit) ? String(limit) : `${parameter(limit)}::int`;
  const order = [...(plan.column ? [`${plan.column} ${plan.direction}`] : []), `l.id ${plan.direction}`].join(', ');
  const text = `select coalesce(string_agg(p.json, ',') filter (where p.n <= ${size}), '') as items,
      max(p.key) filter (where p.n = ${size} and p.more) as "lastKey", max(p.id) filter (where p.n = ${size} and p.more) as "lastId"
    from (
      select l.key, l.id::text as id, row_number() over () as n, lead(true, 1, false) over () as more, (select row_to_json(v)::text from (select ${LEAD_LIST}) v) as json
      from (select l.*, ${plan.column ? `(${plan.column})::text` : 'null::text'} as key from leads l
        where l.organization_id = $1 and ${conditions.join(' and ') || 'true'} order by ${order} limit ${size} + 1) l) p`;
  return { text, values };
}

function keyset(plan: SortPlan, after: PlaceInList, parameter: (value: unknown) => string): string {
  const than = plan.direction === 'asc' ? '>' : '<';
  if (!plan.column) return `l.id ${than} ${parameter(after.id)}::uuid`;
  return `(${plan.column}, l.id) ${than} (${parameter(after.key)}::${plan.type}, ${parameter(after.id)}::uuid)`;
}

// Several looks of the function may find the same lead.
const SEARCH = `select l.name, l.company, l.email, f.likeness, (select row_to_json(v)::text from (select ${HIT_LIST}) v) as json
  from (select id, max(likeness) as likeness from concord_search_leads($2, $3::text[], $4) group by id) f
  join leads l on l.organization_id = $1 and l.id = f.id and l.deleted_at is null
  order by f.likeness desc, f.id`;

/** Lists of leads. */
@Injectable()
export class LeadListRepository {
  async page(tx: Tx, query: ListLeadsQuery, limit: number, after: PlaceInList | undefined): Promise<LeadPage> {
    const { text, values } = listStatement(tx.scope.organizationId, query, limit, after);
    return (await tx.first<LeadPage>(text, values)) ?? { items: '', lastKey: null, lastId: null };
  }

  /** The leads most like a folded text, or like its words, by trigrams. */
  alike(tx: Tx, folded: string, most: number): Promise<SearchCandidate[]> {
    return tx.query(SEARCH, [tx.scope.organizationId, folded, folded.split(' '), most]);
  }
}
