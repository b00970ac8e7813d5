import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../database/bus.js';
import { Settings } from '../config/settings.js';
import type { Logger } from '../telemetry/telemetry.module.js';
import type { QueueName } from './definitions.js';
import { OutboxRelay } from './outbox-relay.js';
import type { QueueProcessor } from './processors.js';
import { RunningJobs } from './running-jobs.js';
import { ScheduleClock } from './schedule-clock.js';

/** Injection token of the processors of this process. */
export const ACTIVE_PROCESSORS = Symbol('active processors');
/** Somebody sits and waits for what this queue does, most of which is waiting for a model. */
const ANSWERING: QueueName = 'assistant';
/** Left of the grace to let interrupted handlers put their jobs back. */
const PUT_BACK_MS = 2_000;

/** What runs in the worker and all roles: relay, schedules and processors. */
@Injectable()
export class WorkerSide {
  constructor(
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(ScheduleClock) private readonly schedules: ScheduleClock,
    @Inject(RunningJobs) private readonly running: RunningJobs,
    @Inject(ACTIVE_PROCESSORS) private readonly processors: readonly QueueProcessor[],
    @Inject(Settings) private readonly settings: Settings,
    @Inject('worker side tools') private readonly tools: { readonly logger: Logger; readonly bus: Bus },
  ) {}

  async open(): Promise<void> {
    const { logger, bus } = this.tools;
    this.running.open();
    for (const { worker } of this.processors) {
      worker.concurrency = worker.name === ANSWERING ? this.settings.assistantConcurrency : this.settings.workerConcurrency;
      worker.on('error', (error) => logger.warn({ err: error, queue: worker.name }, 'worker trouble'));
      worker.on('failed', (_, error) =>
        logger.warn({ err: error, queue: worker.name }, 'an attempt could not be noted down; the queue brings it again'),
      );
      worker.run().catch((error: Error) => logger.error({ err: error, queue: worker.name }, 'worker stopped'));
    }
    this.relay.open();
    bus.onReconnect(() => this.relay.wake());
    await this.schedules.open();
  }

  /** Takes nothing new, lets running jobs finish within the grace, and puts back those that cannot. */
  async close(): Promise<void> {
    await Promise.all([this.schedules.close(), this.relay.close()]);
    const closed = Promise.all(this.processors.map(({ worker }) => worker.close()));
    const graceMs = Math.max(0, this.settings.shutdownGraceSeconds * 1000 - PUT_BACK_MS);
    if (!(await endsWithin(closed, graceMs))) {
      this.running.interruptAll();
      if (!(await endsWithin(closed, PUT_BACK_MS))) this.tools.logger.warn('jobs are left to another worker');
    }
    this.running.close();
  }
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
