import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { OutgoingFailed } from '../../../platform/net/outgoing-failed.js';
import { SafeHttp } from '../../../platform/net/safe-http.js';
import { WebhookSecrets } from '../subscriptions/webhook-secrets.js';
import { WebhookLimits } from '../webhook-limits.js';
import { EVENT_GONE, type Outcome, outcomeOfAnswer, outcomeOfError, type Sent } from './delivery-outcome.js';
import { type AttemptRecord, type DueDelivery, type Lane, LanesRepository, type Receiver } from './lanes.repository.js';
import type { ReadyMessage } from './message-source.js';
import { retryInMs } from './retry-schedule.js';

const KEEP_BYTES = 1_024;
/** Faults of ours, which say nothing of the receiver. */
const OWN_FAULTS: ReadonlySet<string | null> = new Set(['event-gone', 'internal-error']);

interface Task {
  readonly lane: Lane;
  readonly receiver: Receiver;
  readonly delivery: DueDelivery;
  readonly message: ReadyMessage | undefined;
}

/** Makes one attempt and writes down what came of it. */
@Injectable()
export class Attempts {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(LanesRepository) private readonly lanes: LanesRepository,
    @Inject(SafeHttp) private readonly http: SafeHttp,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** A call that the stopping process broke off is no attempt: the message stays in line as it was. */
  async make(task: Task, signal: AbortSignal): Promise<Sent> {
    const startedAt = this.clock.now();
    const outcome = await this.outcome(task, startedAt, signal);
    if (outcome === undefined) return { isDelivered: false, isGone: false, health: undefined, isInterrupted: true };
    const record = this.recordOf(task.delivery, outcome, startedAt);
    const scope = systemScope('webhooks', task.lane.organizationId);
    const health = await this.db.writeOne(scope, (tx) => this.lanes.record(tx, record));
    return { isDelivered: outcome.isDelivered, isGone: outcome.isGone, health, isInterrupted: false };
  }

  private async outcome({ lane, receiver, message }: Task, at: Date, signal: AbortSignal): Promise<Outcome | undefined> {
    if (!message) return EVENT_GONE;
    const body = JSON.stringify(message.content);
    try {
      const signed = this.secrets.sign(receiver.secrets, lane, { id: message.id, at, body });
      const headers = { 'content-type': 'application/json', 'user-agent': 'Concord-Webhooks/1', ...signed };
      const answer = await this.http.post({
        url: receiver.url,
        headers,
        body,
        timeoutMs: this.limits.timeoutMs,
        keepBytes: KEEP_BYTES,
        signal,
      });
      return outcomeOfAnswer(answer, this.clock.now().getTime());
    } catch (error) {
      return error instanceof OutgoingFailed && error.fault === 'interrupted' ? undefined : outcomeOfError(error);
    }
  }

  private recordOf(delivery: DueDelivery, outcome: Outcome, startedAt: Date): AttemptRecord {
    const { status, error, detail, response, retryAfterSeconds, isDelivered, isGone } = outcome;
    const isLast = isDelivered || isGone || error === 'event-gone' || delivery.kind === 'test';
    const retry = isLast ? undefined : retryInMs(delivery.attempts + 1, retryAfterSeconds, this.limits, Math.random);
    return {
      deliveryId: delivery.id,
      state: isDelivered ? 'delivered' : retry === undefined ? 'failed' : 'pending',
      retryInMs: retry ?? null,
      status,
      error,
      detail,
      response,
      startedAt: startedAt.toISOString(),
      durationMs: Math.max(0, this.clock.now().getTime() - startedAt.getTime()),
      counts: delivery.kind !== 'test' && !OWN_FAULTS.has(error),
    };
  }
}
