import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { AuditCheckpoint, AuditFacts, AuditSeal, ChainHead } from './audit-chain.js';
import { AUDIT_FACTS, IS_SEALED } from './audit-facts.js';
import type { Gap, SealingProgress } from './audit-progress.js';

/** What is stored of a chain that is to go on; `head` is undefined before its first row. */
export interface StoredChain {
  readonly organizationId: string;
  readonly head: (ChainHead & { readonly mac: Buffer }) | undefined;
  /** The highest number a row carries. */
  readonly sealedTo: number;
  readonly hasCheckpoints: boolean;
}

/** The seals of events of one organization that follow each other in its chain. */
export interface SealBlock {
  readonly organizationId: string;
  readonly rows: readonly ({ readonly id: string } & AuditSeal)[];
}

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

// Freed with the transaction, so a sealer that dies leaves nothing locked.
const TAKE_TURN = `select pg_try_advisory_xact_lock(7266321040) as taken`;

const PROGRESS = `select last_id::float8 as "lastId", gaps, held, pg_snapshot_xmin(pg_current_snapshot())::text::float8 as horizon from audit_sealing`;
const FENCE = `select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as fence`;
const SAVE_PROGRESS = `update audit_sealing set last_id = $1, gaps = $2, held = $3`;

// What a progress that was set back has sealed before is not sealed again.
const FRESH = `select ${AUDIT_FACTS} from audit_events e where id > $1::bigint and not ${IS_SEALED} order by id limit $2`;
const LATE = `select ${AUDIT_FACTS} from unnest($1::bigint[], $2::bigint[]) as g(low, high)
  join audit_events e on e.id between g.low and g.high where not ${IS_SEALED} order by id limit $3`;
const WAITING = `select ${AUDIT_FACTS} from audit_events e
  where organization_id = $1 and id >= $2::bigint and id <= $3::bigint and not ${IS_SEALED} order by id limit $4`;

const CHAIN_COLUMNS = `c.last_seq::float8 as seq, c.last_hash as hash, c.mac`;

const CHAINS = `select o.id as "organizationId", ${CHAIN_COLUMNS},
    coalesce((select s.last_seq from audit_seals s where s.organization_id = o.id order by s.first_seq desc limit 1), 0)::float8 as "sealedTo",
    exists (select 1 from audit_checkpoints p where p.organization_id = o.id) as "hasCheckpoints"
  from unnest($1::uuid[]) as o(id) left join audit_chains c on c.organization_id = o.id`;

// Everything comes as a few values: as arrays of bytea each byte would travel as two letters.
const SEAL = `insert into audit_seals (organization_id, first_seq, last_seq, first_id, last_id, ids, seals)
  select b.organization_id, b.first_seq, b.first_seq + b.length - 1, (select min(i) from unnest(p.ids) i), (select max(i) from unnest(p.ids) i), p.ids,
    substring($5::bytea from b.start * 96 + 1 for b.length * 96)
  from unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[]) as b(organization_id, first_seq, start, length),
    lateral (select ($6::bigint[])[b.start + 1 : b.start + b.length] as ids) p`;

// A crash may take back the last second of seals, heads and progress together, and they are made again. A checkpoint may have been handed
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

  /** How far sealing has come, and the oldest transaction that is still open. Only after `takeTurn`. */
  async progress(tx: Tx): Promise<SealingProgress & { readonly horizon: number }> {
    const row = await tx.first<SealingProgress & { horizon: number }>(PROGRESS);
    if (!row) throw new Error('the row of audit_sealing is gone; sealing does not guess where to go on');
    return row;
  }

  async fence(tx: Tx): Promise<number> {
    return (await tx.first<{ fence: number }>(FENCE))?.fence ?? 0;
  }

  async saveProgress(tx: Tx, { lastId, gaps, held }: SealingProgress): Promise<void> {
    await tx.query(SAVE_PROGRESS, [lastId, JSON.stringify(gaps), JSON.stringify(held)]);
  }

  /** Events with higher numbers than `lastId`, ascending. */
  fresh(tx: Tx, lastId: number, limit: number): Promise<AuditFacts[]> {
    return tx.query<AuditFacts>(FRESH, [lastId, limit]);
  }

  /** Events that were committed after others with higher numbers. */
  async late(tx: Tx, gaps: readonly Gap[], limit: number): Promise<AuditFacts[]> {
    if (gaps.length === 0) return [];
    return tx.query<AuditFacts>(LATE, [gaps.map((gap) => gap.from), gaps.map((gap) => gap.to), limit]);
  }

  /** Events of an organization that was held, up to where all others have been read. */
  waiting(tx: Tx, where: { organizationId: string; from: number; to: number; limit: number }): Promise<AuditFacts[]> {
    return tx.query<AuditFacts>(WAITING, [where.organizationId, where.from, where.to, where.limit]);
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

  async seal(tx: Tx, blocks: readonly SealBlock[]): Promise<void> {
    const rows = blocks.flatMap((block) => block.rows);
    const seals = Buffer.concat(rows.flatMap((row) => [row.detailsDigest, row.prevHash, row.hash]));
    let start = 0;
    const starts = blocks.map((block) => (start += block.rows.length) - block.rows.length);
    const where = [blocks.map((block) => block.organizationId), blocks.map((block) => block.rows[0]?.seq), starts];
    await tx.query(SEAL, [...where, blocks.map((block) => block.rows.length), seals, rows.map((row) => row.id)]);
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
