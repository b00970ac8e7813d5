import { createHmac } from 'node:crypto';
import type { ProofShape } from './proof.shapes.js';

/** What a token may be used for; one made for a purpose is nothing in another flow. */
export type TokenPurpose = 'verify-email' | 'reset-password' | 'change-email';

/** Wrong codes a token survives; guesses at the long token cannot hit and need no count. */
export const MAX_CODE_FAILURES = 5;

/** Tokens of one purpose somebody may have sent in an hour; more are not mailed. */
export const MAX_TOKENS_PER_HOUR = 5;

const MINUTES: Readonly<Record<TokenPurpose, number>> = { 'verify-email': 1440, 'reset-password': 30, 'change-email': 1440 };
const CODE_DIGITS = 6;

/** How long a token lives, in minutes. */
export function tokenLifeMinutes(purpose: TokenPurpose): number {
  return MINUTES[purpose];
}

/**
 * The secrets of a token, made from its id and a key outside the database: the mail job can make the same ones again when it is tried
 * twice, so a second copy of a mail does not spoil the first, and no queue ever holds them.
 */
export function tokenSecrets(key: Buffer, purpose: TokenPurpose, id: string): { token: string; code: string } {
  const token = mac(key, `token|${purpose}|${id}`).toString('base64url');
  // 48 bits over a million codes: the bias is below one in two hundred million.
  const number = mac(key, `code|${purpose}|${id}`).readUIntBE(0, 6) % 10 ** CODE_DIGITS;
  return { token, code: String(number).padStart(CODE_DIGITS, '0') };
}

/** What a caller shows: the long token of the link, or address and code. */
export type Proof = { readonly token: string } | { readonly email: string; readonly code: string };

/** The proof in a request; undefined when it is neither or both. */
export function proofOf(given: Pick<ProofShape, 'token' | 'email' | 'code'>): Proof | undefined {
  const { token, email, code } = given;
  if (token !== undefined) return email === undefined && code === undefined ? { token } : undefined;
  return email !== undefined && code !== undefined ? { email, code } : undefined;
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
