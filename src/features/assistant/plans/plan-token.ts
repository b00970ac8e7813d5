import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../../shared/json.js';

/** What a confirmation is for: one person, one conversation, exactly this content until this moment. */
export interface Confirmable {
  readonly id: string;
  readonly userId: string;
  readonly conversationId: string;
  /** `contentHash` of what would be done. */
  readonly contentHash: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** One hash of a tool and its steps; the steps carry the versions of their leads, so a lead that changed makes another hash. */
export function contentHash(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('base64url');
}

export function planToken(plan: Confirmable, key: Buffer): string {
  const { id, userId, conversationId, contentHash: hash, expiresAt } = plan;
  return createHmac('sha256', key)
    .update(JSON.stringify([id, userId, conversationId, hash, expiresAt]))
    .digest('base64url');
}

/** Whether a token was given for exactly this plan. */
export function isTokenOf(token: string, plan: Confirmable, key: Buffer): boolean {
  const [given, right] = [Buffer.from(token), Buffer.from(planToken(plan, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}
