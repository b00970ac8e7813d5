import type { Scope } from '../../platform/database/scope.js';

/** SQL expressions of one audit row for each row of a CTE; constants of the source, never input. */
export interface AuditCte {
  /** Name of the CTE whose rows are audited. */
  readonly from: string;
  /** Number of the first of the six parameters of `auditParameters`. */
  readonly first: number;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before: string;
  readonly after: string;
}

/** The insert of an audit row for each row of a CTE, so that a write and its audit stay one statement: `, a as (${auditCte(...)})`. */
export function auditCte({ from, first, action, resourceType, resourceId, before, after }: AuditCte): string {
  const who = ['uuid', 'text', 'uuid', 'uuid', 'text', 'text'].map((type, index) => `$${first + index}::${type}`).join(', ');
  return `insert into audit_events (organization_id, actor_type, actor_id, user_id, request_id, address, action, resource_type, resource_id, before, after)
    select ${who}, ${action}, ${resourceType}, (${resourceId})::text, ${before}, ${after} from ${from}`;
}

/** The six parameters an `auditCte` reads, in order. */
export function auditParameters(scope: Scope): [string, string, string, string, string, string | null] {
  const { actor } = scope;
  return [scope.organizationId, actor.type, actor.id, actor.userId, scope.requestId, scope.address];
}
