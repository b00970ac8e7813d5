import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../../shared/ids.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { LeadRecord } from './lead-facts.js';

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
// Whatever somebody did about a lead; a hundred are as good as a thousand.
const ACTIVITIES = `(select coalesce(json_agg(m.at order by m.at), '[]') from (
    select ${ms('a.occurred_at')} as at from lead_activities a where a.organization_id = $1 and a.lead_id = l.id and a.deleted_at is null
    union all select ${ms('n.created_at')} from lead_notes n where n.organization_id = $1 and n.lead_id = l.id and n.deleted_at is null
    union all select ${ms('t.done_at')} from lead_tasks t where t.organization_id = $1 and t.lead_id = l.id and t.deleted_at is null and t.done_at is not null
    order by at desc limit 100) m)`;
const ENTRIES = `(select coalesce(json_agg(json_build_object('stage', h.stage, 'at', ${ms('h.entered_at')}) order by h.seq), '[]')
    from lead_stage_history h where h.organization_id = $1 and h.lead_id = l.id)`;
const COLUMNS = `l.id, l.name, l.company, l.email, l.phone, l.source, l.notes, l.tags, l.attributes, l.owner_id as "ownerId",
    l.value_minor::text as "valueMinor", l.value_currency as currency, ${ms('l.created_at')} as "createdAt", ${ms('l.updated_at')} as "updatedAt",
    l.status, s.name as "statusName", s.kind, ${ENTRIES} as entries, ${ACTIVITIES} as "activityAt"`;
const SOURCE = `from leads l join pipeline_stages s on s.organization_id = l.organization_id and s.pipeline_id = l.pipeline_id and s.key = l.status
  where l.organization_id = $1 and l.deleted_at is null`;
const ONE = `select ${COLUMNS} ${SOURCE} and l.id = $2`;
const BATCH = `select ${COLUMNS} ${SOURCE} and l.id > $2::uuid order by l.id limit $3`;
// Newest first: what wins changes with the years.
const CLOSED = `select ${COLUMNS} ${SOURCE} and s.kind = $2 order by l.updated_at desc, l.id desc limit $3`;
const COUNTS = `select count(*) filter (where s.kind = 'won')::int as won, count(*) filter (where s.kind = 'lost')::int as lost, count(*)::int as total ${SOURCE}`;

/** Leads as scoring sees them. */
@Injectable()
export class LeadFactsRepository {
  one(tx: Tx, id: string): Promise<LeadRecord | undefined> {
    return tx.first<LeadRecord>(ONE, [tx.scope.organizationId, id]);
  }

  /** The leads behind one, by id. */
  batch(tx: Tx, after: string | null, limit: number): Promise<LeadRecord[]> {
    return tx.query<LeadRecord>(BATCH, [tx.scope.organizationId, after ?? NIL_ID, limit]);
  }

  /** The leads of a kind that were changed last. */
  latest(tx: Tx, kind: LeadRecord['kind'], limit: number): Promise<LeadRecord[]> {
    return tx.query<LeadRecord>(CLOSED, [tx.scope.organizationId, kind, limit]);
  }

  async counts(tx: Tx): Promise<{ won: number; lost: number; total: number }> {
    return (
      (await tx.first<{ won: number; lost: number; total: number }>(COUNTS, [tx.scope.organizationId])) ?? { won: 0, lost: 0, total: 0 }
    );
  }
}
