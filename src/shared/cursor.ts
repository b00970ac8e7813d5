import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a cursor may carry: the sort keys of the last row of a page. */
export type CursorValue = string | number | boolean | null;

const MAC_BYTES = 16;
const MAX_TEXT = 4096;

/**
 * An opaque, signed place in a sorted list. The context (list, organization, sort and filters) is signed but not carried, so
 * a cursor works only for the question it was given to.
 */
export function encodeCursor(values: readonly CursorValue[], context: string, key: Buffer): string {
  if (values.some((value) => typeof value === 'number' && !Number.isFinite(value))) throw new RangeError('Numbers in a cursor are finite');
  const payload = Buffer.from(JSON.stringify(values));
  return Buffer.concat([sign(payload, context, key), payload]).toString('base64url');
}

/** The values of a cursor, or undefined when it was changed, cut, or made for another context or with another key. */
export function decodeCursor(text: string, context: string, key: Buffer): CursorValue[] | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Buffer skips foreign characters and unused bits; only the one canonical text is the cursor we gave.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== text) return undefined;
  const payload = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(payload, context, key))) return undefined;
  return JSON.parse(payload.toString()) as CursorValue[];
}

function sign(payload: Buffer, context: string, key: Buffer): Buffer {
  // The length keeps the border between context and payload unmistakable.
  const hmac = createHmac('sha256', key).update(`${context.length}:${context}`).update(payload);
  return hmac.digest().subarray(0, MAC_BYTES);
}
