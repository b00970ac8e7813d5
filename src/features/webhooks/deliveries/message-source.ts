import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import type { Tx } from '../../../platform/database/tx.js';
import { AuditFeed, type SealedEvent } from '../../audit/index.js';
import { eventTypeOf } from '../events/event-catalogue.js';
import { type EventMessage, exampleMessageOf, messageIdOf, messageOf } from '../events/event-message.js';

/** As much of a delivery as its message is made of. */
export interface MessageRequest {
  readonly id: string;
  readonly eventType: string;
  /** Null for a test. */
  readonly seq: number | null;
}

export interface ReadyMessage {
  /** The `webhook-id` header. */
  readonly id: string;
  readonly content: EventMessage;
}

// Neighbours in the trail are read together up to this distance.
const SPAN = 100;

/** Makes messages from the trail whenever they are sent: what was erased there is gone from here too. */
@Injectable()
export class MessageSource {
  constructor(
    @Inject(AuditFeed) private readonly feed: AuditFeed,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The messages in the order asked for; undefined in place of an event that is not sent (any more). */
  async messages(tx: Tx, wanted: readonly MessageRequest[]): Promise<(ReadyMessage | undefined)[]> {
    const events = await this.eventsAt(
      tx,
      wanted.flatMap(({ seq }) => seq ?? []),
    );
    return wanted.map((one) => (one.seq === null ? this.test(tx, one) : made(tx, one.eventType, events.get(one.seq))));
  }

  private test(tx: Tx, { id, eventType }: MessageRequest): ReadyMessage | undefined {
    const type = eventTypeOf(eventType);
    const content = type && exampleMessageOf(type, tx.scope.organizationId, this.clock.now().toISOString());
    return content && { id: `test_${id.replaceAll('-', '')}`, content };
  }

  private async eventsAt(tx: Tx, seqs: readonly number[]): Promise<ReadonlyMap<number, SealedEvent>> {
    const found = new Map<number, SealedEvent>();
    for (const seq of [...seqs].sort((a, b) => a - b)) {
      if (found.has(seq)) continue;
      const last = Math.max(...seqs.filter((one) => one < seq + SPAN));
      for (const event of await this.feed.after(tx, seq - 1, last - seq + 1)) found.set(event.seq, event);
    }
    return found;
  }
}

function made({ scope: { organizationId } }: Tx, eventType: string, event: SealedEvent | undefined): ReadyMessage | undefined {
  const type = eventTypeOf(eventType);
  if (!type || !event || event.action !== eventType) return undefined;
  return { id: messageIdOf(organizationId, event.seq), content: messageOf(type, organizationId, event) };
}
