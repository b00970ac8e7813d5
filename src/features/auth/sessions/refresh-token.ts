import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'rt_';
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
// Exactly as many characters as an id, a generation and a MAC of 32 bytes take.
const TEXT = /^rt_[A-Za-z0-9_-]{70}$/;

/** What a refresh token says of itself before anybody has checked it. */
export interface RefreshTokenParts {
  readonly sessionId: string;
  readonly generation: number;
  readonly mac: Buffer;
}

/**
 * The token of one generation of a session. It follows from the session's random seed and a key outside the database, so the successor a
 * race gave to the winner can be made again for the loser although no token is stored; neither the table nor the key alone makes one.
 */
export function refreshToken(key: Buffer, session: { id: string; seed: Buffer }, generation: number): string {
  const head = headOf(session.id, generation);
  return PREFIX + Buffer.concat([head, macOf(key, session.seed, head)]).toString('base64url');
}

/** Reads the parts of a token; undefined when the text cannot be one. */
export function readRefreshToken(text: string): RefreshTokenParts | undefined {
  if (!TEXT.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  const hex = bytes.toString('hex', 0, ID_BYTES);
  const sessionId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { sessionId, generation: bytes.readUInt32BE(ID_BYTES), mac: bytes.subarray(ID_BYTES + GENERATION_BYTES) };
}

/** Tells whether we made these parts for a session with this seed. */
export function isGenuine(key: Buffer, seed: Buffer, parts: RefreshTokenParts): boolean {
  return timingSafeEqual(macOf(key, seed, headOf(parts.sessionId, parts.generation)), parts.mac);
}

function headOf(sessionId: string, generation: number): Buffer {
  const head = Buffer.alloc(ID_BYTES + GENERATION_BYTES);
  head.write(sessionId.replaceAll('-', ''), 'hex');
  head.writeUInt32BE(generation, ID_BYTES);
  return head;
}

function macOf(key: Buffer, seed: Buffer, head: Buffer): Buffer {
  return createHmac('sha256', key).update(seed).update(head).digest();
}
