import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../../shared/ids.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import type { RecordSource } from './duplicate-scan.js';

const RECORD = `l.id, l.name, coalesce(l.company, '') as company, coalesce(l.email, '') as email, coalesce(l.phone, '') as phone, l.attributes`;
const LIVING = `from leads l where l.organization_id = $1 and l.deleted_at is null`;
// The beginning is an id too, and not a null that the planner would have to mind: so every batch starts in the index where it is.
const BATCH = `select ${RECORD} ${LIVING} and l.id > $2::uuid order by l.id limit $3`;
const BY_IDS = `select ${RECORD} ${LIVING} and l.id = any ($2::uuid[]) order by l.id`;
const DRAWN = `select ${RECORD} ${LIVING} and uuid_hash(l.id) % $2 = 0 order by l.id limit $3`;
const COUNT = `select count(*)::int as count ${LIVING}`;

/** The living leads of an organization, as the comparison sees them. */
@Injectable()
export class LeadRecordsRepository implements RecordSource {
  batch(tx: Tx, after: string | null, limit: number): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(BATCH, [tx.scope.organizationId, after ?? NIL_ID, limit]);
  }

  byIds(tx: Tx, ids: readonly string[]): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(BY_IDS, [tx.scope.organizationId, ids]);
  }

  drawn(tx: Tx, step: number, limit: number): Promise<MatchRecord[]> {
    return tx.query<MatchRecord>(DRAWN, [tx.scope.organizationId, step, limit]);
  }

  async count(tx: Tx): Promise<number> {
    return (await tx.first<{ count: number }>(COUNT, [tx.scope.organizationId]))?.count ?? 0;
  }
}
