import { Bool, Id, Instant, Int, JsonObject, ListOf, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { mergePatchOf } from '../../../platform/http/shapes/builders.js';
import { TARGET_URL_MAX } from '../../../platform/net/target-url.js';
import { EVENT_PATTERNS, EVENT_TYPES } from '../events/event-catalogue.js';

export const DISABLED_REASONS = ['by-hand', 'failing', 'gone'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

const URL_FIELD = { max: TARGET_URL_MAX, min: 1, example: 'https://hooks.example.com/concord' } as const;
const EVENTS = { max: 100, min: 1, unique: true, example: ['lead.created', 'member.*'] } as const;
const DESCRIPTION = { max: 300, example: 'Feeds the data warehouse' } as const;

export class CreateWebhook {
  @Text({
    ...URL_FIELD,
    description:
      'Where messages are sent by POST. https and a public address; the address is looked up and checked again before each message.',
  })
  url: string;
  @ListOf(EVENT_PATTERNS, { ...EVENTS, description: 'Types of GET /webhooks/event-types; `lead.*` for all of a kind, `*` for everything.' })
  events: string[];
  @Text({ ...DESCRIPTION, optional: true }) description?: string;
  @Bool({ optional: true, description: 'Whether events are sent; true unless said.', example: true }) active?: boolean;
}

export class UpdateWebhook extends mergePatchOf(CreateWebhook) {}

export class WebhookView {
  @Id() id: string;
  @Text(URL_FIELD) url: string;
  @ListOf('text', { max: 100, maxLength: 100, example: ['lead.created', 'member.*'] }) events: string[];
  @Text({ ...DESCRIPTION, nullable: true }) description: string | null;
  @Bool() active: boolean;
  @Text({
    max: 20,
    nullable: true,
    description: 'Why it is switched off: by-hand, failing or gone (the receiver answered 410).',
    example: null,
  })
  disabledReason: string | null;
  @Instant({ nullable: true, example: null }) disabledAt: string | null;
  @Id({ description: 'Who made it. It goes on working when they leave, because it belongs to the organization.' }) createdBy: string;
  @Text({ max: 20, description: 'Whether a person or a key of theirs made it.', example: 'user' }) createdByType: string;
  @Instant({ nullable: true, description: 'Until then messages are signed with the secret before, too.', example: null })
  previousSecretUntil: string | null;
  @Int({ min: 0, description: 'Failed attempts since the last success.', example: 0 }) failures: number;
  @Instant({ nullable: true, example: null }) failingSince: string | null;
  @Instant({ nullable: true }) lastSuccessAt: string | null;
  @Int({ min: 1, example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class WebhookWithSecret extends WebhookView {
  @Text({
    max: 100,
    description: 'Shown this once: verify messages with it by any library of standardwebhooks.com.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  secret: string;
}

export class ListWebhooks {
  @Int({ min: 1, max: 100, optional: true, default: 50 }) limit?: number;
  @Text({ max: 1000, optional: true }) cursor?: string;
}

export class RotateWebhookSecret {
  @Int({ min: 0, max: 168, optional: true, default: 24, example: 24, description: 'Hours in which the old secret signs, too.' })
  overlapHours?: number;
}

export class TestWebhook {
  @OneOf(EVENT_TYPES.map(({ type }) => type), {
    optional: true,
    description: 'Whose example is sent; lead.created unless said.',
    example: 'lead.created',
  })
  eventType?: string;
}

export class EventTypeView {
  @Text({ max: 100, example: 'lead.moved' }) type: string;
  @Text({ max: 500, example: 'A lead went to another stage.' }) description: string;
  @ListOf('text', {
    max: 100,
    maxLength: 100,
    description: 'Facts `data` and `previous` may hold.',
    example: ['status', 'statusName', 'version'],
  })
  facts: string[];
  @JsonObject({
    description: 'A whole message as it is sent, with invented values.',
    example: { type: 'lead.moved', data: { status: 'won' } },
  })
  example: Record<string, unknown>;
}

export class EventTypeList {
  @ListOfShape(() => EventTypeView) items: EventTypeView[];
}
