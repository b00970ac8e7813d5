import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsChunked } from './aws-chunked.js';
import { crc32 } from './crc32.js';
import { S3Error } from './s3-error.js';
import { header, type S3Request } from './s3-request.js';

/** A body that is wholly on the disk and is what its sender said it is. */
export interface ReceivedBody {
  size: number;
  md5: string;
  /** The checksum header the client chose and its value. */
  checksum: { name: string; value: string } | undefined;
}

const CHECKSUM = /^x-amz-checksum-(crc32|sha256)$/;
const ANY_CHECKSUM = /^x-amz-checksum-(?!type$|algorithm$|mode$)/;

class Digests extends Transform {
  size = 0;
  private crc = 0;
  private readonly hashes: Record<'md5' | 'sha256', Hash> = {
    md5: createHash('md5'),
    sha256: createHash('sha256'),
  };

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const hash of Object.values(this.hashes)) hash.update(chunk);
    this.crc = crc32(chunk, this.crc);
    this.size += chunk.length;
    done(null, chunk);
  }

  digests(): Record<'md5' | 'sha256' | 'crc32', Buffer> {
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(this.crc);
    const { md5, sha256 } = this.hashes;
    return { md5: md5.digest(), sha256: sha256.digest(), crc32: crc };
  }
}

function unchunker(payload: string): AwsChunked | undefined {
  if (!payload.startsWith('STREAMING-')) return undefined;
  // The signature of each single chunk is not checked here, so a client that relies on it is told, not fooled.
  if (payload !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') throw new S3Error(501, 'NotImplemented', `${payload} is not supported.`);
  return new AwsChunked();
}

/** Checksums from the headers, the trailers and the signed part of a presigned address, whichever the client used. */
function declaredChecksums(request: S3Request, trailers: Record<string, string>): Map<string, string> {
  const declared = new Map<string, string>();
  const note = (name: string, value: string): void => {
    const known = name.toLowerCase();
    if (!ANY_CHECKSUM.test(known)) return;
    if (!CHECKSUM.test(known)) throw new S3Error(501, 'NotImplemented', `${known} is not supported; use crc32 or sha256.`);
    if (declared.has(known) && declared.get(known) !== value) throw new S3Error(400, 'BadDigest', `${known} is given twice.`);
    declared.set(known, value);
  };
  for (const [name, value] of request.query) note(name, value);
  for (const name of Object.keys(request.http.headers)) note(name, header(request.http, name) ?? '');
  for (const [name, value] of Object.entries(trailers)) note(name, value);
  const announced = header(request.http, 'x-amz-trailer')?.toLowerCase().split(',') ?? [];
  for (const name of announced)
    if (!(name.trim() in trailers)) throw new S3Error(400, 'MalformedTrailerError', `The trailer ${name} is missing.`);
  return declared;
}

function checkBody(request: S3Request, payload: string, digests: Digests, chunked: AwsChunked | undefined): ReceivedBody {
  const { http } = request;
  const found = digests.digests();
  const decoded = header(http, 'x-amz-decoded-content-length');
  if (decoded !== undefined && Number(decoded) !== digests.size) throw new S3Error(400, 'IncompleteBody', 'The body has another length.');
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== found.sha256.toString('hex')) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
  const md5 = header(http, 'content-md5');
  if (md5 !== undefined && md5 !== found.md5.toString('base64'))
    throw new S3Error(400, 'BadDigest', 'Content-MD5 does not match the body.');
  let checksum: ReceivedBody['checksum'];
  for (const [name, value] of declaredChecksums(request, chunked?.trailers ?? {})) {
    const kind = CHECKSUM.exec(name)?.[1] as 'crc32' | 'sha256';
    if (value !== found[kind].toString('base64')) throw new S3Error(400, 'BadDigest', `${name} does not match the body.`);
    checksum = { name, value };
  }
  return { size: digests.size, md5: found.md5.toString('hex'), checksum };
}

/** Streams a body into a file and checks length and checksums; when anything is wrong the file is gone again. */
export async function receiveBody(request: S3Request, payload: string, file: string): Promise<ReceivedBody> {
  const chunked = unchunker(payload);
  const digests = new Digests();
  // Flushed to the disk before the answer, so what the client was told is stored survives a power cut.
  const out = fs.createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await (chunked ? pipeline(request.http, chunked, digests, out) : pipeline(request.http, digests, out));
    return checkBody(request, payload, digests, chunked);
  } catch (error) {
    await fsp.rm(file, { force: true });
    if (!(error instanceof S3Error) && !request.http.complete) throw new S3Error(400, 'IncompleteBody', 'The body ended too early.');
    throw error;
  }
}
