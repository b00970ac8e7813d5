import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { type Scope, systemScope } from '../../../platform/database/scope.js';
import { WebhookLimits } from '../webhook-limits.js';
import { Attempts } from './attempts.js';
import type { Sent } from './delivery-outcome.js';
import { type DueDelivery, type Lane, LanesRepository, type Receiver } from './lanes.repository.js';
import { type ReadyMessage, MessageSource } from './message-source.js';
import { pauseMs } from './retry-schedule.js';
import { WebhookDisabling } from './webhook-disabling.js';

/** After so many rounds others have their turn. */
const MOST_ROUNDS = 100;
/** Beyond the time an attempt may take, for reading and writing around it. */
const CLAIM_MARGIN_SECONDS = 30;

/** Tells a run when to end. */
export interface Stopping {
  isOpen(): boolean;
  /** Aborted when calls that are on their way must end, too. */
  readonly signal: AbortSignal;
}

interface Round {
  readonly receiver: Receiver;
  readonly due: readonly DueDelivery[];
  readonly messages: readonly (ReadyMessage | undefined)[];
}

/** One turn of one receiver: its due messages in their order, a few at a time, until none is left or it fails. */
@Injectable()
export class LaneRun {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(LanesRepository) private readonly lanes: LanesRepository,
    @Inject(MessageSource) private readonly source: MessageSource,
    @Inject(Attempts) private readonly attempts: Attempts,
    @Inject(WebhookDisabling) private readonly disabling: WebhookDisabling,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
  ) {}

  /** How long a claim holds without being renewed. */
  get claimSeconds(): number {
    return Math.ceil(this.limits.timeoutMs / 1000) + CLAIM_MARGIN_SECONDS;
  }

  async send(lane: Lane, stopping: Stopping): Promise<void> {
    const scope = systemScope('webhooks', lane.organizationId);
    let pause = 0;
    for (let rounds = 0; rounds < MOST_ROUNDS && stopping.isOpen() && pause === 0; rounds++) {
      // What was claimed a moment ago is ours; later another process may have taken it over.
      if (rounds > 0 && !(await this.db.writeOne(scope, (tx) => this.lanes.keep(tx, lane, this.claimSeconds)))) return;
      const round = await this.nextRound(scope, lane);
      if (!round) break;
      const sent = await Promise.all(
        round.due.map((delivery, index) =>
          this.attempts.make({ lane, receiver: round.receiver, delivery, message: round.messages[index] }, stopping.signal),
        ),
      );
      pause = this.pauseAfter(sent);
      await this.disabling.afterRound(scope, lane.webhookId, sent);
    }
    await this.db.write(scope, (tx) => this.lanes.release(tx, lane, pause));
  }

  private nextRound(scope: Scope, { webhookId }: Lane): Promise<Round | undefined> {
    return this.db.read(scope, async (tx) => {
      const [receiver, due] = await Promise.all([this.lanes.receiver(tx, webhookId), this.lanes.due(tx, webhookId, this.limits.inFlight)]);
      if (!receiver || due.length === 0) return undefined;
      return { receiver, due, messages: await this.source.messages(tx, due) };
    });
  }

  private pauseAfter(sent: readonly Sent[]): number {
    const counted = sent.flatMap(({ health }) => health ?? []);
    if (counted.length === 0 || sent.some(({ isDelivered }) => isDelivered)) return 0;
    return pauseMs(Math.max(...counted.map(({ failures }) => failures)), this.limits.pauseSeconds);
  }
}
