import { Id, Instant, Int, JsonObject, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type DeliveryKind = 'event' | 'replay' | 'test';

export class DeliveryView {
  @Id() id: string;
  @Id() webhookId: string;
  @Text({
    max: 120,
    description: 'The `webhook-id` header: the same for all attempts and replays of an event.',
    example: 'evt_01936f2e7c1a7b529c1e5d6a1f0b2c3d_42',
  })
  messageId: string;
  @Text({ max: 20, description: 'event, replay or test.', example: 'event' }) kind: string;
  @Text({ max: 100, example: 'lead.created' }) eventType: string;
  @Int({ min: 1, nullable: true, description: 'Place of the event in the order of the organization; null for a test.', example: 42 })
  sequence: number | null;
  @Text({
    max: 20,
    description: 'pending, delivered, failed (given up) or cancelled (the webhook was switched off).',
    example: 'delivered',
  })
  state: string;
  @Int({ min: 0, example: 1 }) attempts: number;
  @Instant({ nullable: true, description: 'When it is tried next.', example: null }) nextAttemptAt: string | null;
  @Int({ min: 100, max: 999, nullable: true, description: 'HTTP status of the last answer.', example: 204 }) lastStatus: number | null;
  @Text({ max: 60, nullable: true, description: 'Why the last attempt failed.', example: null }) lastError: string | null;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class DeliveryAttempt {
  @Int({ min: 1, example: 1 }) number: number;
  @Instant() startedAt: string;
  @Int({ min: 0, description: 'Milliseconds from the start to the answer.', example: 120 }) durationMs: number;
  @Int({ min: 100, max: 999, nullable: true, example: 204 }) status: number | null;
  @Text({ max: 60, nullable: true, example: null }) error: string | null;
  @Text({ max: 500, nullable: true, description: 'The error in words.', example: null }) detail: string | null;
  @Text({ max: 1200, nullable: true, description: 'The beginning of what the receiver answered, up to 1 kB.', example: 'ok' }) response:
    string | null;
}

export class DeliveryDetails extends DeliveryView {
  @JsonObject({
    nullable: true,
    description: 'The message as it would be sent now; null when the event is not sent any more.',
    example: { type: 'lead.created', sequence: 42, data: { name: 'Ana Duarte' } },
  })
  message: Record<string, unknown> | null;
  @ListOfShape(() => DeliveryAttempt, { description: 'First attempt first.' }) log: DeliveryAttempt[];
}

export class ListDeliveries {
  @OneOf(DELIVERY_STATES, { optional: true, example: 'failed' }) state?: DeliveryState;
  @Int({ min: 1, max: 100, optional: true, default: 50 }) limit?: number;
  @Text({ max: 1000, optional: true }) cursor?: string;
}

export class ReplayEvents {
  @Instant({ optional: true, description: 'Send again what happened from this moment on.', example: '2026-11-20T00:00:00.000Z' })
  since?: string;
  @Int({ min: 1, optional: true, description: 'Instead of `since`: send again from this `sequence` on.', example: 42 }) fromSeq?: number;
}
