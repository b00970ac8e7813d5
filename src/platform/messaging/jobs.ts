import { Inject, Injectable } from '@nestjs/common';
import { misuse } from '../database/failures.js';
import type { Tx } from '../database/tx.js';
import type { JobDefinition } from './definitions.js';
import { checkedPayload, Outbox } from './outbox.js';

export interface EnqueueOptions {
  /** Not before this moment. */
  readonly runAt?: Date | string;
  /** False for work behind the scenes, such as a mail: then only administrators see it. Default true. */
  readonly visible?: boolean;
}

/** Starts jobs. */
@Injectable()
export class Jobs {
  constructor(@Inject(Outbox) private readonly outbox: Outbox) {}

  /** Writes the job with the change it belongs to, in one statement; it runs after the commit. Gives its id. */
  async enqueue<P extends object>(
    tx: Tx,
    definition: JobDefinition<P>,
    payload: NoInfer<P>,
    options: EnqueueOptions = {},
  ): Promise<string> {
    const arriving = checkedPayload(definition.name, definition.payload, payload);
    const job = { name: definition.name, queue: definition.queue, onceKey: definition.once?.(payload) };
    const [id] = await this.outbox.write(tx, [job], arriving, options);
    if (id === undefined) throw misuse(`"${definition.name}" was not written`);
    return id;
  }
}
