/**
 * Order keys of cards: base-62 strings compared byte by byte (`collate "C"`). A key is a whole number of variable length
 * (the first letter tells how many digits follow: `a` one, `b` two, ... upwards; `Z` one, `Y` two, ... downwards), then a
 * fraction, then jitter. Appending counts the whole number up, so a column that is only appended to keeps short keys.
 * `migrations/sql/rank.ts` holds the same algorithm for the database; a database test compares the two byte for byte.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;
const MIDDLE = 'V';
const FIRST = 'a0';
const KEY = /^[0-9A-Za-z]*[1-9A-Za-z]$/;
const JITTER = /^[0-9A-Za-z]*$/;
const JITTER_LENGTH = 5;
const VALUE_OF_CODE = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, DIGITS.indexOf(String.fromCharCode(code))));

/** True for a key that `rankBetween` accepts as a neighbour. */
export function isRank(text: string): boolean {
  return KEY.test(text);
}

/** Five base-62 digits from the last eight hex digits of an id: the random tail, so ids made together still differ. */
export function rankJitter(id: string): string {
  const tail = /[0-9a-f]{8}$/.exec(id)?.[0];
  if (tail === undefined) throw new RangeError(`The id does not end in eight hex digits: ${id}`);
  let rest = Number.parseInt(tail, 16);
  let digits = '';
  for (let i = 0; i < JITTER_LENGTH; i++) {
    digits = DIGITS[rest % BASE] + digits;
    rest = Math.floor(rest / BASE);
  }
  return digits;
}

/**
 * A key strictly between two neighbours, null meaning the open end of the column. The jitter comes from the moved row's own
 * id, so rows that go into one gap at the same time get different keys as long as their jitters differ.
 */
export function rankBetween(before: string | null, after: string | null, jitter: string): string {
  if (before !== null && !KEY.test(before)) throw new RangeError(`Not an order key: ${before}`);
  if (after !== null && !KEY.test(after)) throw new RangeError(`Not an order key: ${after}`);
  if (!JITTER.test(jitter)) throw new RangeError(`Not a jitter: ${jitter}`);
  if (before !== null && after !== null && before >= after) throw new RangeError(`Order keys out of order: ${before} >= ${after}`);
  return finish(stem(before, after) + jitter);
}

/** Short keys, evenly spread in ascending order, for writing a column anew; each gap takes dozens of cards before it grows. */
export function rebalancedRanks(count: number): string[] {
  let width = 1;
  while (BASE ** width < (count + 1) * BASE) width++;
  const step = Math.floor(BASE ** width / (count + 1));
  const head = DIGITS[BASE - 26 + width - 1];
  return Array.from({ length: count }, (_, index) => finish(head + digitsOf((index + 1) * step, width)));
}

/** A text of which every continuation lies strictly between the neighbours, so that any jitter may follow. */
function stem(before: string | null, after: string | null): string {
  if (before === null && after === null) return FIRST;
  const next = after === null ? neighbour(before ?? '', 1) : before === null ? neighbour(after, -1) : undefined;
  return next ?? middle(before ?? '', after);
}

/** A final zero has nothing below it but shorter keys, so a later card could not go in front of it. */
function finish(key: string): string {
  return key.endsWith('0') ? key + MIDDLE : key;
}

/** The next whole number up or down; undefined for keys without one and at the very ends of the scale. */
function neighbour(key: string, direction: 1 | -1): string | undefined {
  const head = key.charCodeAt(0);
  const length = head >= 97 ? head - 96 : head >= 65 ? 91 - head : 0;
  if (length === 0) return undefined;
  const digits = key.slice(1, length + 1).padEnd(length, '0');
  const rollsOver = direction === 1 ? 'z' : '0';
  let last = length - 1;
  while (last >= 0 && digits[last] === rollsOver) last--;
  if (last >= 0) {
    const digit = DIGITS[VALUE_OF_CODE[digits.charCodeAt(last)] + direction];
    return key[0] + digits.slice(0, last) + digit + (direction === 1 ? '0' : 'z').repeat(length - 1 - last);
  }
  return otherLength(head, direction);
}

/** Past the last number of one length: the first of the next letter upwards, or the last of the previous one downwards. */
function otherLength(head: number, direction: 1 | -1): string | undefined {
  const fill = direction === 1 ? '0' : 'z';
  if (head === 90 && direction === 1) return 'a' + fill;
  if (head === 97 && direction === -1) return 'Z' + fill;
  const next = head + direction;
  if (next > 122 || next < 65) return undefined;
  return String.fromCharCode(next) + fill.repeat(next >= 97 ? next - 96 : 91 - next);
}

/**
 * Copies digits while the neighbours leave no room, then leaves a quarter of it on the side where the next card probably goes:
 * people fill a gap card by card from one end. After 1,000 cards keys have about 105 digits instead of 205 by halving; only
 * strictly alternating ends, which nobody does, cost more (355 instead of 225).
 */
function middle(before: string, after: string | null): string {
  let isBounded = after !== null;
  for (let i = 0; ; i++) {
    const low = i < before.length ? VALUE_OF_CODE[before.charCodeAt(i)] : 0;
    const high = isBounded && after !== null ? VALUE_OF_CODE[after.charCodeAt(i)] : BASE;
    const step = Math.max(1, (high - low) >> 2);
    if (high - low > 1) return before.slice(0, i).padEnd(i, '0') + DIGITS[isBounded ? high - step : low + step];
    if (high > low) isBounded = false;
  }
}

function digitsOf(value: number, width: number): string {
  let digits = '';
  for (let rest = value; digits.length < width; rest = Math.floor(rest / BASE)) digits = DIGITS[rest % BASE] + digits;
  return digits;
}
