import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { type LeadContent, leadKeys } from './lead.js';
import { LEAD_COLUMNS, WRITTEN_LEAD_LIST } from './lead-statements.js';

/** A lead to be written as it stands; `rank` null leaves it where it is. */
export interface WrittenLead {
  readonly id: string;
  readonly pipelineId: string;
  readonly status: string;
  /** After the change: an update is made only over the version before. */
  readonly version: number;
  readonly rank: string | null;
  readonly content: LeadContent;
}

/** The end of a column of the board. */
export interface ColumnEnd {
  readonly key: string;
  readonly name: string;
  readonly lastRank: string | null;
}

// While the stages are held, no column is put in order anew, so an order key read afterwards stays right until the commit.
const HOLD_STAGES = `select s.key from pipeline_stages s
  where s.organization_id = $1 and s.pipeline_id = $2 and s.archived_at is null order by s.key for key share`;
const COLUMN_ENDS = `select s.key, s.name,
    (select c.rank from leads c where c.organization_id = $1 and c.pipeline_id = s.pipeline_id and c.status = s.key and c.deleted_at is null
      order by c.rank desc, c.id desc limit 1) as "lastRank"
  from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = $2 and s.archived_at is null order by s.position, s.key`;

const CONTENT = `name text, company text, email text, phone text, value_minor bigint, value_currency text, notes text, source text, tags text[], attributes jsonb,
  owner_id uuid, name_key text, email_key text, phone_key text, search_text text`;
const GIVEN = `jsonb_to_recordset($2::jsonb) as n (id uuid, pipeline_id uuid, status text, rank text, version integer, ${CONTENT})`;
const CONTENT_NAMES = CONTENT.split(',').map((column) => column.trim().split(' ')[0] ?? '');
const AUDITED = { first: 3, resourceType: `'lead'`, resourceId: 'v.id' } as const;

const INSERT = `with l as (
    insert into leads (organization_id, id, pipeline_id, status, rank, ${CONTENT_NAMES.join(', ')})
    select $1, n.id, n.pipeline_id, n.status, n.rank, ${CONTENT_NAMES.map((name) => `n.${name}`).join(', ')} from ${GIVEN}
    returning ${LEAD_COLUMNS}),
  v as (select ${WRITTEN_LEAD_LIST} from l),
  a as (${auditCte({ ...AUDITED, from: 'v', action: `'lead.created'`, before: 'null::jsonb', after: 'to_jsonb(v)' })})
  select v.id from v`;

const CHANGED = LEAD_COLUMNS.split(',')
  .map((column) => `leads.${column.trim()}`)
  .join(', ');
const CHANGE = 'v join b on b.id = v.id';

const UPDATE = `with b as (select ${WRITTEN_LEAD_LIST} from leads l join ${GIVEN} on n.id = l.id where l.organization_id = $1),
  l as (
    update leads set status = n.status, rank = coalesce(n.rank, leads.rank), version = n.version, updated_at = now(),
      ${CONTENT_NAMES.map((name) => `${name} = n.${name}`).join(', ')}
    from ${GIVEN}
    where leads.organization_id = $1 and leads.id = n.id and leads.version = n.version - 1 and leads.deleted_at is null
    returning ${CHANGED}),
  v as (select ${WRITTEN_LEAD_LIST} from l),
  a as (${auditCte({ ...AUDITED, from: CHANGE, action: `'lead.updated'`, before: 'to_jsonb(b)', after: 'to_jsonb(v)' })})
  select v.id from v`;

const VERSIONS = `jsonb_to_recordset($2::jsonb) as n (id uuid, version integer)`;
const REMOVE = `with b as (select ${WRITTEN_LEAD_LIST} from leads l join ${VERSIONS} on n.id = l.id where l.organization_id = $1),
  v as (
    update leads set deleted_at = now(), version = leads.version + 1, updated_at = now()
    from ${VERSIONS} where leads.organization_id = $1 and leads.id = n.id and leads.version = n.version and leads.deleted_at is null
    returning leads.id),
  a as (${auditCte({ ...AUDITED, from: CHANGE, action: `'lead.deleted'`, before: 'to_jsonb(b)', after: 'null::jsonb' })})
  select v.id from v`;

/** Many leads in one statement, each with its audit row. */
@Injectable()
export class LeadBatchesRepository {
  /** Where the columns of a pipeline end, in board order; holds them until the end of the transaction. */
  async columnEnds(tx: Tx, pipelineId: string): Promise<ColumnEnd[]> {
    await tx.query(HOLD_STAGES, [tx.scope.organizationId, pipelineId]);
    return tx.query<ColumnEnd>(COLUMN_ENDS, [tx.scope.organizationId, pipelineId]);
  }

  async insert(tx: Tx, leads: readonly WrittenLead[]): Promise<void> {
    if (leads.length > 0) await this.write(tx, INSERT, leads.map(columns));
  }

  /** Gives the ids of those that still had the version before. */
  update(tx: Tx, leads: readonly WrittenLead[]): Promise<string[]> {
    return leads.length > 0 ? this.write(tx, UPDATE, leads.map(columns)) : Promise.resolve([]);
  }

  /** Puts leads away that still have this version; gives their ids. */
  remove(tx: Tx, leads: readonly { readonly id: string; readonly version: number }[]): Promise<string[]> {
    return leads.length > 0 ? this.write(tx, REMOVE, leads) : Promise.resolve([]);
  }

  private async write(tx: Tx, sql: string, rows: readonly object[]): Promise<string[]> {
    const written = await tx.query<{ id: string }>(sql, [tx.scope.organizationId, JSON.stringify(rows), ...auditParameters(tx.scope)]);
    return written.map(({ id }) => id);
  }
}

function columns({ id, pipelineId, status, rank, version, content }: WrittenLead): object {
  const { value, ownerId, ...same } = content;
  const { nameKey, emailKey, phoneKey, searchText } = leadKeys(content);
  const keys = { name_key: nameKey, email_key: emailKey, phone_key: phoneKey, search_text: searchText };
  const money = { value_minor: value?.amountMinor ?? null, value_currency: value?.currency ?? null };
  return { id, pipeline_id: pipelineId, status, rank, version, ...same, ...money, owner_id: ownerId, ...keys };
}
