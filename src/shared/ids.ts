const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const POOL_BYTES = 4096;
const MAX_MILLIS = 2 ** 48 - 1;

/** The id of nobody and nothing; never given to a row. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

const pool = new Uint8Array(POOL_BYTES);
let poolAt = POOL_BYTES;
let lastMillis = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562), greater than every id made before in this process. The twelve bits of rand_a are a counter that
 * starts at random in its lower half each millisecond; when it runs out, or the clock goes back, the id's time runs ahead.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMillis) {
    lastMillis = now;
    counter = ((randomByte() << 8) | randomByte()) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMillis++;
    counter = 0;
  }
  const variant = HEX[(randomByte() & 0x3f) | 0x80];
  const tail = randomHex() + randomHex() + randomHex() + randomHex() + randomHex() + randomHex();
  return `${timePart(lastMillis)}-7${counter.toString(16).padStart(3, '0')}-${variant}${randomHex()}-${tail}`;
}

/** True for a UUIDv7 in lower case with dashes, the only form ids have here (the nil id is none). */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** The smallest id an instant can have: a border for reading a time range by id. */
export function idFromInstant(instant: Date): string {
  const millis = instant.getTime();
  if (!(millis >= 0 && millis <= MAX_MILLIS)) throw new RangeError('The instant does not fit an id');
  return `${timePart(millis)}-7000-8000-000000000000`;
}

function timePart(millis: number): string {
  const hex = millis.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

function randomHex(): string {
  return HEX[randomByte()];
}

function randomByte(): number {
  if (poolAt === POOL_BYTES) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  return pool[poolAt++];
}
