import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { WebhooksRepository } from '../subscriptions/webhooks.repository.js';
import { WebhookLimits } from '../webhook-limits.js';
import { CleanUpWebhooks } from '../webhooks.jobs.js';
import { DeliveriesRepository } from './deliveries.repository.js';

const BATCH = 2_000;

/** Takes away old messages, and deleted webhooks once nothing of theirs is left. */
@Injectable()
export class DeliveriesUpkeep {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(DeliveriesRepository) private readonly deliveries: DeliveriesRepository,
    @Inject(WebhooksRepository) private readonly webhooks: WebhooksRepository,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
  ) {}

  @Handles(CleanUpWebhooks)
  async cleanUp({ scope, signal }: JobContext): Promise<{ removed: number }> {
    let removed = 0;
    for (let count = BATCH; count === BATCH && !signal.aborted;) {
      count = await this.db.asSystem('clean up webhook deliveries', scope, (tx) =>
        this.deliveries.removeOld(tx, this.limits.keepDays, BATCH),
      );
      removed += count;
    }
    await this.db.asSystem('clean up deleted webhooks', scope, async (tx) => {
      for (const organizationId of await this.deliveries.organizationsWithDeleted(tx)) await this.webhooks.dropDeleted(tx, organizationId);
    });
    return { removed };
  }
}
