import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { MemberDirectory } from '../../organizations/index.js';
import { AuditTrail } from '../../audit/index.js';
import type { WebhooksRepository } from '../subscriptions/webhooks.repository.js';
import type { DisabledReason } from '../subscriptions/webhooks.shapes.js';
import { WebhookLimits } from '../webhook-limits.js';
import { SendWebhookDisabled } from '../webhooks.jobs.js';
import type { DeliveriesRepository } from './deliveries.repository.js';
import type { Sent } from './delivery-outcome.js';
import { mustDisable } from './retry-schedule.js';

interface Rows {
  readonly webhooks: WebhooksRepository;
  readonly deliveries: DeliveriesRepository;
  readonly members: MemberDirectory;
}

/** Switches off receivers that are gone or have failed for days, and tells who looks after the organization. */
@Injectable()
export class WebhookDisabling {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject('webhook rows') private readonly rows: Rows,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(WebhookLimits) private readonly limits: WebhookLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async afterRound(scope: Scope, webhookId: string, sent: readonly Sent[]): Promise<void> {
    if (sent.some(({ isGone }) => isGone)) return this.disable(scope, webhookId, 'gone');
    if (sent.some(({ health }) => health && mustDisable(health, this.clock.now(), this.limits)))
      return this.disable(scope, webhookId, 'failing');
  }

  private disable(scope: Scope, webhookId: string, reason: DisabledReason): Promise<void> {
    return this.db.write(scope, async (tx) => {
      const disabled = await this.rows.webhooks.disable(tx, webhookId, reason);
      if (!disabled) return;
      await this.rows.deliveries.cancelPending(tx, webhookId);
      const { events, url } = disabled;
      await this.audit.record(tx, {
        action: 'webhook.disabled',
        resourceType: 'webhook',
        resourceId: webhookId,
        before: { events, active: true },
        after: { events, active: false, reason },
      });
      const facts = { host: new URL(url).host, reason, at: this.clock.now().toISOString() };
      for (const { email } of await this.rows.members.administrators(tx))
        await this.jobs.enqueue(tx, SendWebhookDisabled, { to: email, ...facts }, { visible: false });
    });
  }
}
