import * as zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 in plain TypeScript, for a Node without a native one. */
export function tableCrc32(bytes: Buffer, seed = 0): number {
  let value = ~seed;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

// Node 20.15 and 22.2 brought a native one; the types are those of the oldest Node.
const native = (zlib as { crc32?: (bytes: Buffer, seed?: number) => number }).crc32;

/** CRC-32 of the bytes, going on from a previous value. */
export const crc32: (bytes: Buffer, seed?: number) => number = native ?? tableCrc32;
