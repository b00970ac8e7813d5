import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';

/** A sealed event of an organization, as whoever follows the trail sees it. */
export interface SealedEvent {
  /** Its number in the organization: without gaps, and never given to a later event than one already seen. */
  readonly seq: number;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly actorType: Actor['type'];
  readonly actorId: string;
  readonly userId: string;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly requestId: string | null;
}

// Blocks are found by their last number, then only as many of their rows are read as are asked for.
const AFTER = `select (s.first_seq + p.n - 1)::float8 as seq, e.id::text, to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", e.actor_type as "actorType", e.actor_id as "actorId",
    e.user_id as "userId", e.action, e.resource_type as "resourceType", e.resource_id as "resourceId", e.before, e.after, e.request_id as "requestId"
  from (select first_seq, ids from audit_seals where organization_id = $1 and first_seq > $2::bigint - 250 and last_seq > $2::bigint
      order by first_seq limit $3) s,
    lateral unnest(s.ids) with ordinality as p(id, n), audit_events e
  where s.first_seq + p.n - 1 > $2::bigint and e.organization_id = $1 and e.id = p.id
  order by 1 limit $3`;
const NEWEST = `select coalesce((select last_seq from audit_seals where organization_id = $1 order by first_seq desc limit 1), 0)::float8 as seq`;

/** The trail as a log of what happened: every change once, in order, within about a second, for webhooks and live views. */
@Injectable()
export class AuditFeed {
  /** Events behind `seq` of the organization of the transaction, ascending. */
  after(tx: Tx, seq: number, limit: number): Promise<SealedEvent[]> {
    return tx.query<SealedEvent>(AFTER, [tx.scope.organizationId, seq, limit]);
  }

  /** Number of the newest sealed event; 0 before the first. */
  async newest(tx: Tx): Promise<number> {
    return (await tx.first<{ seq: number }>(NEWEST, [tx.scope.organizationId]))?.seq ?? 0;
  }
}
