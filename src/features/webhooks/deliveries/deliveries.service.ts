import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { WebhookGate } from '../subscriptions/webhook-gate.js';
import { WebhooksRepository } from '../subscriptions/webhooks.repository.js';
import type { WebhookView } from '../subscriptions/webhooks.shapes.js';
import { DeliveryNotFound, TestNotReplayed, WebhookInactive, WebhookNotFound } from '../webhooks.errors.js';
import { DeliveriesRepository, type NewDelivery } from './deliveries.repository.js';
import type { DeliveryDetails, DeliveryKind, DeliveryView, ListDeliveries } from './deliveries.shapes.js';
import { MessageSource } from './message-source.js';
import { WEBHOOKS_DUE_TOPIC } from './webhooks-due-topic.js';

const PAGE_SIZE = 50;
const TEST_TYPE = 'lead.created';

/** The log of what was sent, and sending by hand. */
@Injectable()
export class DeliveriesService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject('webhook tables') private readonly rows: { readonly webhooks: WebhooksRepository; readonly deliveries: DeliveriesRepository },
    @Inject(MessageSource) private readonly source: MessageSource,
    @Inject(WebhookGate) private readonly gate: WebhookGate,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Newest first. */
  async list(scope: Scope, webhookId: string, { state, limit = PAGE_SIZE, cursor }: ListDeliveries): Promise<PageOf<DeliveryView>> {
    const list = ['deliveries', scope.organizationId, webhookId, state];
    const before = this.gate.placeOf(cursor, list);
    const rows = await this.db.read(scope, async (tx) => {
      const [webhook, page] = await Promise.all([
        this.rows.webhooks.byId(tx, webhookId),
        this.rows.deliveries.page(tx, webhookId, { state, before, limit: limit + 1 }),
      ]);
      if (!webhook) throw WebhookNotFound();
      return page;
    });
    return this.gate.page(rows, limit, list);
  }

  get(scope: Scope, webhookId: string, id: string): Promise<DeliveryDetails> {
    return this.db.read(scope, async (tx) => {
      const delivery = await this.found(tx, webhookId, id);
      const wanted = { id, eventType: delivery.eventType, seq: delivery.sequence };
      const [log, [message]] = await Promise.all([this.rows.deliveries.attempts(tx, id), this.source.messages(tx, [wanted])]);
      return { ...delivery, message: message ? { ...message.content } : null, log };
    });
  }

  /** Sends the example of an event; once, and also while the webhook is switched off. */
  test(scope: Scope, webhookId: string, eventType: string = TEST_TYPE): Promise<DeliveryView> {
    return this.db.write(scope, async (tx) => {
      const webhook = await this.webhook(tx, webhookId);
      return this.sendAgain(tx, webhook, { kind: 'test', action: 'webhook.tested', eventType, seq: null });
    });
  }

  /** Sends the event of a delivery once more, whatever came of it before; the first entry of the log stays. */
  replay(scope: Scope, webhookId: string, id: string): Promise<DeliveryView> {
    return this.db.write(scope, async (tx) => {
      const webhook = await this.webhook(tx, webhookId);
      const { eventType, sequence: seq } = await this.found(tx, webhookId, id);
      if (seq === null) throw TestNotReplayed({ detail: 'Send another test with POST /webhooks/{id}/test.' });
      if (!webhook.active) throw WebhookInactive({ detail: 'Switch it on first.' });
      return this.sendAgain(tx, webhook, { kind: 'replay', action: 'webhook.replayed', eventType, seq });
    });
  }

  private async sendAgain(
    tx: Tx,
    { id: webhookId, events, active }: WebhookView,
    { kind, action, eventType, seq }: { kind: DeliveryKind; action: string; eventType: string; seq: number | null },
  ): Promise<DeliveryView> {
    const delivery: NewDelivery = { id: newId(), webhookId, eventType, seq };
    await this.rows.deliveries.insert(tx, kind, [delivery]);
    const after = { events, active, eventType, ...(seq === null ? {} : { fromSeq: seq }) };
    await this.audit.record(tx, { action, resourceType: 'webhook', resourceId: webhookId, after });
    await this.bus.publish(tx, WEBHOOKS_DUE_TOPIC, '');
    return this.found(tx, webhookId, delivery.id);
  }

  private async webhook(tx: Tx, id: string): Promise<WebhookView> {
    const webhook = await this.rows.webhooks.lock(tx, id);
    if (!webhook) throw WebhookNotFound();
    return webhook;
  }

  private async found(tx: Tx, webhookId: string, id: string): Promise<DeliveryView> {
    const [webhook, delivery] = [await this.rows.webhooks.byId(tx, webhookId), await this.rows.deliveries.byId(tx, webhookId, id)];
    if (!webhook) throw WebhookNotFound();
    if (!delivery) throw DeliveryNotFound();
    return delivery;
  }
}
