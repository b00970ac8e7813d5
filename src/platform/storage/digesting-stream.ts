import { createHash } from 'node:crypto';
import type { TransformCallback } from 'node:stream';
import { Transform } from 'node:stream';
import { ObjectTooLargeError } from './storage-errors.js';

/** Lets bytes through, counts and digests them, keeps the first few, and breaks off when there are too many. */
export class DigestingStream extends Transform {
  private readonly hash = createHash('sha256');
  private readonly heads: Buffer[] = [];
  private headBytes = 0;
  private count = 0;

  constructor(
    private readonly limitBytes: number,
    private readonly keepBytes = 0,
  ) {
    super();
  }

  /** Bytes seen so far. Not `size`: the upload would take that for the length of the whole. */
  get byteCount(): number {
    return this.count;
  }

  /** The first bytes, at most as many as asked for. */
  get head(): Buffer {
    return Buffer.concat(this.heads);
  }

  /** Hex digest of everything; ask once, after the end. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.count += chunk.length;
    if (this.count > this.limitBytes) return done(new ObjectTooLargeError(this.limitBytes));
    this.hash.update(chunk);
    this.keepHead(chunk);
    done(null, chunk);
  }

  private keepHead(chunk: Buffer): void {
    const missing = this.keepBytes - this.headBytes;
    if (missing <= 0) return;
    const part = Buffer.from(chunk.subarray(0, missing)); // a copy, so that the large chunk can be freed
    this.heads.push(part);
    this.headBytes += part.length;
  }
}
