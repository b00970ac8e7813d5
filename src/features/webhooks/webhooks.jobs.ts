import { Email, Id, Instant, Int, OneOf, Text } from '../../platform/http/shapes/fields.js';
import { job, schedule } from '../../platform/messaging/definitions.js';
import { DISABLED_REASONS, type DisabledReason } from './subscriptions/webhooks.shapes.js';

export class WebhookDisabledPayload {
  @Email() to: string;
  @Text({ max: 260 }) host: string;
  @OneOf(DISABLED_REASONS) reason: DisabledReason;
  @Instant() at: string;
}

export const SendWebhookDisabled = job({
  name: 'webhooks.send-disabled',
  queue: 'mail',
  payload: WebhookDisabledPayload,
  attempts: 8,
  timeoutMs: 30_000,
});

export class ReplayPayload {
  @Id() webhookId: string;
  @Instant({ nullable: true }) since: string | null;
  @Int({ min: 1, nullable: true }) fromSeq: number | null;
  /** The newest event when it was asked for: what comes later is sent anyway. */
  @Int({ min: 0 }) toSeq: number;
}

export const ReplayWebhookEvents = job({
  name: 'webhooks.replay',
  queue: 'default',
  payload: ReplayPayload,
  attempts: 5,
  timeoutMs: 300_000,
});

export const CleanUpWebhooks = schedule({ name: 'webhooks.clean-up', every: 3_600, timeoutMs: 600_000 });
