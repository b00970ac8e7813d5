import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { Bus } from '../../../platform/database/bus.js';
import { LOGGER, type Logger } from '../../../platform/telemetry/telemetry.module.js';
import { AUDIT_SEALED_TOPIC } from '../../audit/index.js';
import { WebhookDispatcher } from './webhook-dispatcher.js';
import { WebhookSender } from './webhook-sender.js';

const SWEEP_MS = 30_000;

/** Follows the sealer, in processes that work: at once when it says so, and by a sweep for what a lost message would leave. */
@Injectable()
export class DispatcherLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Set<string>();
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;
  private isSweepDue = false;
  private isOpen = false;

  constructor(
    @Inject(WebhookDispatcher) private readonly dispatcher: WebhookDispatcher,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.role === 'api') return;
    this.isOpen = true;
    this.sender.open();
    this.unsubscribe = this.bus.subscribe(AUDIT_SEALED_TOPIC, (organizations) => this.sealed(organizations.split(',')));
    this.bus.onReconnect(() => this.sweep());
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.sweep();
  }

  /** Before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isOpen = false;
    clearInterval(this.timer);
    this.unsubscribe?.();
    await this.running;
    await this.sender.close();
  }

  private sweep(): void {
    this.isSweepDue = true;
    this.wake();
  }

  private sealed(organizationIds: readonly string[]): void {
    for (const id of organizationIds) this.waiting.add(id);
    this.wake();
  }

  private wake(): void {
    if (!this.isOpen || this.running) return;
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.waiting.size > 0 || this.isSweepDue) this.wake();
    });
  }

  private async drain(): Promise<void> {
    try {
      while (this.isOpen && (this.waiting.size > 0 || this.isSweepDue)) {
        const among = this.isSweepDue ? undefined : [...this.waiting];
        this.isSweepDue = false;
        this.waiting.clear();
        for (const id of await this.dispatcher.listening(among)) if (this.isOpen) await this.dispatchOne(id);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'webhooks could not be looked for; the next sweep tries again');
    }
  }

  /** The trouble of one organization is not that of the others. */
  private async dispatchOne(organizationId: string): Promise<void> {
    try {
      const { made, isMore } = await this.dispatcher.turn(organizationId);
      if (made > 0) this.sender.wake();
      if (isMore) this.waiting.add(organizationId);
    } catch (error) {
      this.logger.warn({ err: error, org_id: organizationId }, 'events could not be put in line; the next sweep tries again');
    }
  }
}
