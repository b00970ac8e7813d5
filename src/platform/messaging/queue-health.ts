import { Inject, Injectable } from '@nestjs/common';
import { QueueBackend } from './queue-backend.js';
import { Queues } from './queues.js';

/** Whether the queue answers. */
@Injectable()
export class QueueHealth {
  constructor(
    @Inject(Queues) private readonly queues: Queues,
    @Inject(QueueBackend) private readonly backend: QueueBackend,
  ) {}

  /** Rejects when it does not. */
  async ping(): Promise<void> {
    // Asked first, because a queue whose pool has ended would wait for ever.
    await this.backend.ping();
    await this.queues.get('default').getJobCountByTypes('waiting');
  }
}
