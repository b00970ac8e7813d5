import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const PREFIX_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const API_KEY = /^ck_([a-z0-9]{8})\.([A-Za-z0-9_-]{43})$/;

/** A fresh random token of 256 bits, safe in URLs; the prefix tells people and secret scanners what it is. */
export function newToken(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** What is stored in place of a token: without the key a stolen table cannot be tested for guesses, which matters for short codes. */
export function hashToken(token: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(token, 'utf8').digest();
}

/** A code of decimal digits to type from a mail; leading zeros count. */
export function newNumericCode(digits = 6): string {
  if (!Number.isInteger(digits) || digits < 4 || digits > 12) throw new RangeError('A numeric code has 4 to 12 digits.');
  return String(randomInt(10 ** digits)).padStart(digits, '0');
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function isSameSecret(left: Buffer | string, right: Buffer | string): boolean {
  const a = Buffer.from(left as string);
  const b = Buffer.from(right as string);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A new API key: `text` is shown once, everything else is stored. */
export interface NewApiKey {
  readonly text: string;
  readonly prefix: string;
  readonly last4: string;
  readonly hash: Buffer;
}

/** Makes an API key `ck_<prefix>.<secret>`; the prefix finds its row, the hash under the token key proves the whole text. */
export function newApiKey(tokenKey: Buffer): NewApiKey {
  const prefix = Array.from({ length: 8 }, () => PREFIX_ALPHABET[randomInt(PREFIX_ALPHABET.length)]).join('');
  const text = newToken(`ck_${prefix}.`);
  return { text, prefix, last4: text.slice(-4), hash: hashToken(text, tokenKey) };
}

/** The parts of an API key, or undefined when the text cannot be one. */
export function parseApiKey(text: string): { prefix: string; secret: string; last4: string } | undefined {
  const [, prefix, secret] = API_KEY.exec(text) ?? [];
  return prefix === undefined || secret === undefined ? undefined : { prefix, secret, last4: secret.slice(-4) };
}
