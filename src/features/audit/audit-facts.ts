/** The select list of `AuditFacts`; sealing and checking read the same text, so they see the same bytes. */
export const AUDIT_FACTS = `id, organization_id as "organizationId", occurred_at as "occurredAt", actor_type as "actorType",
  actor_id as "actorId", user_id as "onBehalfOf", action, resource_type as "resourceType", resource_id as "resourceId",
  request_id as "requestId", address, before::text as "beforeText", after::text as "afterText", erased_at as "erasedAt"`;
