/** SQL expressions of what is asked for; constants of the source, never input. */
export interface AuditHistoryQuestion {
  readonly organization: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** Only events with a lower number. */
  readonly before: string;
  readonly limit: string;
  /** A condition on `e.action`. */
  readonly actions?: string;
}

/** One event of a resource's history. */
export interface AuditHistoryRow {
  /** Grows with time; the history is read backwards by it. */
  readonly id: string;
  readonly occurredAt: string;
  readonly actorType: string;
  readonly userId: string;
  readonly action: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/**
 * The last events of one resource as a sub-select with the columns of `AuditHistoryRow` (in lower case with underscores), for a feature that
 * shows them beside rows of its own in one statement. It reads `audit_events_by_resource` backwards and no further than the limit.
 */
export function auditHistory({ organization, resourceType, resourceId, before, limit, actions = 'true' }: AuditHistoryQuestion): string {
  return `select e.id, e.occurred_at, e.actor_type, e.user_id, e.action, e.before, e.after from audit_events e
    where e.organization_id = ${organization} and e.resource_type = ${resourceType} and e.resource_id = ${resourceId} and e.id < ${before} and ${actions}
    order by e.id desc limit ${limit}`;
}
