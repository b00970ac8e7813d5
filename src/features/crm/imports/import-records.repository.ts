import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../../shared/ids.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { MatchRecord } from '../duplicates/match-record.js';

const LIVING = `l.id, l.name, coalesce(l.company, '') as company, coalesce(l.email, '') as email, coalesce(l.phone, '') as phone, l.attributes
  from leads l where l.organization_id = $1 and l.deleted_at is null
    and not exists (select from lead_import_rows r
      where r.organization_id = $1 and r.import_id = $2 and r.lead_id = l.id and r.outcome in ('created', 'updated'))`;
const IMPORTED = `distinct on (r.lead_id) r.lead_id as id, r.after -> 'content' ->> 'name' as name, coalesce(r.after -> 'content' ->> 'company', '') as company,
  coalesce(r.after -> 'content' ->> 'email', '') as email, coalesce(r.after -> 'content' ->> 'phone', '') as phone, r.after -> 'content' -> 'attributes' as attributes
  from lead_import_rows r where r.organization_id = $1 and r.import_id = $2 and r.outcome in ('created', 'updated')`;
const both = (living: string, imported: string, rest: string): string => `
  select u.id, u.name, u.company, u.email, u.phone, u.attributes from (
    (select ${LIVING} and ${living} order by l.id ${rest}) union all (select ${IMPORTED} and ${imported} order by r.lead_id, r.line desc ${rest})) u
  order by u.id ${rest}`;
const BATCH = both('l.id > $3::uuid', 'r.lead_id > $3::uuid', 'limit $4');
const BY_IDS = both('l.id = any ($3::uuid[])', 'r.lead_id = any ($3::uuid[])', '');
const DRAWN = both('uuid_hash(l.id) % $3 = 0', 'uuid_hash(r.lead_id) % $3 = 0', 'limit $4');
const IDS = `select distinct r.lead_id as id from lead_import_rows r where r.organization_id = $1 and r.import_id = $2 and r.outcome in ('created', 'updated')`;
const LIVING_COUNT = `select count(*)::int as count from leads l where l.organization_id = $1 and l.deleted_at is null`;
// A lead that a dry run only imagined has no id; the row of a pair is the imported one, the earlier if both are.
const KEEP = `
  with found as (
    select p.left_id, p.right_id, p.score, p.factors, row_number() over (order by p.weight desc, p.left_id, p.right_id) as place
    from lead_duplicate_pairs p where p.organization_id = $1 and p.run_id = $2 order by p.weight desc, p.left_id, p.right_id limit $3),
  placed as (
    select f.place, f.score, f.factors, f.left_id, f.right_id, one.line as left_line, one.is_new as left_is_new, other.line as right_line, other.is_new as right_is_new
    from found f
    left join lateral (select max(r.line) as line, bool_or(r.outcome = 'created') as is_new from lead_import_rows r
      where r.organization_id = $1 and r.import_id = $2 and r.lead_id = f.left_id and r.outcome in ('created', 'updated')) one on true
    left join lateral (select max(r.line) as line, bool_or(r.outcome = 'created') as is_new from lead_import_rows r
      where r.organization_id = $1 and r.import_id = $2 and r.lead_id = f.right_id and r.outcome in ('created', 'updated')) other on true),
  shown as (
    select p.place, p.score, p.factors, p.left_line, p.right_line, case when $4 and p.left_is_new then null else p.left_id end as left_id,
      case when $4 and p.right_is_new then null else p.right_id end as right_id, p.left_line is null or p.right_line < p.left_line as is_turned from placed p)
  insert into lead_import_pairs (organization_id, import_id, place, line, lead_id, other_line, other_lead_id, score, factors)
  select $1, $2, s.place, case when s.is_turned then s.right_line else s.left_line end, case when s.is_turned then s.right_id else s.left_id end,
    case when s.is_turned then s.left_line else s.right_line end, case when s.is_turned then s.left_id else s.right_id end, s.score, s.factors
  from shown s returning 1`;

const LEFT = `
  select i.id from lead_imports i where i.organization_id = $1 and i.state not in ('queued', 'running')
    and (exists (select from lead_duplicate_keys k where k.organization_id = $1 and k.run_id = i.id)
      or exists (select from lead_duplicate_pairs p where p.organization_id = $1 and p.run_id = i.id))`;

/** The leads of an import as it left them, or would have, and all others of the organization; and the pairs found among them. */
@Injectable()
export class ImportRecordsRepository {
  batch(tx: Tx, importId: string, after: string | null, limit: number): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(BATCH, [tx.scope.organizationId, importId, after ?? NIL_ID, limit]);
  }

  byIds(tx: Tx, importId: string, ids: readonly string[]): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(BY_IDS, [tx.scope.organizationId, importId, ids]);
  }

  drawn(tx: Tx, importId: string, step: number, limit: number): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(DRAWN, [tx.scope.organizationId, importId, step, limit]);
  }

  /** Ids of the leads the import made or changed. */
  async ids(tx: Tx, importId: string): Promise<Set<string>> {
    return new Set((await tx.query<{ id: string }>(IDS, [tx.scope.organizationId, importId])).map(({ id }) => id));
  }

  async livingCount(tx: Tx): Promise<number> {
    return (await tx.first<{ count: number }>(LIVING_COUNT, [tx.scope.organizationId]))?.count ?? 0;
  }

  /** Imports that have ended, but whose search was never cleared away because its worker died. */
  async leftBehind(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>(LEFT, [tx.scope.organizationId])).map(({ id }) => id);
  }

  /** Reports the strongest pairs of the search; gives how many. */
  async keepPairs(tx: Tx, importId: string, most: number, isDryRun: boolean): Promise<number> {
    return (await tx.query(KEEP, [tx.scope.organizationId, importId, most, isDryRun])).length;
  }
}
