import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { CARD_LIST, isStage } from './lead-statements.js';

/** One column of the board; `sums` and `cards` are JSON text, `lastRank` and `lastId` the place of the last card when more follow. */
export interface BoardColumnRow {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly status: string;
  readonly name: string;
  readonly kind: string;
  readonly probability: number;
  readonly wipLimit: number | null;
  readonly count: number;
  readonly sums: string;
  readonly cards: string;
  readonly lastRank: string | null;
  readonly lastId: string | null;
}

export interface BoardQuestion {
  readonly pipelineId: string | null;
  readonly ownerId: string | null;
  readonly limit: number;
}

export interface ColumnPlace {
  readonly rank: string;
  readonly id: string;
}

/** A column was found when `status` is there. */
export interface ColumnCards {
  readonly status: string | null;
  readonly cards: string;
  readonly lastRank: string | null;
  readonly lastId: string | null;
}

const PIPELINE = `select p.id, p.name from pipelines p
    where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end`;

// One card more than fits is read: that it is there says that a next page is.
const CARDS = (where: string): string => `select coalesce(string_agg(c.json, ',') filter (where c.n <= $3), '') as cards,
      max(c.rank) filter (where c.n = $3 and c.more) as "lastRank", (max(c.id::text) filter (where c.n = $3 and c.more)) as "lastId"
    from (
      select l.rank, l.id, row_number() over () as n, lead(true, 1, false) over () as more, (select row_to_json(v)::text from (select ${CARD_LIST}) v) as json
      from (select * from leads l where ${where} order by l.rank, l.id limit $3::int + 1) l) c`;

// Probability is one number per stage, so weighing a column is arithmetic on its sum: exact, a half upwards.
const WEIGHTED = `floor((u.sum * s.probability + 50) / 100)`;

/**
 * The whole board in one statement: sums and counts are one index-only scan of `leads_board`, cards a short range of it per column. An
 * archived stage that still has leads is shown, so that nothing ever vanishes.
 */
const board = (owner: string): string => `with p as (${PIPELINE}),
  sums as (
    select l.status, l.value_currency, count(*)::int as count, sum(l.value_minor) as sum from leads l
    where l.organization_id = $1 and l.pipeline_id = (select id from p) and l.deleted_at is null ${owner}
    group by l.status, l.value_currency),
  totals as (
    select u.status, sum(u.count)::int as count,
      coalesce(string_agg('{"currency":"' || u.value_currency || '","amountMinor":"' || u.sum || '","weightedMinor":"' || ${WEIGHTED} || '","count":' || u.count || '}', ','
        order by u.value_currency) filter (where u.value_currency is not null), '') as sums
    from sums u join pipeline_stages s on s.organization_id = $1 and s.pipeline_id = (select id from p) and s.key = u.status group by u.status)
  select p.id as "pipelineId", p.name as "pipelineName", s.key as status, s.name, s.kind, s.probability, s.wip_limit as "wipLimit", coalesce(t.count, 0) as count, coalesce(t.sums, '') as sums, c.cards, c."lastRank", c."lastId"
  from p
  join pipeline_stages s on s.organization_id = $1 and s.pipeline_id = p.id
  left join totals t on t.status = s.key
  left join lateral (${CARDS(`l.organization_id = $1 and l.pipeline_id = p.id and l.status = s.key and l.deleted_at is null ${owner}`)}) c on true
  where s.archived_at is null or t.count > 0
  order by s.position, s.key`;

const BOARD = board('');
const BOARD_OF_OWNER = board('and l.owner_id = $4');

const column = (more: string): string => `with p as (${PIPELINE}),
  stage as (select s.key from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = (select id from p) and ${isStage('$4::text')} limit 1)
  select (select key from stage) as status, c.* from (${CARDS(`l.organization_id = $1 and l.pipeline_id = (select id from p) and l.status = (select key from stage)
    and l.deleted_at is null ${more}`)}) c`;

const COLUMN = column('');
const COLUMN_AFTER = column('and (l.rank, l.id) > ($5, $6::uuid)');
const COLUMN_OF_OWNER = column('and l.owner_id = $5');
const COLUMN_OF_OWNER_AFTER = column('and l.owner_id = $5 and (l.rank, l.id) > ($6, $7::uuid)');

/** Questions about the board. */
@Injectable()
export class BoardRepository {
  /** Columns in board order; none when there is no such pipeline. */
  columns(tx: Tx, { pipelineId, ownerId, limit }: BoardQuestion): Promise<BoardColumnRow[]> {
    const parameters = [tx.scope.organizationId, pipelineId, limit];
    return ownerId === null ? tx.query(BOARD, parameters) : tx.query(BOARD_OF_OWNER, [...parameters, ownerId]);
  }

  /** Cards of one column from a place on. */
  cards(
    tx: Tx,
    { pipelineId, ownerId, limit }: BoardQuestion,
    status: string,
    after: ColumnPlace | undefined,
  ): Promise<ColumnCards | undefined> {
    const owner = ownerId === null ? [] : [ownerId];
    const place = after ? [after.rank, after.id] : [];
    const withOwner = after ? COLUMN_OF_OWNER_AFTER : COLUMN_OF_OWNER;
    const withoutOwner = after ? COLUMN_AFTER : COLUMN;
    return tx.first(ownerId === null ? withoutOwner : withOwner, [tx.scope.organizationId, pipelineId, limit, status, ...owner, ...place]);
  }
}
