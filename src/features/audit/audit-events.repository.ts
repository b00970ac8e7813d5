import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { sqlSelectList } from '../../platform/http/shapes/schema.js';
import { NIL_ID } from '../../shared/ids.js';
import { SEAL_OF_EVENT } from './audit-facts.js';
import { AuditCheckpointView, AuditEventView, ExportedAuditEvent, type AuditFilter } from './audit.shapes.js';

const COLUMNS = {
  id: 'e.id::text',
  occurredAt: 'occurred_at',
  actorType: 'actor_type',
  actorId: `nullif(actor_id, '${NIL_ID}')`,
  userId: `nullif(user_id, '${NIL_ID}')`,
  action: 'action',
  resourceType: 'resource_type',
  resourceId: 'resource_id',
  before: 'before',
  after: 'after',
  requestId: 'request_id',
  address: 'address',
  erasedAt: 'erased_at',
  seq: 'seal.seq::float8',
  hash: `encode(seal.hash, 'hex')`,
  prevHash: `encode(seal.prev_hash, 'hex')`,
  detailsDigest: `encode(seal.details_digest, 'hex')`,
};
const VIEW = sqlSelectList(AuditEventView, COLUMNS);
const EXPORTED = sqlSelectList(ExportedAuditEvent, COLUMNS);
const CHECKPOINT = sqlSelectList(AuditCheckpointView, {
  organizationId: 'organization_id',
  seq: 'seq::float8',
  hash: 'hash',
  at: 'signed_at',
  signature: 'signature',
});

const EVENT = `organization_id, id, occurred_at, actor_type, actor_id, user_id, action, resource_type, resource_id, before, after, request_id, address, erased_at`;

// One text per set of filters instead of "or $n is null", so that each is planned for the index it can use.
const CONDITIONS: Readonly<Record<keyof AuditFilter, (parameter: string) => string>> = {
  action: (p) => `action = ${p}`,
  actorId: (p) => `(actor_id = ${p}::uuid or user_id = ${p}::uuid)`,
  resourceType: (p) => `resource_type = ${p}`,
  resourceId: (p) => `resource_id = ${p}`,
  from: (p) => `occurred_at >= ${p}::timestamptz`,
  to: (p) => `occurred_at < ${p}::timestamptz`,
  q: (p) => `(action ilike ${p} or resource_type ilike ${p} or resource_id ilike ${p})`,
};
const FILTERS = Object.keys(CONDITIONS) as (keyof AuditFilter)[];

const FIND = `select ${VIEW} from audit_events e ${SEAL_OF_EVENT} where e.organization_id = $1 and e.id = $2::bigint`;
const NEWEST = `select max(id)::text as id from audit_events where organization_id = $1`;
const CHECKPOINTS = `select ${CHECKPOINT} from audit_checkpoints where organization_id = $1 and seq < $2::bigint order by audit_checkpoints.seq desc limit $3`;

/** A filter in SQL with its parameters. */
interface Condition {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/** The trail as people read it. */
@Injectable()
export class AuditEventsRepository {
  /** Newest first, older than `before`. */
  newestFirst(tx: Tx, filter: AuditFilter, { before, limit }: { before: string; limit: number }): Promise<AuditEventView[]> {
    const { sql, parameters } = conditionOf(filter);
    const page = `select ${EVENT} from audit_events where organization_id = $1 and id < $2::bigint${sql} order by id desc limit $3`;
    const text = `select ${VIEW} from (${page}) e ${SEAL_OF_EVENT} order by e.id desc`;
    return tx.query<AuditEventView>(text, [tx.scope.organizationId, before, limit, ...parameters]);
  }

  find(tx: Tx, id: string): Promise<AuditEventView | undefined> {
    return tx.first<AuditEventView>(FIND, [tx.scope.organizationId, id]);
  }

  async newestId(tx: Tx): Promise<string> {
    return (await tx.first<{ id: string | null }>(NEWEST, [tx.scope.organizationId]))?.id ?? '0';
  }

  /** Oldest first as lines of JSON, behind `after` up to `upTo`; at most `limit`. */
  exportLines(tx: Tx, filter: AuditFilter, range: { after: string; upTo: string; limit: number }): Promise<{ id: string; line: string }[]> {
    const { sql, parameters } = conditionOf(filter, 5);
    const page = `select ${EVENT} from audit_events where organization_id = $1 and id > $2::bigint and id <= $3::bigint${sql} order by id limit $4`;
    const text = `select v.id, row_to_json(v)::text as line from (select ${EXPORTED} from (${page}) e ${SEAL_OF_EVENT}) v order by v.id::bigint`;
    return tx.query(text, [tx.scope.organizationId, range.after, range.upTo, range.limit, ...parameters]);
  }

  checkpoints(tx: Tx, { before, limit }: { before: string; limit: number }): Promise<AuditCheckpointView[]> {
    return tx.query<AuditCheckpointView>(CHECKPOINTS, [tx.scope.organizationId, before, limit]);
  }
}

function conditionOf(filter: AuditFilter, first = 4): Condition {
  const parameters: string[] = [];
  let sql = '';
  for (const name of FILTERS) {
    const value = filter[name];
    if (value === undefined) continue;
    sql += ` and ${CONDITIONS[name](`$${first + parameters.length}`)}`;
    parameters.push(name === 'q' ? `%${value.replace(/[\\%_]/g, '\\$&')}%` : value);
  }
  return { sql, parameters };
}
