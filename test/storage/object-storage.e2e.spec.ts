import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { EmbeddedS3 } from '../../src/platform/runtime/embedded-s3/server.js';
import { startEmbeddedS3 } from '../../src/platform/runtime/embedded-s3/server.js';
import { ObjectStorage } from '../../src/platform/storage/object-storage.js';
import { ObjectMissingError, ObjectTooLargeError } from '../../src/platform/storage/storage-errors.js';

const KEYS = { accessKeyId: 'CONCORDTEST', secretAccessKey: 'not-a-secret-only-a-test-key' };
const MIB = 1024 * 1024;
const TEXT = { contentType: 'text/plain', limitBytes: MIB };

let dir: string;
let s3: EmbeddedS3;
let storage: ObjectStorage;

function open(endpoint: string, bucket = 'files'): ObjectStorage {
  return new ObjectStorage({ endpoint, region: 'us-east-1', bucket, forcePathStyle: true, ...KEYS });
}

function newKey(): string {
  return `test/${randomUUID()}`;
}

function text(content: string): Readable {
  return Readable.from([Buffer.from(content)]);
}

/** Like a browser or curl: the headers are what is sent, `content-length` included. */
function put(url: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'PUT', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'concord-storage-'));
  s3 = await startEmbeddedS3({ dir, ...KEYS });
  storage = open(s3.endpoint);
  await storage.ensureBucket();
});

afterAll(async () => {
  storage.close();
  await s3.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('streams', () => {
  it('stores, tells size, digest and first bytes, and gives the same bytes back', async () => {
    const key = newKey();
    const stored = await storage.putStream(key, text('hello, storage'), { ...TEXT, keepBytes: 5 });
    expect(stored).toEqual({ size: 14, sha256: createHash('sha256').update('hello, storage').digest('hex'), head: Buffer.from('hello') });
    expect((await buffer(await storage.getStream(key))).toString()).toBe('hello, storage');
    expect(await storage.head(key)).toMatchObject({ size: 14, contentType: 'text/plain' });
    expect((await storage.getRange(key, 7, 9)).toString()).toBe('sto');
    expect((await storage.getRange(key, 7, 9000)).toString()).toBe('storage');
  });

  it('sends large content in parts', async () => {
    const key = newKey();
    const block = randomBytes(MIB);
    const hash = createHash('sha256');
    function* content(): Generator<Buffer> {
      for (let i = 0; i < 20; i++) {
        hash.update(block);
        yield block;
      }
    }
    const stored = await storage.putStream(key, Readable.from(content()), { contentType: 'video/mp4', limitBytes: 20 * MIB });
    expect(stored).toMatchObject({ size: 20 * MIB, sha256: hash.digest('hex') });
    expect((await storage.getRange(key, 20 * MIB - 3, 20 * MIB - 1)).equals(block.subarray(-3))).toBe(true);
  });

  it.each([
    ['in one part', 2],
    ['in many parts', 24],
  ])('breaks off content that is too large (%s) and keeps nothing', async (_, blocks) => {
    const key = newKey();
    const block = Buffer.alloc(MIB);
    const content = Readable.from(Array.from({ length: blocks }, () => block));
    const limitBytes = (blocks - 1) * MIB;
    await expect(storage.putStream(key, content, { contentType: 'text/plain', limitBytes })).rejects.toBeInstanceOf(ObjectTooLargeError);
    expect(await storage.head(key)).toBeUndefined();
    expect(content.destroyed).toBe(true);
  });

  it('refuses a declared size before reading', async () => {
    const content = text('x');
    await expect(storage.putStream(newKey(), content, { ...TEXT, size: MIB + 1 })).rejects.toBeInstanceOf(ObjectTooLargeError);
    expect(content.destroyed).toBe(true);
  });

  it('passes on why the content broke off, and keeps nothing', async () => {
    const key = newKey();
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('first');
      throw new Error('the caller went away');
    }
    await expect(storage.putStream(key, Readable.from(broken()), TEXT)).rejects.toThrow('the caller went away');
    expect(await storage.head(key)).toBeUndefined();
  });

  it('lets the content go when the store fails', async () => {
    const elsewhere = open(s3.endpoint, 'no-such-bucket');
    const content = Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(MIB)));
    await expect(elsewhere.putStream(newKey(), content, { ...TEXT, limitBytes: 64 * MIB })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    expect(content.destroyed).toBe(true);
    elsewhere.close();
  });
});

describe('presigned URLs', () => {
  it('take exactly the type and length they were made for', async () => {
    const key = newKey();
    const presigned = await storage.presignPut(key, { contentType: 'text/csv', contentLength: 4, expiresSeconds: 60 });
    expect(presigned.headers).toEqual({ 'content-type': 'text/csv', 'content-length': '4' });
    expect(presigned.url).not.toMatch(/checksum/i);
    expect(await put(presigned.url, { ...presigned.headers, 'content-type': 'text/html' }, Buffer.from('a,b\n'))).toBe(403);
    expect(await put(presigned.url, { ...presigned.headers, 'content-length': '5' }, Buffer.from('a,b,c'))).toBe(403);
    expect(await storage.head(key)).toBeUndefined();
    expect(await put(presigned.url, presigned.headers, Buffer.from('a,b\n'))).toBe(200);
    expect(await storage.head(key)).toMatchObject({ size: 4, contentType: 'text/csv' });
  });

  it('cannot be moved to another key', async () => {
    const key = newKey();
    const { url, headers } = await storage.presignPut(key, { contentType: 'text/csv', expiresSeconds: 60 });
    expect(await put(url.replace(key, newKey()), headers, Buffer.from('a'))).toBe(403);
  });

  it('give the object under a chosen name and type, until they expire', async () => {
    const key = newKey();
    await storage.putStream(key, text('%PDF-1.7'), TEXT);
    const shown = { filename: 'Übersicht.pdf', contentType: 'application/pdf', inline: true, expiresSeconds: 60 };
    const answer = await fetch(await storage.presignGet(key, shown));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('%PDF-1.7');
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toBe(`inline; filename="_bersicht.pdf"; filename*=UTF-8''%C3%9Cbersicht.pdf`);
    const brief = await storage.presignGet(key, { ...shown, expiresSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await fetch(brief)).status).toBe(403);
  });

  it('name the public endpoint, not the internal one', async () => {
    const where = {
      endpoint: s3.endpoint,
      publicEndpoint: 'https://files.example.com',
      region: 'us-east-1',
      bucket: 'files',
      forcePathStyle: true,
    };
    const split = new ObjectStorage({ ...where, ...KEYS });
    const { url } = await split.presignPut('a/b', { contentType: 'text/csv', expiresSeconds: 60 });
    expect(url).toMatch(/^https:\/\/files\.example\.com\/files\/a\/b\?/);
    await split.ping();
    split.close();
  });
});

describe('objects', () => {
  it('are copied and deleted', async () => {
    const [from, to] = [newKey(), newKey()];
    await storage.putStream(from, text('once'), TEXT);
    await storage.copy(from, to);
    await storage.delete(from);
    await storage.delete(from);
    expect(await storage.head(from)).toBeUndefined();
    expect((await buffer(await storage.getStream(to))).toString()).toBe('once');
  });

  it('that are missing are said to be', async () => {
    await expect(storage.getStream(newKey())).rejects.toBeInstanceOf(ObjectMissingError);
    await expect(storage.getRange(newKey(), 0, 1)).rejects.toBeInstanceOf(ObjectMissingError);
    await expect(storage.copy(newKey(), newKey())).rejects.toBeInstanceOf(ObjectMissingError);
  });

  it.each(['', '/a', 'a/../b', 'a b', 'a?x', '..', 'é'])('cannot have the key %j', async (key) => {
    await expect(storage.head(key)).rejects.toThrow(TypeError);
  });

  it('have their bucket made by whoever comes first', async () => {
    const both = [open(s3.endpoint, 'new-bucket'), open(s3.endpoint, 'new-bucket')];
    await Promise.all(both.map((one) => one.ensureBucket()));
    await both[0]?.ensureBucket();
    await expect(open(s3.endpoint, 'other-bucket').ping()).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});
