import { Transform, type TransformCallback } from 'node:stream';
import { S3Error } from './s3-error.js';

const LONGEST_LINE = 8192;
type Expecting = 'size' | 'bytes' | 'line-end' | 'trailers';

const malformed = (): S3Error => new S3Error(400, 'IncompleteBody', 'The chunked body is not complete or not well formed.');

/** Unpacks the aws-chunked framing: hexadecimal size, bytes, line end, and after the empty chunk the trailers. */
export class AwsChunked extends Transform {
  readonly trailers: Record<string, string> = {};
  private pending: Buffer = Buffer.alloc(0);
  private expecting: Expecting = 'size';
  private left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.pending = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk;
    try {
      while (this.step());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.expecting !== 'trailers') return done(malformed());
    for (const line of this.pending.toString().split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    done();
  }

  /** Takes one piece off the front; false when more bytes are needed. */
  private step(): boolean {
    if (this.expecting === 'size') return this.readSize();
    if (this.expecting === 'bytes') return this.readBytes();
    if (this.expecting === 'line-end') return this.readLineEnd();
    if (this.pending.length > LONGEST_LINE) throw malformed();
    return false;
  }

  private readSize(): boolean {
    const end = this.pending.indexOf('\r\n');
    if (end < 0 && this.pending.length <= LONGEST_LINE) return false;
    const [size = ''] = this.pending.subarray(0, Math.max(end, 0)).toString('latin1').split(';');
    if (!/^[0-9a-f]{1,12}$/i.test(size)) throw malformed();
    this.pending = this.pending.subarray(end + 2);
    this.left = parseInt(size, 16);
    this.expecting = this.left === 0 ? 'trailers' : 'bytes';
    return true;
  }

  private readBytes(): boolean {
    const piece = this.pending.subarray(0, this.left);
    if (piece.length === 0) return false;
    this.push(piece);
    this.pending = this.pending.subarray(piece.length);
    this.left -= piece.length;
    if (this.left === 0) this.expecting = 'line-end';
    return true;
  }

  private readLineEnd(): boolean {
    if (this.pending.length < 2) return false;
    if (this.pending.toString('latin1', 0, 2) !== '\r\n') throw malformed();
    this.pending = this.pending.subarray(2);
    this.expecting = 'size';
    return true;
  }
}
