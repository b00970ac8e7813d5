import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { newId } from '../../../shared/ids.js';
import { AuditFeed, AuditTrail } from '../../audit/index.js';
import { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import { WebhookLimitReached, WebhookNotFound } from '../webhooks.errors.js';
import { WebhookGate } from './webhook-gate.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { type WebhookContent, WebhooksRepository } from './webhooks.repository.js';
import type { CreateWebhook, ListWebhooks, UpdateWebhook, WebhookView, WebhookWithSecret } from './webhooks.shapes.js';

const PAGE_SIZE = 50;
const DEFAULT_OVERLAP_HOURS = 24;

/** The subscriptions of an organization. */
@Injectable()
export class WebhooksService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(WebhooksRepository) private readonly webhooks: WebhooksRepository,
    @Inject(DeliveriesRepository) private readonly deliveries: DeliveriesRepository,
    @Inject(WebhookGate) private readonly gate: WebhookGate,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
    @Inject('webhook trail') private readonly trail: { readonly feed: AuditFeed; readonly audit: AuditTrail },
  ) {}

  async list(scope: Scope, { limit = PAGE_SIZE, cursor }: ListWebhooks): Promise<PageOf<WebhookView>> {
    const list = ['webhooks', scope.organizationId];
    const before = this.gate.placeOf(cursor, list);
    const rows = await this.db.read(scope, (tx) => this.webhooks.page(tx, before, limit + 1));
    return this.gate.page(rows, limit, list);
  }

  get(scope: Scope, id: string): Promise<WebhookView> {
    return this.db.read(scope, async (tx) => found(await this.webhooks.byId(tx, id)));
  }

  // Takes no Idempotency-Key: the stored answer would hold the secret. A URL is there once instead.
  create(scope: Scope, input: CreateWebhook): Promise<WebhookWithSecret> {
    this.gate.assertUrl(input.url);
    const id = newId();
    const secret = this.secrets.make();
    const sealedSecret = this.secrets.seal(secret, { organizationId: scope.organizationId, webhookId: id });
    const { userId: createdBy, type: createdByType } = scope.actor;
    const { url, events, description = null, active = true } = input;
    return this.db.write(scope, async (tx) => {
      const { all } = await this.startFeed(tx, null);
      const { perOrganization } = this.gate.limits;
      if (all >= perOrganization)
        throw WebhookLimitReached({ detail: `An organization has at most ${perOrganization}. Delete one first.` });
      await this.webhooks.insert(tx, {
        id,
        url,
        events,
        description: blankAsNull(description),
        active,
        sealedSecret,
        createdBy,
        createdByType,
      });
      const made = found(await this.webhooks.byId(tx, id));
      await this.record(tx, 'webhook.created', id, { after: factsOf(made) });
      return { ...made, secret };
    });
  }

  update(scope: Scope, id: string, patch: UpdateWebhook): Promise<WebhookView> {
    if (patch.url !== undefined) this.gate.assertUrl(patch.url);
    return this.db.write(scope, async (tx) => {
      const before = found(await this.webhooks.lock(tx, id));
      if (scope.ifMatch !== undefined && scope.ifMatch !== before.version)
        throw EditConflict({ detail: `The webhook has version ${before.version} now.`, extra: { current: factsOf(before) } });
      const wanted = patched(before, patch);
      if (isSame(before, wanted)) return before;
      if (wanted.active && !before.active) await this.enable(tx, id);
      await this.webhooks.change(tx, id, wanted);
      if (!wanted.active && before.active) await this.deliveries.cancelPending(tx, id);
      const after = found(await this.webhooks.byId(tx, id));
      await this.record(tx, 'webhook.updated', id, { before: factsOf(before), after: factsOf(after) });
      return after;
    });
  }

  /** What waits to be sent is dropped; the log of what was sent stays until it has aged out. */
  delete(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, async (tx) => {
      const before = found(await this.webhooks.lock(tx, id));
      await this.webhooks.delete(tx, id);
      await this.deliveries.cancelPending(tx, id);
      await this.record(tx, 'webhook.deleted', id, { before: factsOf(before) });
    });
  }

  rotateSecret(scope: Scope, id: string, overlapHours = DEFAULT_OVERLAP_HOURS): Promise<WebhookWithSecret> {
    const secret = this.secrets.make();
    const sealed = this.secrets.seal(secret, { organizationId: scope.organizationId, webhookId: id });
    return this.db.write(scope, async (tx) => {
      found(await this.webhooks.lock(tx, id));
      await this.webhooks.rotate(tx, id, sealed, overlapHours);
      const after = found(await this.webhooks.byId(tx, id));
      await this.record(tx, 'webhook.secret-rotated', id, { after: factsOf(after) });
      return { ...after, secret };
    });
  }

  private async enable(tx: Tx, id: string): Promise<void> {
    await this.startFeed(tx, id);
    await this.webhooks.newStart(tx, id);
  }

  /** While nobody listens the events are not looked at; the first who does begins with what comes from now on. */
  private async startFeed(tx: Tx, besides: string | null): Promise<{ all: number }> {
    const counts = await this.webhooks.lockList(tx, besides);
    if (counts.active === 0) await this.webhooks.startCursor(tx, await this.trail.feed.newest(tx));
    return counts;
  }

  private record(tx: Tx, action: string, id: string, images: { before?: object; after?: object }): Promise<void> {
    return this.trail.audit.record(tx, { action, resourceType: 'webhook', resourceId: id, ...images });
  }
}

function found(row: WebhookView | undefined): WebhookView {
  if (!row) throw WebhookNotFound();
  return row;
}

function patched(before: WebhookView, { url, events, description, active }: UpdateWebhook): WebhookContent {
  return {
    url: url ?? before.url,
    events: events ?? before.events,
    description: description === undefined ? before.description : blankAsNull(description),
    active: active ?? before.active,
  };
}

function isSame(before: WebhookContent, { url, events, description, active }: WebhookContent): boolean {
  const sameText = before.url === url && before.description === description && before.active === active;
  return sameText && JSON.stringify(before.events) === JSON.stringify(events);
}

function blankAsNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}

/** For the audit trail: a URL may hold what lets somebody in, so only its host is kept. */
function factsOf({ url, events, description, active }: WebhookContent): object {
  return { host: new URL(url).host, events, description, active };
}
