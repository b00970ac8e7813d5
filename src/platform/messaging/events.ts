import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { EventDefinition } from './definitions.js';
import { HandlerRegistry } from './handler-registry.js';
import { checkedPayload, Outbox } from './outbox.js';

/** Tells what has happened. */
@Injectable()
export class Events {
  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(HandlerRegistry) private readonly registry: HandlerRegistry,
  ) {}

  /** Writes one hidden job per listener with the change, in one statement; nothing when nobody listens. */
  async publish<P extends object>(tx: Tx, definition: EventDefinition<P>, payload: NoInfer<P>): Promise<void> {
    const arriving = checkedPayload(definition.name, definition.payload, payload);
    const listeners = this.registry.listenersOf(definition);
    if (listeners.length > 0) await this.outbox.write(tx, listeners, arriving, { visible: false });
  }
}
