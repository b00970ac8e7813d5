import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import type { QueueName } from './definitions.js';

/** What travels through the queue; everything else stands in the jobs table. */
export interface Delivery {
  readonly jobId: string;
  readonly organizationId: string;
}

/** The queues by name. */
@Injectable()
export class Queues {
  private readonly byName: Readonly<Record<QueueName, Queue<Delivery>>>;

  constructor(
    @InjectQueue('default') standard: Queue<Delivery>,
    @InjectQueue('mail') mail: Queue<Delivery>,
    @InjectQueue('imports') imports: Queue<Delivery>,
    @InjectQueue('assistant') assistant: Queue<Delivery>,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.byName = { default: standard, mail, imports, assistant };
    // Without a listener an error event would end the process.
    for (const queue of this.all())
      queue.on('error', (error) => logger.warn({ err: error, queue: queue.name }, 'queue connection trouble'));
  }

  get(name: QueueName): Queue<Delivery> {
    return this.byName[name];
  }

  all(): readonly Queue<Delivery>[] {
    return Object.values(this.byName);
  }
}
