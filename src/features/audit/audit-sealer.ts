import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Bus } from '../../platform/database/bus.js';
import { Database } from '../../platform/database/database.js';
import { systemScope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { LOGGER, type Logger } from '../../platform/telemetry/telemetry.module.js';
import { chainHeadMac, EMPTY_CHAIN, sameBytes, sealBatch, signCheckpoint, type AuditCheckpoint, type AuditFacts } from './audit-chain.js';
import { AuditKeys } from './audit-keys.js';
import { progressAfter, type SealingProgress } from './audit-progress.js';
import { AuditSealingRepository, type NewHead, type SealBlock, type StoredChain } from './audit-sealing.repository.js';

const BATCH_ROWS = 1_000;
// Hashing holds the event loop of a process that may also serve: this many rows take some 5 ms, then others have their turn.
const BLOCK_ROWS = 250;
const CHECKPOINT_EVERY_ROWS = 1_000;
const CHECKPOINT_EVERY_MS = 24 * 3_600_000;
const DUE_BATCH = 500;

interface Sealed {
  readonly blocks: readonly SealBlock[];
  readonly heads: readonly NewHead[];
  readonly checkpoints: readonly AuditCheckpoint[];
}

/** What one batch found: events nobody sealed yet, and how far that gets. */
interface Found {
  readonly events: readonly AuditFacts[];
  readonly progress: SealingProgress;
  readonly isMore: boolean;
}

/** Topic of the bus: organizations whose chain got longer, joined by commas. */
export const AUDIT_SEALED_TOPIC = 'audit-sealed';
// A message of the bus has at most some 7,900 bytes.
const TOLD_AT_ONCE = 200;

const NOTHING_DONE = { sealed: 0, isMore: false };

/** Numbers and chains pending rows. One sealer works at a time, over all processes; writers never wait for it. */
@Injectable()
export class AuditSealer {
  private readonly halted = new Set<string>();
  private isStopping = false;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditSealingRepository) private readonly rows: AuditSealingRepository,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Seals until nothing is pending, or another process has taken over; gives how many rows it sealed. */
  async sealPending(): Promise<number> {
    let total = 0;
    for (;;) {
      const { sealed } = await this.sealBatch();
      total += sealed;
      if (sealed === 0 || this.isStopping) return total;
    }
  }

  /**
   * Seals what is pending now and goes on only while batches are full. What comes in meanwhile waits for the next turn: chasing single rows
   * would cost each of them a whole transaction.
   */
  async sealTurn(): Promise<void> {
    for (let isMore = true; isMore && !this.isStopping;) ({ isMore } = await this.sealBatch());
  }

  /** Signs the head of every chain that moved on and has no checkpoint of the last day. */
  async signDueCheckpoints(): Promise<number> {
    const since = new Date(this.clock.now().getTime() - CHECKPOINT_EVERY_MS).toISOString();
    let signed = 0;
    let due: NewHead[] | undefined;
    do {
      const after = due?.at(-1)?.organizationId;
      due = await this.asSealer((tx) => this.signHeads(tx, since, after));
      signed += due?.length ?? 0;
    } while (due?.length === DUE_BATCH && !this.isStopping);
    return signed;
  }

  /** Ends a running `sealPending` after its batch. */
  stop(): void {
    this.isStopping = true;
  }

  private async sealBatch(): Promise<{ sealed: number; isMore: boolean }> {
    return (await this.asSealer((tx) => this.sealFound(tx))) ?? NOTHING_DONE;
  }

  private asSealer<T>(body: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return this.db.asSystem('seal the audit trail', systemScope('audit-sealer'), async (tx) =>
      (await this.rows.takeTurn(tx)) ? body(tx) : undefined,
    );
  }

  private async sealFound(tx: Tx): Promise<{ sealed: number; isMore: boolean }> {
    const before = await this.rows.progress(tx);
    const { events, progress, isMore } = await this.find(tx, before);
    const { sealed, held } = await this.sealSound(tx, events, before);
    if (events.length > 0 || progress.gaps.length !== before.gaps.length) await this.rows.saveProgress(tx, { ...progress, held });
    return { sealed, isMore };
  }

  private async find(tx: Tx, before: SealingProgress & { readonly horizon: number }): Promise<Found> {
    const late = await this.rows.late(tx, before.gaps, BATCH_ROWS);
    const fresh = await this.rows.fresh(tx, before.lastId, BATCH_ROWS);
    const waiting: AuditFacts[] = [];
    for (const [organizationId, from] of Object.entries(before.held)) {
      waiting.push(...(await this.rows.waiting(tx, { organizationId, from, to: before.lastId, limit: BATCH_ROWS })));
    }
    const seen = { horizon: before.horizon, fence: await this.rows.fence(tx), now: this.clock.now() };
    const numbers = { fresh: fresh.map((row) => Number(row.id)), late: new Set(late.map((row) => Number(row.id))) };
    const isMore = [late, fresh, waiting].some((some) => some.length >= BATCH_ROWS);
    return { events: [...late, ...waiting, ...fresh], progress: progressAfter(before, numbers, seen), isMore };
  }

  /** Seals the events of sound chains; those of the others are held until somebody has looked. */
  private async sealSound(
    tx: Tx,
    events: readonly AuditFacts[],
    before: SealingProgress,
  ): Promise<{ sealed: number; held: SealingProgress['held'] }> {
    const byOrganization = perOrganization(events);
    const chains = events.length === 0 ? [] : await this.rows.chains(tx, [...byOrganization.keys()]);
    const held: Record<string, number> = {};
    const parts: Sealed[] = [];
    for (const chain of chains) {
      const facts = byOrganization.get(chain.organizationId) ?? [];
      const wait = before.held[chain.organizationId];
      if (!this.mayGoOn(chain)) held[chain.organizationId] = Math.min(wait ?? Infinity, ...facts.map((row) => Number(row.id)));
      else parts.push(await this.sealOne(chain, facts));
    }
    // An organization without news stays held, and so does one of which more waits than was read.
    for (const [id, from] of Object.entries(before.held)) {
      const facts = byOrganization.get(id) ?? [];
      if (held[id] === undefined && facts.length >= BATCH_ROWS) held[id] = from;
    }
    await this.save(tx, parts);
    return { sealed: parts.flatMap((part) => part.blocks).reduce((sum, block) => sum + block.rows.length, 0), held };
  }

  private async save(tx: Tx, parts: readonly Sealed[]): Promise<void> {
    if (parts.length === 0) return;
    const checkpoints = parts.flatMap((part) => part.checkpoints);
    const heads = parts.flatMap((part) => part.heads);
    await this.rows.seal(
      tx,
      parts.flatMap((part) => part.blocks),
    );
    await this.rows.saveHeads(tx, heads);
    await this.rows.saveCheckpoints(tx, checkpoints);
    if (checkpoints.length === 0) await this.rows.letGoBeforeDisk(tx);
    for (let from = 0; from < heads.length; from += TOLD_AT_ONCE) {
      const told = heads.slice(from, from + TOLD_AT_ONCE).map((head) => head.organizationId);
      await this.bus.publish(tx, AUDIT_SEALED_TOPIC, told.join(','));
    }
  }

  private async sealOne({ organizationId, head }: StoredChain, facts: readonly AuditFacts[]): Promise<Sealed> {
    const blocks: SealBlock[] = [];
    let end = head ?? EMPTY_CHAIN;
    for (let from = 0; from < facts.length; from += BLOCK_ROWS) {
      if (from > 0) await new Promise(setImmediate);
      const part = sealBatch(this.keys.chain, end, facts.slice(from, from + BLOCK_ROWS));
      end = part.head;
      blocks.push({ organizationId, rows: part.sealed });
    }
    const at = this.clock.now().toISOString();
    const checkpoints = blocks
      .flatMap((block) => block.rows)
      .filter((row) => row.seq % CHECKPOINT_EVERY_ROWS === 0)
      .map((row) => signCheckpoint(this.keys.checkpoint, { organizationId, seq: row.seq, hash: row.hash, at }));
    const mac = chainHeadMac(this.keys.chain, organizationId, end.seq, end.hash);
    return { blocks, heads: [{ organizationId, ...end, mac }], checkpoints };
  }

  /** Going on from a head that was touched would make the forgery look genuine; such a chain stays as it is until somebody looks. */
  private mayGoOn({ organizationId, head, sealedTo, hasCheckpoints }: StoredChain): boolean {
    const isSound = head ? this.isGenuine(organizationId, head) && sealedTo <= head.seq : sealedTo === 0 && !hasCheckpoints;
    if (isSound) this.halted.delete(organizationId);
    else if (!this.halted.has(organizationId)) {
      this.halted.add(organizationId);
      this.logger.error({ org_id: organizationId }, 'the audit chain was tampered with and is no longer sealed: run verify-audit');
    }
    return isSound;
  }

  private isGenuine(organizationId: string, head: Omit<NewHead, 'organizationId'>): boolean {
    return sameBytes(head.mac, chainHeadMac(this.keys.chain, organizationId, head.seq, head.hash));
  }

  private async signHeads(tx: Tx, since: string, after: string | undefined): Promise<NewHead[]> {
    const due = await this.rows.headsWithoutCheckpoint(tx, since, { after, limit: DUE_BATCH });
    const at = this.clock.now().toISOString();
    const points = due
      .filter((head) => this.isGenuine(head.organizationId, head))
      .map(({ organizationId, seq, hash }) => signCheckpoint(this.keys.checkpoint, { organizationId, seq, hash, at }));
    await this.rows.saveCheckpoints(tx, points);
    return due;
  }
}

/** Events by organization, in the order given; one that was found twice counts once. */
function perOrganization(events: readonly AuditFacts[]): Map<string, AuditFacts[]> {
  const found = new Map<string, AuditFacts[]>();
  for (const event of new Map(events.map((row) => [row.id, row])).values()) {
    const some = found.get(event.organizationId);
    if (some) some.push(event);
    else found.set(event.organizationId, [event]);
  }
  return found;
}
