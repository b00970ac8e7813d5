/** The select list of `AuditFacts` over `audit_events`; sealing and checking read the same text, so they see the same bytes. */
export const AUDIT_FACTS = `id, organization_id as "organizationId", occurred_at as "occurredAt", actor_type as "actorType",
  actor_id as "actorId", user_id as "onBehalfOf", action, resource_type as "resourceType", resource_id as "resourceId",
  request_id as "requestId", address, before::text as "beforeText", after::text as "afterText", erased_at as "erasedAt"`;

/** The block with the seal of `audit_events e`, as rows of `audit_seals s`. */
const BLOCK = `from audit_seals s where s.organization_id = e.organization_id and s.last_id >= e.id and s.first_id <= e.id and e.id = any(s.ids)`;

export const IS_SEALED = `exists (select ${BLOCK})`;

/** Bytes of a seal within a block: digest of the details, hash of the row before, hash of the row; `n` is its place, from 1. */
export const sealBytes = (part: 0 | 1 | 2, n: string): string => `substring(s.seals from (${n})::int * 96 - ${95 - part * 32} for 32)`;

/** A lateral join that gives `seq`, `details_digest`, `prev_hash`, `hash` of `audit_events e`, null while it is not sealed. */
export const SEAL_OF_EVENT = `left join lateral (
    select s.first_seq + s.n - 1 as seq, ${sealBytes(0, 's.n')} as details_digest, ${sealBytes(1, 's.n')} as prev_hash, ${sealBytes(2, 's.n')} as hash
    from (select s.first_seq, s.seals, array_position(s.ids, e.id) as n ${BLOCK} order by s.last_id limit 1) s) seal on true`;
