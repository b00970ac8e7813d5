import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { rankJitter } from '../../../shared/rank.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import { leadKeys, type LeadContent } from './lead.js';
import { COLUMN_ROWS, LEAD_COLUMNS, LEAD_LIST, stageCtes, WRITTEN_LEAD_LIST } from './lead-statements.js';

/** A lead as JSON text, with what the headers of an answer need. */
export interface LeadText {
  readonly json: string;
  readonly version: number;
}

export interface NewLead {
  readonly id: string;
  readonly pipelineId: string | null;
  readonly status: string | null;
  readonly content: LeadContent;
  /** The epoch of the stage whose rules let it in. */
  readonly judgedAt?: number;
}

/** What an insert did: `wanted` is the stage it found, `entered` the one it could hold on to; with that and no lead it has to be judged. */
export interface InsertedLead {
  readonly wanted: string | null;
  readonly entered: string | null;
  readonly json: string | null;
  readonly candidates: MatchRecord[] | null;
}

/** A row as it is read for changing it. */
export interface LeadRow {
  readonly json: string;
  readonly version: number;
}

const AUDITED = { resourceType: `'lead'`, resourceId: 'v.id' } as const;
const DEFAULT_PIPELINE = `(select p.id from pipelines p where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end)`;

// More leads than this under one key say that the key says nothing (a switchboard's number, info@).
const CANDIDATES = (email: string, phone: string, name: string): string => `select json_agg(c) from (
    select d.id, d.name, d.company, d.email, d.phone, d.attributes from leads d
    where d.organization_id = $1 and d.deleted_at is null and (d.email_key = ${email} or d.phone_key = ${phone} or d.name_key = ${name})
    limit 20) c`;

const INSERT = `with ${stageCtes(DEFAULT_PIPELINE, `($3::text is null or s.key = $3 or lower(s.name) = lower($3)) order by s.key = $3 desc, s.position`)},
  l as (
    insert into leads (organization_id, pipeline_id, status, id, rank, name, company, email, phone, value_minor, value_currency, notes, source, tags, attributes, owner_id,
      name_key, email_key, phone_key, search_text)
    select $1, stage.pipeline_id, stage.key, $4,
      concord_rank_between((select c.rank ${COLUMN_ROWS} order by c.rank desc, c.id desc limit 1), null, $5),
      $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
    from stage where not stage.is_ruled or $27::text = stage.rank_epoch::text
    returning ${LEAD_COLUMNS}),
  v as (select ${WRITTEN_LEAD_LIST} from l),
  a as (${auditCte({ from: 'v', first: 21, ...AUDITED, action: `'lead.created'`, before: 'null::jsonb', after: 'to_jsonb(v)' })})
  select target.key as wanted, stage.key as entered, row_to_json(v)::text as json, (${CANDIDATES('$18', '$19', '$17')}) as candidates
  from (select) one left join target on true left join stage on true left join v on true`;

const FIND_CANDIDATES = `select coalesce((${CANDIDATES('$2', '$3', '$4')}), '[]') as candidates`;

// Two refusing requests with the same person wait for each other; keys are locked in one order.
const LOCK_KEYS = `select pg_advisory_xact_lock(hashtextextended($1 || k, 7)) from (select k from unnest($2::text[]) k where k is not null order by k) keys`;

const GET = `select row_to_json(v)::text as json, v.version from (select ${LEAD_LIST} from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null) v`;
const LOCK = `${GET.slice(0, -3)} for no key update) v`;

const UPDATE = `with b as (select ${WRITTEN_LEAD_LIST} from leads l where l.organization_id = $1 and l.id = $2),
  l as (
    update leads set name = $3, company = $4, email = $5, phone = $6, value_minor = $7, value_currency = $8, notes = $9, source = $10, tags = $11, attributes = $12, owner_id = $13,
      name_key = $14, email_key = $15, phone_key = $16, search_text = $17, version = version + 1, updated_at = now()
    where organization_id = $1 and id = $2 and deleted_at is null and version = $18
    returning ${LEAD_COLUMNS}),
  v as (select ${WRITTEN_LEAD_LIST} from l),
  a as (${auditCte({ from: 'v, b', first: 19, ...AUDITED, action: `'lead.updated'`, before: 'to_jsonb(b)', after: 'to_jsonb(v)' })})
  select row_to_json(v)::text as json, v.version from v`;

const REMOVE = `with b as (select ${WRITTEN_LEAD_LIST} from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null for update),
  l as (
    update leads set deleted_at = now(), version = leads.version + 1, updated_at = now() from b
    where leads.organization_id = $1 and leads.id = $2 and ($3::int is null or b.version = $3)
    returning leads.id),
  a as (${auditCte({ from: 'l, b', first: 4, action: `'lead.deleted'`, resourceType: `'lead'`, resourceId: 'l.id', before: 'to_jsonb(b)', after: 'null::jsonb' })})
  select b.version, exists (select from l) as removed from b`;

/** Questions about single leads; each is one statement. */
@Injectable()
export class LeadsRepository {
  /** Puts a new lead at the end of its column, with its audit row, and looks for leads that may be the same. */
  async insert(tx: Tx, { id, pipelineId, status, content, judgedAt }: NewLead): Promise<InsertedLead> {
    const { nameKey, emailKey, phoneKey, searchText } = leadKeys(content);
    const values = [
      tx.scope.organizationId,
      pipelineId,
      status,
      id,
      rankJitter(id),
      ...contentValues(content),
      nameKey,
      emailKey,
      phoneKey,
      searchText,
    ];
    const made = await tx.first<InsertedLead>(INSERT, [...values, ...auditParameters(tx.scope), judgedAt ?? null]);
    return made ?? { wanted: null, entered: null, json: null, candidates: null };
  }

  /** Leads that share an e-mail, phone or name key with this content. */
  async candidates(tx: Tx, content: LeadContent): Promise<MatchRecord[]> {
    const { nameKey, emailKey, phoneKey } = leadKeys(content);
    const row = await tx.first<{ candidates: MatchRecord[] }>(FIND_CANDIDATES, [tx.scope.organizationId, emailKey, phoneKey, nameKey]);
    return row?.candidates ?? [];
  }

  /** Makes other transactions that call this for the same person wait. */
  async lockKeys(tx: Tx, content: LeadContent): Promise<void> {
    const { nameKey, emailKey, phoneKey } = leadKeys(content);
    await tx.query(LOCK_KEYS, [tx.scope.organizationId, [emailKey, phoneKey, nameKey]]);
  }

  get(tx: Tx, id: string): Promise<LeadText | undefined> {
    return tx.first<LeadText>(GET, [tx.scope.organizationId, id]);
  }

  /** The lead, locked until the end of the transaction. */
  lock(tx: Tx, id: string): Promise<LeadRow | undefined> {
    return tx.first<LeadRow>(LOCK, [tx.scope.organizationId, id]);
  }

  /** Writes new content over a version of a lead; undefined when that version is gone. */
  update(tx: Tx, { id, version, content }: { id: string; version: number; content: LeadContent }): Promise<LeadText | undefined> {
    const { nameKey, emailKey, phoneKey, searchText } = leadKeys(content);
    const values = [tx.scope.organizationId, id, ...contentValues(content), nameKey, emailKey, phoneKey, searchText, version];
    return tx.first<LeadText>(UPDATE, [...values, ...auditParameters(tx.scope)]);
  }

  /** Puts a lead away; undefined when there is none, `removed: false` when it has another version than wanted. */
  remove(tx: Tx, id: string, ifMatch: number | undefined): Promise<{ version: number; removed: boolean } | undefined> {
    return tx.first(REMOVE, [tx.scope.organizationId, id, ifMatch ?? null, ...auditParameters(tx.scope)]);
  }
}

function contentValues({ name, company, email, phone, value, notes, source, tags, attributes, ownerId }: LeadContent): unknown[] {
  return [
    name,
    company,
    email,
    phone,
    value?.amountMinor ?? null,
    value?.currency ?? null,
    notes,
    source,
    tags,
    JSON.stringify(attributes),
    ownerId,
  ];
}
