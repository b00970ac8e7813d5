import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { AuditCheckpoint, SealedAuditRow } from './audit-chain.js';
import type { StoredHead } from './audit-chain-verifier.js';
import { AUDIT_FACTS } from './audit-facts.js';

/** Some sealed rows, and the head as it was at the same instant. */
export interface ChainPage {
  readonly head: StoredHead | undefined;
  readonly rows: readonly SealedAuditRow[];
}

/** The last row read; numbers are not trusted to be unique, so the id goes with them. */
export interface ChainPlace {
  readonly seq: number | string;
  readonly id: string;
}

type JoinedRow = Omit<SealedAuditRow, 'id'> & {
  readonly id: string | null;
  readonly headSeq: number | null;
  readonly headHash: Buffer;
  readonly headMac: Buffer;
};

/** Before every row that can be, forged ones with numbers below zero included. */
export const BEFORE_ALL: ChainPlace = { seq: '-9223372036854775808', id: '0' };

// One statement, hence one snapshot: rows sealed after the last page can never be missing from it while its head knows them.
const PAGE = `select c.last_seq::float8 as "headSeq", c.last_hash as "headHash", c.mac as "headMac", e.*
  from (values ($1::uuid)) as o(id)
  left join audit_chains c on c.organization_id = o.id
  left join lateral (
    select ${AUDIT_FACTS}, seq::float8 as seq, details_digest as "detailsDigest", prev_hash as "prevHash", hash
    from audit_events where organization_id = o.id and seq is not null and seq >= $2::bigint and (seq, id) > ($2::bigint, $3::bigint)
    order by audit_events.seq, audit_events.id limit $4) e on true
  order by e.seq, e.id`;

const UNSEALED = `select count(*)::int4 as unsealed from audit_events where organization_id = $1 and seq is null`;

const CHECKPOINTS = `select organization_id as "organizationId", seq::float8 as seq, hash, signed_at as at, signature
  from audit_checkpoints where organization_id = $1 order by seq`;

// Organizations are found in the rows too: a chain whose head was deleted must not escape.
const ORGANIZATIONS = `with recursive found(id) as (
    (select organization_id from audit_events order by organization_id limit 1)
    union all
    select (select e.organization_id from audit_events e where e.organization_id > found.id order by e.organization_id limit 1)
    from found where found.id is not null)
  select id from found where id is not null
  union select organization_id from audit_chains union select organization_id from audit_checkpoints order by 1`;

/** What checking a chain reads. */
@Injectable()
export class AuditVerificationRepository {
  async sealedPage(tx: Tx, after: ChainPlace, limit: number): Promise<ChainPage> {
    const joined = await tx.query<JoinedRow>(PAGE, [tx.scope.organizationId, after.seq, after.id, limit]);
    const [first] = joined;
    const head = first && first.headSeq !== null ? { seq: first.headSeq, hash: first.headHash, mac: first.headMac } : undefined;
    return { head, rows: joined.filter((row): row is JoinedRow & { id: string } => row.id !== null) };
  }

  async unsealed(tx: Tx): Promise<number> {
    return (await tx.first<{ unsealed: number }>(UNSEALED, [tx.scope.organizationId]))?.unsealed ?? 0;
  }

  checkpoints(tx: Tx): Promise<AuditCheckpoint[]> {
    return tx.query<AuditCheckpoint>(CHECKPOINTS, [tx.scope.organizationId]);
  }

  /** Every organization with a trail; NIL is the platform's own. Needs the system role. */
  async organizations(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>(ORGANIZATIONS)).map((row) => row.id);
  }
}
