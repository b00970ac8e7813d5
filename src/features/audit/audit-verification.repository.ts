import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { AuditCheckpoint, SealedAuditRow } from './audit-chain.js';
import type { StoredHead } from './audit-chain-verifier.js';
import { AUDIT_FACTS, sealBytes } from './audit-facts.js';

/** Some sealed rows, the block they end with, and the head as it was at the same instant. */
export interface ChainPage {
  readonly head: StoredHead | undefined;
  readonly rows: readonly SealedAuditRow[];
  /** First number of the last block read; null behind the last one. */
  readonly lastBlock: string | null;
}

/** A row that stands among sealed ones without a seal. */
export interface StrayRow {
  readonly id: string;
  /** Number of the first sealed row behind it. */
  readonly seq: number;
}

type JoinedRow = Omit<SealedAuditRow, 'id'> & {
  readonly id: string | null;
  readonly block: string | null;
  readonly headSeq: number | null;
  readonly headHash: Buffer;
  readonly headMac: Buffer;
};

/** Before every block that can be, forged ones with numbers below zero included. */
export const BEFORE_ALL = '-9223372036854775808';

// One statement, hence one snapshot: rows sealed after the last page can never be missing from it while its head knows them. The claimed
// numbers of a block only decide how many are read at once.
const PAGE = `select c.last_seq::float8 as "headSeq", c.last_hash as "headHash", c.mac as "headMac", s.first_seq::text as block,
    (s.first_seq + p.n - 1)::float8 as seq, ${sealBytes(0, 'p.n')} as "detailsDigest", ${sealBytes(1, 'p.n')} as "prevHash", ${sealBytes(2, 'p.n')} as hash, e.*
  from (values ($1::uuid)) as o(id)
  left join audit_chains c on c.organization_id = o.id
  left join (
    select b.first_seq, b.ids, b.seals from (
      select t.*, sum(last_seq - first_seq + 1) over (order by first_seq) - (last_seq - first_seq + 1) as rows_before from (
        select first_seq, last_seq, ids, seals from audit_seals where organization_id = $1 and first_seq > $2::bigint order by first_seq limit $3) t) b
    where b.rows_before < $3) s on true
  left join lateral unnest(s.ids) with ordinality as p(id, n) on true
  left join lateral (select ${AUDIT_FACTS} from audit_events e where e.organization_id = o.id and e.id = p.id) e on true
  order by s.first_seq, p.n`;

const NEVER_SEALED = `from audit_events e left join (select unnest(ids) as id from audit_seals where organization_id = $1) s on s.id = e.id
  where e.organization_id = $1 and s.id is null`;
const UNSEALED = `select count(*)::int4 as unsealed ${NEVER_SEALED}`;

// The sealer has passed it and does not wait for it, so nobody wrote it in the usual way.
const STRAY = `select e.id::text, coalesce((select min(b.first_seq) from audit_seals b where b.organization_id = $1 and b.last_id > e.id),
    (select c.last_seq from audit_chains c where c.organization_id = $1), 0)::float8 as seq
  ${NEVER_SEALED} and e.id <= (select last_id from audit_sealing)
    and not exists (select from audit_sealing a, jsonb_to_recordset(a.gaps) as g("from" bigint, "to" bigint) where e.id between g."from" and g."to")
    and not exists (select from audit_sealing where e.id >= (held ->> $1::text)::bigint)
  order by e.id limit 1`;

const CHECKPOINTS = `select organization_id as "organizationId", seq::float8 as seq, hash, signed_at as at, signature
  from audit_checkpoints where organization_id = $1 order by seq`;

// Organizations are found in the rows too: a chain whose head was deleted must not escape.
const ORGANIZATIONS = `with recursive found(id) as (
    (select organization_id from audit_events order by organization_id limit 1)
    union all
    select (select e.organization_id from audit_events e where e.organization_id > found.id order by e.organization_id limit 1)
    from found where found.id is not null)
  select id from found where id is not null
  union select organization_id from audit_chains union select organization_id from audit_seals union select organization_id from audit_checkpoints order by 1`;

/** What checking a chain reads. */
@Injectable()
export class AuditVerificationRepository {
  async sealedPage(tx: Tx, afterBlock: string, atLeast: number): Promise<ChainPage> {
    const joined = await tx.query<JoinedRow>(PAGE, [tx.scope.organizationId, afterBlock, atLeast]);
    const [first] = joined;
    const head = first && first.headSeq !== null ? { seq: first.headSeq, hash: first.headHash, mac: first.headMac } : undefined;
    const rows = joined.filter((row): row is JoinedRow & { id: string } => row.id !== null);
    return { head, rows, lastBlock: joined.at(-1)?.block ?? null };
  }

  async unsealed(tx: Tx): Promise<number> {
    return (await tx.first<{ unsealed: number }>(UNSEALED, [tx.scope.organizationId]))?.unsealed ?? 0;
  }

  /** The first row that was put among sealed ones behind the sealer's back. */
  stray(tx: Tx): Promise<StrayRow | undefined> {
    return tx.first<StrayRow>(STRAY, [tx.scope.organizationId]);
  }

  checkpoints(tx: Tx): Promise<AuditCheckpoint[]> {
    return tx.query<AuditCheckpoint>(CHECKPOINTS, [tx.scope.organizationId]);
  }

  /** Every organization with a trail; NIL is the platform's own. Needs the system role. */
  async organizations(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>(ORGANIZATIONS)).map((row) => row.id);
  }
}
