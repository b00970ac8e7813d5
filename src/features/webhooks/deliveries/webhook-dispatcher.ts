import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { AuditFeed, type SealedEvent } from '../../audit/index.js';
import { eventTypeOf, isSubscribed } from '../events/event-catalogue.js';
import { DeliveriesRepository, type NewDelivery } from './deliveries.repository.js';
import { type ActiveWebhook, DispatchingRepository } from './dispatching.repository.js';

const BATCH = 200;
/** After so many events of one organization others have their turn. */
const BATCHES_A_TURN = 5;

/** Turns sealed events into messages in line, each once: what was looked at and what came of it are one transaction. */
@Injectable()
export class WebhookDispatcher {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(DispatchingRepository) private readonly rows: DispatchingRepository,
    @Inject(DeliveriesRepository) private readonly deliveries: DeliveriesRepository,
    @Inject(AuditFeed) private readonly feed: AuditFeed,
  ) {}

  /** Organizations somebody listens to. */
  listening(among?: readonly string[]): Promise<string[]> {
    return this.db.asSystem('find webhooks', systemScope('webhooks'), (tx) => this.rows.listening(tx, among));
  }

  /** Looks at events of an organization that nobody looked at yet; `made` messages were put in line, and `isMore` events may be left. */
  async turn(organizationId: string): Promise<{ made: number; isMore: boolean }> {
    let [total, isMore] = [0, true];
    for (let batches = 0; isMore && batches < BATCHES_A_TURN; batches++) {
      const { seen, made } = await this.db.write(systemScope('webhooks', organizationId), (tx) => this.batch(tx));
      total += made;
      isMore = seen === BATCH;
    }
    return { made: total, isMore };
  }

  private async batch(tx: Tx): Promise<{ seen: number; made: number }> {
    const from = await this.rows.lockCursor(tx);
    if (from === undefined) return { seen: 0, made: 0 };
    const events = await this.feed.after(tx, from, BATCH);
    const last = events.at(-1);
    if (!last) return { seen: 0, made: 0 };
    const webhooks = await this.rows.active(tx);
    const made = await this.deliveries.insert(tx, 'event', matches(events, webhooks));
    await this.rows.moveCursor(tx, last.seq);
    return { seen: events.length, made };
  }
}

/** One message for each event and each webhook that wants it, in the order of the events. */
export function matches(events: readonly SealedEvent[], webhooks: readonly ActiveWebhook[]): NewDelivery[] {
  return events.flatMap(({ action, seq, occurredAt }) => {
    if (!eventTypeOf(action)) return [];
    return webhooks
      .filter(({ events: patterns, enabledAt }) => occurredAt >= enabledAt && isSubscribed(patterns, action))
      .map((webhook) => ({ id: newId(), webhookId: webhook.id, eventType: action, seq }));
  });
}
