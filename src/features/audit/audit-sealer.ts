import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import { systemScope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { LOGGER, type Logger } from '../../platform/telemetry/telemetry.module.js';
import { chainHeadMac, EMPTY_CHAIN, sameBytes, sealBatch, signCheckpoint, type AuditCheckpoint, type AuditFacts } from './audit-chain.js';
import { AuditKeys } from './audit-keys.js';
import {
  AuditSealingRepository,
  FIRST_PLACE,
  placeBehind,
  type NewHead,
  type PendingPlace,
  type RowSeal,
  type StoredChain,
} from './audit-sealing.repository.js';

// Hashing holds the event loop of a process that may also serve: this many rows take some 5 ms.
const BATCH_ROWS = 250;
const CHECKPOINT_EVERY_ROWS = 1_000;
const CHECKPOINT_EVERY_MS = 24 * 3_600_000;
const DUE_BATCH = 500;

interface Sealed {
  readonly seals: readonly RowSeal[];
  readonly heads: readonly NewHead[];
  readonly checkpoints: readonly AuditCheckpoint[];
}

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
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Seals until nothing is pending, or another process has taken over; gives how many rows it sealed. */
  async sealPending(): Promise<number> {
    let total = 0;
    for (;;) {
      const { sealed } = await this.sealRound();
      total += sealed;
      if (sealed === 0) return total;
    }
  }

  /**
   * Seals what is pending now and goes on only while an organization has more than a batch. What comes in meanwhile waits for the next turn:
   * chasing single rows would cost each of them a whole transaction.
   */
  async sealTurn(): Promise<void> {
    for (let isMore = true; isMore && !this.isStopping;) ({ isMore } = await this.sealRound());
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

  /** One batch after the other through all organizations, so that a busy one cannot keep the others waiting. */
  private async sealRound(): Promise<{ sealed: number; isMore: boolean }> {
    let sealed = 0;
    let isMore = false;
    for (let place: PendingPlace | undefined = FIRST_PLACE; place && !this.isStopping;) {
      const from: PendingPlace = place;
      const batch: { sealed: number; next: PendingPlace | undefined } | undefined = await this.asSealer((tx) => this.sealAfter(tx, from));
      sealed += batch?.sealed ?? 0;
      place = batch?.next;
      if (place && batch?.sealed) isMore = true;
    }
    return { sealed, isMore };
  }

  private asSealer<T>(body: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return this.db.asSystem('seal the audit trail', systemScope('audit-sealer'), async (tx) =>
      (await this.rows.takeTurn(tx)) ? body(tx) : undefined,
    );
  }

  private async sealAfter(tx: Tx, place: PendingPlace): Promise<{ sealed: number; next: PendingPlace | undefined }> {
    const pending = await this.rows.pendingAfter(tx, place, BATCH_ROWS);
    const last = pending.at(-1);
    if (!last) return { sealed: 0, next: undefined };
    const { seals, heads, checkpoints } = await this.sealOf(tx, pending);
    if (seals.length > 0) {
      await this.rows.seal(tx, seals);
      await this.rows.saveHeads(tx, heads);
      await this.rows.saveCheckpoints(tx, checkpoints);
      if (checkpoints.length === 0) await this.rows.letGoBeforeDisk(tx);
    }
    return { sealed: seals.length, next: pending.length === BATCH_ROWS ? placeBehind(last.organizationId) : undefined };
  }

  private async sealOf(tx: Tx, pending: readonly AuditFacts[]): Promise<Sealed> {
    const byOrganization = new Map<string, AuditFacts[]>();
    for (const row of pending) {
      const rows = byOrganization.get(row.organizationId);
      if (rows) rows.push(row);
      else byOrganization.set(row.organizationId, [row]);
    }
    const chains = await this.rows.chains(tx, [...byOrganization.keys()]);
    const parts = chains
      .filter((chain) => this.mayGoOn(chain))
      .map((chain) => this.sealOne(chain, byOrganization.get(chain.organizationId) ?? []));
    return {
      seals: parts.flatMap((part) => part.seals),
      heads: parts.flatMap((part) => part.heads),
      checkpoints: parts.flatMap((part) => part.checkpoints),
    };
  }

  private sealOne({ organizationId, head }: StoredChain, facts: readonly AuditFacts[]): Sealed {
    const { sealed, head: end } = sealBatch(this.keys.chain, head ?? EMPTY_CHAIN, facts);
    const at = this.clock.now().toISOString();
    const checkpoints = sealed
      .filter((row) => row.seq % CHECKPOINT_EVERY_ROWS === 0)
      .map((row) => signCheckpoint(this.keys.checkpoint, { organizationId, seq: row.seq, hash: row.hash, at }));
    const mac = chainHeadMac(this.keys.chain, organizationId, end.seq, end.hash);
    return { seals: sealed.map((seal) => ({ organizationId, ...seal })), heads: [{ organizationId, ...end, mac }], checkpoints };
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
