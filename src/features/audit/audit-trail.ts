import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { auditDetails } from './audit-details.js';

/** One thing that happened, to be recorded in the transaction in which it happened. */
export interface AuditEvent {
  /** What was done, as `resource.past-tense`: `lead.updated`, `session.login-failed`. */
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId?: string | null | undefined;
  readonly before?: object | null | undefined;
  readonly after?: object | null | undefined;
  /** When it concerns another organization than the transaction works in, e.g. one that was just made; NIL for none. */
  readonly organizationId?: string | undefined;
  /** When somebody else than the scope's actor did it, e.g. who has just logged in. */
  readonly actor?: Actor | undefined;
}

const RECORD = `insert into audit_events (organization_id, actor_type, actor_id, user_id, request_id, address, action, resource_type, resource_id, before, after)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const RECORD_MANY = `insert into audit_events (organization_id, request_id, address, actor_type, actor_id, user_id, action, resource_type, resource_id, before, after)
  select $1::uuid, $2, $3, e."actorType", e."actorId", e."userId", e.action, e."resourceType", e."resourceId", e.before, e.after
  from jsonb_to_recordset($4::jsonb) as e("actorType" text, "actorId" uuid, "userId" uuid, action text, "resourceType" text, "resourceId" text, before jsonb, after jsonb)`;

const RECORD_ELSEWHERE = `select concord_audit_elsewhere($1, $2, $3, $4)`;

const ERASED = 'audit.details-erased';
// The system role is not bound by tenancy, so the organization in the text is what keeps others' rows untouched. Why something was
// erased is not itself erased.
const ERASE = `update audit_events set before = null, after = null, erased_at = coalesce(erased_at, clock_timestamp())
  where organization_id = $1 and resource_type = $2 and resource_id = $3 and action <> '${ERASED}' and (before is not null or after is not null)
  returning 1`;

/** Writes the audit trail. Rows are only ever added; the sealer chains them soon after. */
@Injectable()
export class AuditTrail {
  /** Records one event with the transaction: it is there exactly when the change is. */
  async record(tx: Tx, event: AuditEvent): Promise<void> {
    if (isElsewhere(tx, event)) return this.recordMany(tx, [event]);
    const { scope } = tx;
    const actor = event.actor ?? scope.actor;
    await tx.query(RECORD, [
      scope.organizationId,
      actor.type,
      actor.id,
      actor.userId,
      scope.requestId,
      scope.address,
      event.action,
      event.resourceType,
      event.resourceId ?? null,
      auditDetails(event.before),
      auditDetails(event.after),
    ]);
  }

  /** Records many events, in one statement for each organization. */
  async recordMany(tx: Tx, events: readonly AuditEvent[]): Promise<void> {
    const byOrganization = new Map<string, AuditEvent[]>();
    for (const event of events) {
      const organizationId = event.organizationId ?? tx.scope.organizationId;
      const some = byOrganization.get(organizationId);
      if (some) some.push(event);
      else byOrganization.set(organizationId, [event]);
    }
    for (const [organizationId, some] of byOrganization) {
      const sql = organizationId === tx.scope.organizationId ? RECORD_MANY : RECORD_ELSEWHERE;
      const rows = `[${some.map((event) => eventJson(event, tx.scope.actor)).join(',')}]`;
      await tx.query(sql, [organizationId, tx.scope.requestId, tx.scope.address, rows]);
    }
  }

  /**
   * Takes away what stands before and after in all events of one resource, and records that. The chain stays verifiable, because it
   * holds only a keyed digest of it. The transaction must come from `db.asSystem`: the serving role can only add.
   */
  async eraseDetails(tx: Tx, resource: { readonly type: string; readonly id: string; readonly reason: string }): Promise<number> {
    const erased = (await tx.query(ERASE, [tx.scope.organizationId, resource.type, resource.id])).length;
    const after = { reason: resource.reason, events: erased };
    await this.record(tx, { action: ERASED, resourceType: resource.type, resourceId: resource.id, after });
    return erased;
  }
}

function isElsewhere(tx: Tx, event: AuditEvent): boolean {
  return event.organizationId !== undefined && event.organizationId !== tx.scope.organizationId;
}

function eventJson({ action, resourceType, resourceId = null, before, after, actor }: AuditEvent, caller: Actor): string {
  const { type, id, userId } = actor ?? caller;
  const head = JSON.stringify({ actorType: type, actorId: id, userId, action, resourceType, resourceId }).slice(0, -1);
  return `${head},"before":${auditDetails(before) ?? 'null'},"after":${auditDetails(after) ?? 'null'}}`;
}
