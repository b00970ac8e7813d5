import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { LOGGER, type Logger } from '../../../platform/telemetry/telemetry.module.js';
import { newId } from '../../../shared/ids.js';
import { WebhookLimits } from '../webhook-limits.js';
import { LaneRun } from './lane-run.js';
import { type Lane, LanesRepository } from './lanes.repository.js';
import { WEBHOOKS_DUE_TOPIC } from './webhooks-due-topic.js';

const POLL_MS = 5_000;
const SHORTEST_WAIT_MS = 20;
/** How long messages on their way may still take when the process stops. */
const GRACE_MS = 3_000;

/**
 * Sends what is due. A lane belongs to one process at a time, so that a receiver gets its messages in their order as long as it takes
 * them; and each lane has its own turn, so that a slow receiver keeps nobody else waiting.
 */
@Injectable()
export class WebhookSender {
  private readonly running = new Set<Promise<void>>();
  private stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isWanted = false;
  private isOpen = false;
  private unsubscribe: (() => void) | undefined;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(LanesRepository) private readonly lanes: LanesRepository,
    @Inject(LaneRun) private readonly run: LaneRun,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  open(): void {
    this.isOpen = true;
    this.stopping = new AbortController();
    this.unsubscribe = this.bus.subscribe(WEBHOOKS_DUE_TOPIC, () => this.wake());
    this.wake();
  }

  /** Looks for what is due, now. */
  wake(): void {
    this.isWanted = true;
    if (!this.isOpen || this.looking) return;
    clearTimeout(this.timer);
    this.looking = this.look().finally(() => {
      this.looking = undefined;
      if (this.isWanted) this.wake();
    });
  }

  /** Takes nothing new, lets what is on its way arrive for a moment, and leaves the rest in line. */
  async close(): Promise<void> {
    this.isOpen = false;
    clearTimeout(this.timer);
    this.unsubscribe?.();
    await this.looking;
    const timer = setTimeout(() => this.stopping.abort(), GRACE_MS);
    await Promise.all(this.running);
    clearTimeout(timer);
  }

  /** Whether nothing is on its way. */
  get isIdle(): boolean {
    return this.running.size === 0 && !this.looking;
  }

  private async look(): Promise<void> {
    let waitMs = POLL_MS;
    try {
      while (this.isWanted && this.isOpen) {
        this.isWanted = false;
        waitMs = await this.startDue();
      }
    } catch (error) {
      this.isWanted = false;
      this.logger.warn({ err: error }, 'due webhooks could not be looked for; it is tried again');
    }
    if (this.isOpen) this.timer = setTimeout(() => this.wake(), Math.min(POLL_MS, Math.max(SHORTEST_WAIT_MS, waitMs))).unref();
  }

  /** Gives the milliseconds until the next look is worth while. */
  private async startDue(): Promise<number> {
    const free = this.limits.lanes - this.running.size;
    // A lane that ends looks again.
    if (free <= 0) return POLL_MS;
    return this.db.asSystem('send webhooks', systemScope('webhooks'), async (tx) => {
      const claimed = await this.lanes.claim(tx, newId(), this.run.claimSeconds, free);
      tx.afterCommit(() => claimed.forEach((lane) => this.start(lane)));
      return claimed.length === free ? POLL_MS : ((await this.lanes.nextDueInMs(tx)) ?? POLL_MS);
    });
  }

  private start(lane: Lane): void {
    const work = this.run
      .send(lane, { isOpen: () => this.isOpen, signal: this.stopping.signal })
      .catch((error: unknown) =>
        this.logger.warn(
          { err: error, org_id: lane.organizationId, webhook_id: lane.webhookId },
          'a webhook lane broke off; it is taken up again',
        ),
      )
      .finally(() => {
        this.running.delete(work);
        this.wake();
      });
    this.running.add(work);
  }
}
