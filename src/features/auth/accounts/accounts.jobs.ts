import { Id, Instant, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

/** Names the row of the token that is wanted; the token itself is made when the mail is sent. */
export class TokenMailPayload {
  @Id() tokenId: string;
}

export const NOTICES = [
  'already-registered',
  'password-changed',
  'lockout',
  'email-changed',
  'session-revoked',
  'api-key-created',
] as const;
export type Notice = (typeof NOTICES)[number];

/** What somebody is told; holds no secret. */
export class NoticePayload {
  @Id() userId: string;
  @OneOf(NOTICES) notice: Notice;
  @Instant() at: string;
  @Text({ max: 64, nullable: true }) address: string | null;
  /** Where it goes when not to the account's address: the address before a change. */
  @Text({ max: 254, optional: true }) to?: string;
  /** Number of failed attempts, name of the key. */
  @Text({ max: 200, optional: true }) subject?: string;
  /** Seconds a login is locked; organization of the key. */
  @Text({ max: 200, optional: true }) detail?: string;
}

export const SendTokenMail = job({
  name: 'auth.send-token-mail',
  queue: 'mail',
  payload: TokenMailPayload,
  attempts: 8,
  timeoutMs: 20_000,
});
export const SendNotice = job({ name: 'auth.send-notice', queue: 'mail', payload: NoticePayload, attempts: 5, timeoutMs: 20_000 });
