import type { PreparedRecord } from './match-record.js';
import { preparedKeys } from './match-keys.js';

/** Records under one key above which the key says nothing. */
export const LARGEST_BLOCK = 50;
/** Pairs compared per record: what keeps a scan in linear time. Smaller blocks, which tell more, come first. */
const PAIRS_PER_RECORD = 20;
const SPARE_PAIRS = 10_000;

/** A 53-bit number holds the hash of a key and the place of its record, so that one native sort brings blocks together. */
function packedKeys(records: readonly PreparedRecord[], placeSpan: number): Float64Array {
  const hashSpan = Math.floor(Number.MAX_SAFE_INTEGER / placeSpan);
  let packed = new Float64Array(records.length * 12 + 16);
  let count = 0;
  for (const [place, record] of records.entries()) {
    for (const key of preparedKeys(record)) {
      if (count === packed.length) {
        const larger = new Float64Array(packed.length * 2);
        larger.set(packed);
        packed = larger;
      }
      packed[count++] = (hashKey(key) % hashSpan) * placeSpan + place;
    }
  }
  return packed.subarray(0, count).sort();
}

/** A key as a whole number below 2^53; two keys that meet in it cost a comparison, nothing else. */
export function hashKey(key: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (low >>> 0) + (high & 0x1fffff) * 4294967296;
}

function eachBlock(packed: Float64Array, placeSpan: number, visit: (from: number, to: number) => void): void {
  let from = 0;
  for (let at = 1; at <= packed.length; at++) {
    const sameKey = at < packed.length && Math.floor((packed[at] ?? 0) / placeSpan) === Math.floor((packed[from] ?? 0) / placeSpan);
    if (sameKey) continue;
    if (at - from > 1) visit(from, at);
    from = at;
  }
}

/**
 * The largest block size whose pairs, with those of all smaller blocks, are few enough for so many records; `pairsBySize[n]` is the number
 * of pairs in blocks of n records.
 */
export function largestBlock(pairsBySize: ArrayLike<number>, records: number): { limit: number; pairs: number } {
  const budget = records * PAIRS_PER_RECORD + SPARE_PAIRS;
  let pairs = 0;
  for (let size = 2; size <= LARGEST_BLOCK; size++) {
    const next = pairs + (pairsBySize[size] ?? 0);
    if (next > budget && size > 2) return { limit: size - 1, pairs };
    pairs = next;
  }
  return { limit: LARGEST_BLOCK, pairs };
}

function blockLimit(packed: Float64Array, placeSpan: number, records: number): { limit: number; pairs: number } {
  const pairsBySize = new Float64Array(LARGEST_BLOCK + 1);
  eachBlock(packed, placeSpan, (from, to) => {
    const size = to - from;
    if (size <= LARGEST_BLOCK) pairsBySize[size] = (pairsBySize[size] ?? 0) + (size * (size - 1)) / 2;
  });
  return largestBlock(pairsBySize, records);
}

/** Places of records worth comparing, each pair once: the flat list is [left, right, left, right, ...], left before right. */
export function candidatePairs(records: readonly PreparedRecord[]): Uint32Array {
  const span = Math.max(2, records.length);
  const packed = packedKeys(records, span);
  const { limit, pairs } = blockLimit(packed, span, records.length);
  const found = new Float64Array(pairs);
  let count = 0;
  eachBlock(packed, span, (from, to) => {
    if (to - from > limit) return;
    for (let i = from; i < to; i++) {
      for (let j = i + 1; j < to; j++) {
        found[count++] = ((packed[i] ?? 0) % span) * span + ((packed[j] ?? 0) % span);
      }
    }
  });
  found.sort();
  const unique = found.filter((pair, at) => at === 0 || pair !== found[at - 1]);
  const flat = new Uint32Array(unique.length * 2);
  for (const [at, pair] of unique.entries()) {
    flat[at * 2] = Math.floor(pair / span);
    flat[at * 2 + 1] = pair % span;
  }
  return flat;
}
