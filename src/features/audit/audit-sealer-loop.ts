import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../platform/config/settings.js';
import { LOGGER, type Logger } from '../../platform/telemetry/telemetry.module.js';
import { AuditSealer } from './audit-sealer.js';

const SEAL_EVERY_MS = 1_000;
const CHECKPOINTS_EVERY_MS = 3_600_000;

/** Lets the sealer look for pending rows every second, in processes that work. */
@Injectable()
export class AuditSealerLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;
  private checkpointsIn = 0;

  constructor(
    @Inject(AuditSealer) private readonly sealer: AuditSealer,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.role !== 'api') this.later();
  }

  /** Before the database closes, which happens in `onApplicationShutdown`: what was written last is sealed, so that a quiet night leaves nothing open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.running;
    if (this.settings.role !== 'api') await this.turn();
    this.sealer.stop();
  }

  private later(): void {
    if (this.isStopping) return;
    this.timer = setTimeout(() => {
      this.running = this.turn().finally(() => this.later());
    }, SEAL_EVERY_MS).unref();
  }

  private async turn(): Promise<void> {
    try {
      await this.sealer.sealTurn();
      this.checkpointsIn -= SEAL_EVERY_MS;
      if (this.checkpointsIn > 0) return;
      this.checkpointsIn = CHECKPOINTS_EVERY_MS;
      await this.sealer.signDueCheckpoints();
    } catch (error) {
      this.logger.error({ err: error }, 'sealing the audit trail failed; it is tried again');
    }
  }
}
