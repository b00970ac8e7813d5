import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { newId } from '../../../shared/ids.js';
import { AuditFeed, AuditTrail } from '../../audit/index.js';
import { eventTypeOf, isSubscribed } from '../events/event-catalogue.js';
import { WebhooksRepository } from '../subscriptions/webhooks.repository.js';
import { WebhookLimits } from '../webhook-limits.js';
import { ReplayRangeUnclear, WebhookInactive, WebhookNotFound } from '../webhooks.errors.js';
import { type ReplayPayload, ReplayWebhookEvents } from '../webhooks.jobs.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { ReplayEvents } from './deliveries.shapes.js';
import { WEBHOOKS_DUE_TOPIC } from './webhooks-due-topic.js';

const BATCH = 200;

/** Where a replay has come to. */
interface ReplayState {
  readonly nextSeq: number;
  readonly events: number;
}

/** What a replay came to: how many events were put in line and, when there are more, where to go on. */
export interface ReplayResult {
  readonly events: number;
  readonly nextSeq: number | null;
}

interface Trail {
  readonly audit: AuditTrail;
  readonly feed: AuditFeed;
  readonly bus: Bus;
}

/** Sends a range of past events again, as a job. */
@Injectable()
export class ReplaysService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject('webhook tables') private readonly rows: { readonly webhooks: WebhooksRepository; readonly deliveries: DeliveriesRepository },
    @Inject('replay trail') private readonly trail: Trail,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
  ) {}

  /** Gives the job. */
  start(scope: Scope, webhookId: string, { since, fromSeq }: ReplayEvents): Promise<{ jobId: string }> {
    return this.db.write(scope, async (tx) => {
      const webhook = await this.rows.webhooks.lock(tx, webhookId);
      if (!webhook) throw WebhookNotFound();
      if ((since === undefined) === (fromSeq === undefined)) throw ReplayRangeUnclear({ detail: 'Give either since or fromSeq.' });
      if (!webhook.active) throw WebhookInactive({ detail: 'Switch it on first.' });
      const toSeq = await this.trail.feed.newest(tx);
      const range = since === undefined ? { fromSeq } : { since };
      await this.trail.audit.record(tx, { action: 'webhook.replayed', resourceType: 'webhook', resourceId: webhookId, after: range });
      return {
        jobId: await this.jobs.enqueue(tx, ReplayWebhookEvents, { webhookId, since: since ?? null, fromSeq: fromSeq ?? null, toSeq }),
      };
    });
  }

  @Handles(ReplayWebhookEvents)
  async run(context: JobContext<ReplayPayload>): Promise<ReplayResult> {
    const { scope, payload, signal } = context;
    const { toSeq } = payload;
    let state = context.state<ReplayState>() ?? { nextSeq: await this.firstSeq(scope, payload), events: 0 };
    const firstSeq = state.nextSeq;
    while (state.nextSeq <= toSeq && state.events < this.limits.replayMost) {
      signal.throwIfAborted();
      const from = state;
      const next: ReplayState | undefined = await this.db.write(scope, (tx) => this.batch(tx, context, from));
      if (!next) return { events: state.events, nextSeq: null };
      state = next;
      context.progress(state.nextSeq - firstSeq, toSeq - firstSeq + 1, `${state.events} events`);
    }
    return { events: state.events, nextSeq: state.nextSeq <= toSeq ? state.nextSeq : null };
  }

  /** Undefined when the webhook is not there or switched off any more. */
  private async batch(tx: Tx, context: JobContext<ReplayPayload>, state: ReplayState): Promise<ReplayState | undefined> {
    const { webhookId, toSeq } = context.payload;
    const webhook = await this.rows.webhooks.lock(tx, webhookId);
    if (!webhook?.active) return undefined;
    const room = Math.min(BATCH, this.limits.replayMost - state.events, toSeq - state.nextSeq + 1);
    const events = await this.trail.feed.after(tx, state.nextSeq - 1, room);
    const wanted = events.filter(({ action }) => eventTypeOf(action) && isSubscribed(webhook.events, action));
    await this.rows.deliveries.insert(
      tx,
      'replay',
      wanted.map(({ action, seq }) => ({ id: newId(), webhookId, eventType: action, seq })),
    );
    const next = { nextSeq: (events.at(-1)?.seq ?? toSeq) + 1, events: state.events + wanted.length };
    await context.saveState(tx, next);
    await this.trail.bus.publish(tx, WEBHOOKS_DUE_TOPIC, '');
    return next;
  }

  /** Numbers have no gaps and follow the time, so the first event of a moment is found by halving. */
  private firstSeq(scope: Scope, { since, fromSeq, toSeq }: ReplayPayload): Promise<number> {
    if (since === null) return Promise.resolve(fromSeq ?? 1);
    const from = new Date(since).toISOString();
    return this.db.read(scope, async (tx) => {
      let [low, high] = [1, toSeq + 1];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [event] = await this.trail.feed.after(tx, middle - 1, 1);
        if (event && event.occurredAt >= from) high = middle;
        else low = middle + 1;
      }
      return low;
    });
  }
}
