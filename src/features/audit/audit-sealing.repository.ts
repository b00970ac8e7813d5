import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { NIL_ID } from '../../shared/ids.js';
import type { AuditCheckpoint, AuditFacts, AuditSeal, ChainHead } from './audit-chain.js';
import { AUDIT_FACTS } from './audit-facts.js';

/** A place in the pending rows of all organizations. */
export interface PendingPlace {
  readonly organizationId: string;
  readonly id: string;
}

/** What is stored of a chain that is to go on; `head` is undefined before its first row. */
export interface StoredChain {
  readonly organizationId: string;
  readonly head: (ChainHead & { readonly mac: Buffer }) | undefined;
  /** The highest number a row carries. */
  readonly sealedTo: number;
  readonly hasCheckpoints: boolean;
}

/** The seal of one row, with where it goes. */
export interface RowSeal extends AuditSeal, PendingPlace {}

/** The new end of a chain, with its proof. */
export interface NewHead extends ChainHead {
  readonly organizationId: string;
  readonly mac: Buffer;
}

interface ChainRow {
  readonly organizationId: string;
  readonly seq: number | null;
  readonly hash: Buffer;
  readonly mac: Buffer;
  readonly sealedTo: number;
  readonly hasCheckpoints: boolean;
}

/** Before every pending row. */
export const FIRST_PLACE: PendingPlace = { organizationId: NIL_ID, id: '0' };
const LAST_ID = '9223372036854775807';

// Freed with the transaction, so a sealer that dies leaves nothing locked.
const TAKE_TURN = `select pg_try_advisory_xact_lock(7266321040) as taken`;

const PENDING = `select ${AUDIT_FACTS} from audit_events
  where seq is null and (organization_id, id) > ($1::uuid, $2::bigint) order by organization_id, id limit $3`;

const CHAIN_COLUMNS = `c.last_seq::float8 as seq, c.last_hash as hash, c.mac`;

const CHAINS = `select o.id as "organizationId", ${CHAIN_COLUMNS},
    coalesce((select max(e.seq) from audit_events e where e.organization_id = o.id), 0)::float8 as "sealedTo",
    exists (select 1 from audit_checkpoints p where p.organization_id = o.id) as "hasCheckpoints"
  from unnest($1::uuid[]) as o(id) left join audit_chains c on c.organization_id = o.id`;

// The hashes come as one value, three of 32 bytes a row: as arrays each byte would travel as two letters and be read one element at a time.
const SEAL = `update audit_events e set seq = s.seq, details_digest = substring($4::bytea from s.n * 96 - 95 for 32),
    prev_hash = substring($4::bytea from s.n * 96 - 63 for 32), hash = substring($4::bytea from s.n * 96 - 31 for 32)
  from (select t.organization_id, t.id, t.seq, t.n::int as n from unnest($1::uuid[], $2::bigint[], $3::bigint[]) with ordinality as t(organization_id, id, seq, n)) s
  where e.organization_id = s.organization_id and e.id = s.id`;

// A crash may take back the last second of seals, heads and rows together, and they are made again. A checkpoint may have been handed
// out, so with one in it the transaction waits for the disk, and for all before it.
const LET_GO_BEFORE_DISK = `select set_config('synchronous_commit', 'off', true)`;

const SAVE_HEADS = `insert into audit_chains (organization_id, last_seq, last_hash, mac)
  select * from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[])
  on conflict (organization_id) do update set last_seq = excluded.last_seq, last_hash = excluded.last_hash, mac = excluded.mac`;

const SAVE_CHECKPOINTS = `insert into audit_checkpoints (organization_id, seq, hash, signed_at, signature)
  select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[])
  on conflict (organization_id, seq) do nothing`;

const DUE = `select c.organization_id as "organizationId", ${CHAIN_COLUMNS} from audit_chains c
  where ($1::uuid is null or c.organization_id > $1) and not exists (
    select 1 from audit_checkpoints p where p.organization_id = c.organization_id and (p.seq = c.last_seq or p.signed_at > $2))
  order by c.organization_id limit $3`;

/** What the sealer asks and writes, across organizations. */
@Injectable()
export class AuditSealingRepository {
  /** True when this transaction is the one that seals now, over all processes. */
  async takeTurn(tx: Tx): Promise<boolean> {
    return (await tx.first<{ taken: boolean }>(TAKE_TURN))?.taken === true;
  }

  pendingAfter(tx: Tx, place: PendingPlace, limit: number): Promise<AuditFacts[]> {
    return tx.query<AuditFacts>(PENDING, [place.organizationId, place.id, limit]);
  }

  async chains(tx: Tx, organizationIds: readonly string[]): Promise<StoredChain[]> {
    const rows = await tx.query<ChainRow>(CHAINS, [organizationIds]);
    return rows.map(({ organizationId, seq, hash, mac, sealedTo, hasCheckpoints }) => ({
      organizationId,
      head: seq === null ? undefined : { seq, hash, mac },
      sealedTo,
      hasCheckpoints,
    }));
  }

  async seal(tx: Tx, seals: readonly RowSeal[]): Promise<void> {
    const hashes = Buffer.concat(seals.flatMap((row) => [row.detailsDigest, row.prevHash, row.hash]));
    const columns = [seals.map((row) => row.organizationId), seals.map((row) => row.id), seals.map((row) => row.seq), hashes];
    await tx.query(SEAL, columns);
  }

  /** Lets the commit of this transaction return before it is on disk. */
  async letGoBeforeDisk(tx: Tx): Promise<void> {
    await tx.query(LET_GO_BEFORE_DISK);
  }

  async saveHeads(tx: Tx, heads: readonly NewHead[]): Promise<void> {
    const columns = [heads.map((head) => head.organizationId), heads.map((head) => head.seq)];
    await tx.query(SAVE_HEADS, [...columns, heads.map((head) => head.hash), heads.map((head) => head.mac)]);
  }

  async saveCheckpoints(tx: Tx, points: readonly AuditCheckpoint[]): Promise<void> {
    if (points.length === 0) return;
    const where = [points.map((point) => point.organizationId), points.map((point) => point.seq)];
    const what = [points.map((point) => point.hash), points.map((point) => point.at), points.map((point) => point.signature)];
    await tx.query(SAVE_CHECKPOINTS, [...where, ...what]);
  }

  /** Heads that no checkpoint names, of organizations without a checkpoint since `since`. */
  async headsWithoutCheckpoint(tx: Tx, since: string, { after, limit }: { after: string | undefined; limit: number }): Promise<NewHead[]> {
    return tx.query<NewHead>(DUE, [after ?? null, since, limit]);
  }
}

/** Behind every pending row of an organization. */
export function placeBehind(organizationId: string): PendingPlace {
  return { organizationId, id: LAST_ID };
}
