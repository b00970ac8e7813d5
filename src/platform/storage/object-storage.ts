import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assertNoOpenTransaction } from '../database/transactions.js';
import { contentDisposition } from './content-disposition.js';
import { DigestingStream } from './digesting-stream.js';
import { ObjectMissingError, ObjectTooLargeError } from './storage-errors.js';

export interface StorageOptions {
  endpoint: string;
  /** As callers reach it; the host is part of a presigned URL's signature. */
  publicEndpoint?: string;
  region: string;
  bucket: string;
  forcePathStyle: boolean;
  /** The role of the machine when absent. */
  accessKeyId?: string;
  secretAccessKey?: string;
}

export interface StoredObject {
  size: number;
  /** Lower-case hex. */
  sha256: string;
  /** The first bytes of the content, as many as were asked for. */
  head: Buffer;
}

export interface ObjectHead {
  size: number;
  contentType: string;
  etag: string;
  modifiedAt: Date;
}

export interface PresignedPut {
  url: string;
  method: 'PUT';
  /** The caller must send exactly these; they are signed. */
  headers: Record<string, string>;
}

/** Parts of an upload and how many are in flight: at most 16 MiB of one file are in memory. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** Whom to name when a call comes out of an open transaction, whose locks would wait for a network. */
const CALLER = 'the object storage';
const KEY = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9][A-Za-z0-9/_.-]{0,900}$/;

function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new TypeError('An object key has letters, digits and / _ . - only');
  return key;
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || name === 'NotFound' || $metadata?.httpStatusCode === 404;
}

function clientFor(options: StorageOptions, endpoint: string, presigns: boolean): S3Client {
  const { region, forcePathStyle, accessKeyId, secretAccessKey } = options;
  return new S3Client({
    endpoint,
    region,
    forcePathStyle,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 60_000 },
    // The defaults would sign the checksum of an empty body into a presigned URL.
    ...(presigns && { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
  });
}

/** Files in one bucket of any S3. Content streams through; it is never wholly in memory. */
export class ObjectStorage {
  private readonly client: S3Client;
  private readonly publicClient: S3Client;
  private readonly bucket: string;

  constructor(options: StorageOptions) {
    this.bucket = options.bucket;
    this.client = clientFor(options, options.endpoint, false);
    this.publicClient = clientFor(options, options.publicEndpoint ?? options.endpoint, true);
  }

  /** Stores a stream and tells its length and digest; breaks off with `ObjectTooLargeError`, leaving nothing behind. */
  async putStream(
    key: string,
    content: Readable,
    { contentType, size, limitBytes, keepBytes = 0 }: { contentType: string; size?: number; limitBytes: number; keepBytes?: number },
  ): Promise<StoredObject> {
    assertNoOpenTransaction(CALLER);
    if (size !== undefined && size > limitBytes) {
      content.destroy();
      throw new ObjectTooLargeError(limitBytes);
    }
    const digest = new DigestingStream(limitBytes, keepBytes);
    const upload = new Upload({
      client: this.client,
      params: { Bucket: this.bucket, Key: checkedKey(key), Body: digest, ContentType: contentType },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    const reading = pipeline(content, digest);
    const storing = upload.done().catch((error: unknown) => {
      digest.destroy(error as Error); // nobody reads any more: let the content go instead of waiting for it
      throw error;
    });
    await settled([reading, storing]);
    return { size: digest.byteCount, sha256: digest.sha256(), head: digest.head };
  }

  /** A URL under which a caller may put one object, with exactly this type and, when given, exactly this length. */
  async presignPut(
    key: string,
    { contentType, contentLength, expiresSeconds }: { contentType: string; contentLength?: number; expiresSeconds: number },
  ): Promise<PresignedPut> {
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: checkedKey(key),
      ContentType: contentType,
      ...(contentLength !== undefined && { ContentLength: contentLength }),
    });
    const signableHeaders = new Set(['host', 'content-type', 'content-length']);
    const url = await getSignedUrl(this.publicClient, command, { expiresIn: expiresSeconds, signableHeaders });
    const headers: Record<string, string> = { 'content-type': contentType };
    if (contentLength !== undefined) headers['content-length'] = String(contentLength);
    return { url, method: 'PUT', headers };
  }

  /** A URL under which a caller may read one object for a while, under the given name and type. */
  presignGet(
    key: string,
    { filename, contentType, inline, expiresSeconds }: { filename: string; contentType: string; inline: boolean; expiresSeconds: number },
  ): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: checkedKey(key),
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition(filename, inline),
      ResponseCacheControl: 'private, no-store',
    });
    return getSignedUrl(this.publicClient, command, { expiresIn: expiresSeconds });
  }

  /** What is known of an object without reading it; undefined when there is none. */
  async head(key: string): Promise<ObjectHead | undefined> {
    assertNoOpenTransaction(CALLER);
    try {
      return headOf(await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: checkedKey(key) })));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The bytes from `first` to `last`, both included; fewer when the object ends before. */
  async getRange(key: string, first: number, last: number): Promise<Buffer> {
    const { Body } = await this.get(key, `bytes=${first}-${last}`);
    return Body ? Buffer.from(await Body.transformToByteArray()) : Buffer.alloc(0);
  }

  /** The whole content as a stream; destroy it when you do not read to the end. */
  async getStream(key: string): Promise<Readable> {
    const { Body } = await this.get(key);
    return Body as Readable;
  }

  /** Removes an object; one that is not there is as good as removed. */
  async delete(key: string): Promise<void> {
    assertNoOpenTransaction(CALLER);
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: checkedKey(key) }));
  }

  async copy(from: string, to: string): Promise<void> {
    assertNoOpenTransaction(CALLER);
    const CopySource = `${this.bucket}/${checkedKey(from)}`;
    try {
      await this.client.send(new CopyObjectCommand({ Bucket: this.bucket, CopySource, Key: checkedKey(to) }));
    } catch (cause) {
      throw isMissing(cause) ? new ObjectMissingError(from, { cause }) : cause;
    }
  }

  /** Makes the bucket when it is not there; several processes may do so at once. */
  async ensureBucket(): Promise<void> {
    try {
      await this.ping();
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.client.send(new CreateBucketCommand({ Bucket: this.bucket })).catch((failure: unknown) => {
        if ((failure as Error).name !== 'BucketAlreadyOwnedByYou') throw failure;
      });
    }
  }

  /** Resolves when the bucket answers. */
  async ping(): Promise<void> {
    assertNoOpenTransaction(CALLER);
    await this.client.send(new HeadBucketCommand({ Bucket: this.bucket }));
  }

  close(): void {
    this.client.destroy();
    this.publicClient.destroy();
  }

  private async get(key: string, Range?: string): Promise<GetObjectCommandOutput> {
    assertNoOpenTransaction(CALLER);
    try {
      return await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: checkedKey(key), ...(Range && { Range }) }));
    } catch (cause) {
      throw isMissing(cause) ? new ObjectMissingError(key, { cause }) : cause;
    }
  }
}

/** How one end of a pipe fails because the other did. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR']);

/** Waits for both ends and throws the cause, not what followed from it. */
async function settled(ends: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(ends);
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as NodeJS.ErrnoException);
  const telling = failed.find(({ code }) => !CONSEQUENCES.has(code ?? '')) ?? failed[0];
  if (telling) throw telling;
}

function headOf(found: HeadObjectCommandOutput): ObjectHead {
  return {
    size: found.ContentLength ?? 0,
    contentType: found.ContentType ?? 'application/octet-stream',
    etag: found.ETag ?? '',
    modifiedAt: found.LastModified ?? new Date(0),
  };
}
