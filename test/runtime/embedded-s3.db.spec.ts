import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { startEmbeddedS3, type EmbeddedS3 } from '../../src/platform/runtime/embedded-s3/server.js';

const credentials = { accessKeyId: 'CONCORDTEST', secretAccessKey: 'not-a-secret-outside-this-test' };
const Bucket = 'files';
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-s3-'));
const dir = path.join(directory, 'store');
let server: EmbeddedS3;
let client: S3Client;
let presigner: S3Client;

async function start(): Promise<void> {
  server = await startEmbeddedS3({ dir, ...credentials, allowedOrigins: ['https://app.example'] });
  const config = { endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials };
  client = new S3Client(config);
  presigner = new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
}

async function stop(): Promise<void> {
  client.destroy();
  presigner.destroy();
  await server.stop();
}

beforeAll(async () => {
  await start();
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  await stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

async function put(Key: string, Body: string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }));
}

async function get(Key: string): Promise<string | undefined> {
  return (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
}

/** Everything on the disk, so that a test can say that nothing was left. */
function filesUnder(at: string): string[] {
  return fs.readdirSync(at, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

describe('objects', () => {
  it('gives back what was put, with its headers and metadata', async () => {
    const Body = Buffer.from('fünf Verträge\n');
    await client.send(new PutObjectCommand({ Bucket, Key: 'a/b.txt', Body, ContentType: 'text/plain', Metadata: { owner: 'ada' } }));
    const found = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b.txt', ChecksumMode: 'ENABLED' }));
    expect(Buffer.from((await found.Body?.transformToByteArray()) ?? [])).toEqual(Body);
    expect(found).toMatchObject({ ContentType: 'text/plain', Metadata: { owner: 'ada' }, ContentLength: Body.length });
    expect(found.ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`);
    expect(found.ChecksumCRC32).toBeDefined();
  });

  it('stores an empty object, replaces and deletes', async () => {
    await put('empty', '');
    expect(await get('empty')).toBe('');
    await put('empty', 'now full');
    expect(await get('empty')).toBe('now full');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'empty' }));
    await expect(get('empty')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'empty' }));
  });

  it('reads ranges', async () => {
    await put('range', '0123456789');
    const read = async (Range: string): Promise<[string | undefined, string | undefined]> => {
      const part = await client.send(new GetObjectCommand({ Bucket, Key: 'range', Range }));
      return [await part.Body?.transformToString(), part.ContentRange];
    };
    expect(await read('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
    expect(await read('bytes=-3')).toEqual(['789', 'bytes 7-9/10']);
    expect(await read('bytes=8-99')).toEqual(['89', 'bytes 8-9/10']);
    await expect(read('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('keeps to conditions, also when writers race', async () => {
    const writes = Array.from({ length: 8 }, (_, i) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: `writer ${i}`, IfNoneMatch: '*' })),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key: 'once' }));
    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'once', IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    const IfMatch = '"00000000000000000000000000000000"';
    await expect(client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfMatch }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
  });

  it('copies, lists page by page with folders, and deletes many', async () => {
    for (const key of ['list/1 & <2>', 'list/sub/a', 'list/sub/b', 'list/z']) await put(key, key);
    await client.send(new CopyObjectCommand({ Bucket, Key: 'list/copy', CopySource: `${Bucket}/${encodeURIComponent('list/1 & <2>')}` }));
    expect(await get('list/copy')).toBe('list/1 & <2>');

    const seen: string[] = [];
    for (let ContinuationToken: string | undefined, more = true; more;) {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2, ContinuationToken }));
      seen.push(...(page.Contents ?? []).map((o) => o.Key ?? ''), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix ?? ''));
      ContinuationToken = page.NextContinuationToken;
      more = page.IsTruncated === true;
    }
    expect(seen.sort()).toEqual(['list/1 & <2>', 'list/copy', 'list/sub/', 'list/z']);

    const Objects = ['list/1 & <2>', 'list/sub/a', 'list/sub/b', 'list/z', 'list/copy'].map((Key) => ({ Key }));
    expect((await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toHaveLength(5);
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/' }))).KeyCount).toBe(0);
  });

  it('never lets a key choose a path', async () => {
    const before = fs.readdirSync(directory);
    for (const key of ['../../x', '../x', '..%2f..%2fx', '/etc/x', 'a/../../b', 'nul\\..\\x', '.', 'x'.repeat(1000)]) {
      await put(key, `body of ${key}`);
      expect(await get(key)).toBe(`body of ${key}`);
    }
    expect(fs.readdirSync(directory)).toEqual(before);
    expect(filesUnder(dir).filter((name) => !/^[0-9a-f]{64}\.([0-9a-f-]{36}|json)$/.test(name) && !/^(port|owner-.*)$/.test(name))).toEqual(
      [],
    );
    await expect(client.send(new HeadBucketCommand({ Bucket: '..' }))).rejects.toThrow();
  });
});

describe('multipart uploads', () => {
  const body = Buffer.alloc(12 * 1024 * 1024, 'concord ');

  it('joins what lib-storage sends in parts', async () => {
    const upload = new Upload({ client, params: { Bucket, Key: 'big', Body: body }, partSize: 5 * 1024 * 1024, queueSize: 3 });
    const done = await upload.done();
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const found = await client.send(new GetObjectCommand({ Bucket, Key: 'big' }));
    expect(Buffer.from((await found.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });

  it('refuses parts that are too small, out of order, or not the ones that were sent', async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
    const parts = [1, 2].map((PartNumber) =>
      client.send(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber, Body: 'small' })),
    );
    const [first, second] = (await Promise.all(parts)).map(({ ETag }, i) => ({ ETag, PartNumber: i + 1 }));
    const complete = (Parts: object[]): Promise<unknown> =>
      client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts } }));
    await expect(complete([first ?? {}, second ?? {}])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([{ ETag: '"0"', PartNumber: 1 }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(get('parts')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await complete([second ?? {}]);
    expect(await get('parts')).toBe('small');
  });
});

describe('what is not right stores nothing', () => {
  it('refuses a wrong checksum or digest', async () => {
    const before = filesUnder(dir).length;
    const wrong = [
      { ChecksumCRC32: 'AAAAAA==' },
      { ChecksumSHA256: Buffer.alloc(32).toString('base64') },
      { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    ];
    for (const checksum of wrong) {
      const command = new PutObjectCommand({ Bucket, Key: 'corrupt', Body: 'body', ...checksum });
      await expect(client.send(command)).rejects.toMatchObject({ name: 'BadDigest' });
    }
    await expect(get('corrupt')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(filesUnder(dir)).toHaveLength(before);
  });

  it('refuses a body that ends before its declared length', async () => {
    const before = filesUnder(dir).length;
    const url = await getSignedUrl(presigner, new PutObjectCommand({ Bucket, Key: 'cut' }), { expiresIn: 60 });
    await new Promise<void>((resolve) => {
      const request = http.request(url, { method: 'PUT', headers: { 'content-length': 1000 } });
      request.on('error', () => resolve());
      request.write('only this', () => setTimeout(() => request.destroy(), 100));
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(get('cut')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(filesUnder(dir)).toHaveLength(before);
  });
});

describe('presigned addresses', () => {
  const text = async (url: string, init?: RequestInit): Promise<[number, string]> => {
    const response = await fetch(url, init);
    return [response.status, await response.text()];
  };

  it('upload and download without credentials', async () => {
    const ContentType = 'application/pdf';
    const up = await getSignedUrl(presigner, new PutObjectCommand({ Bucket, Key: 'pre', ContentType }), { expiresIn: 60 });
    expect((await text(up, { method: 'PUT', body: 'pdf', headers: { 'content-type': ContentType } }))[0]).toBe(200);
    const ResponseContentDisposition = 'attachment; filename="x.pdf"';
    const down = await fetch(await getSignedUrl(presigner, new GetObjectCommand({ Bucket, Key: 'pre', ResponseContentDisposition })));
    expect(await down.text()).toBe('pdf');
    expect(down.headers.get('content-disposition')).toBe(ResponseContentDisposition);
    expect(down.headers.get('content-type')).toBe(ContentType);
  });

  it('open nothing once they are changed, used otherwise or expired', async () => {
    await put('pre', 'pdf');
    await put('other', 'secret');
    const url = await getSignedUrl(presigner, new GetObjectCommand({ Bucket, Key: 'pre' }), { expiresIn: 60 });
    expect((await text(url))[0]).toBe(200);
    const last = url.at(url.search(/X-Amz-Signature=/) + 16 + 10);
    const tampered = [
      url.replace('/pre?', '/other?'),
      url.replace(/(X-Amz-Signature=.{10})./, `$1${last === '0' ? '1' : '0'}`),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
      `${url}&response-content-type=text%2Fhtml`,
    ];
    for (const address of tampered) expect((await text(address)).join()).toMatch(/^403,.*SignatureDoesNotMatch/s);
    expect((await text(url, { method: 'DELETE' }))[0]).toBe(403);
    expect((await text(`${url}&X-Amz-Expires=6000`))[0]).toBe(403);
    expect((await text(`${server.endpoint}/${Bucket}/other`))[0]).toBe(403);

    const signingDate = new Date(Date.now() - 120_000);
    const old = await getSignedUrl(presigner, new GetObjectCommand({ Bucket, Key: 'pre' }), { expiresIn: 60, signingDate });
    expect((await text(old)).join()).toMatch(/^403,.*Request has expired/s);
    const stillGood = await getSignedUrl(presigner, new GetObjectCommand({ Bucket, Key: 'pre' }), { expiresIn: 600, signingDate });
    expect(await text(stillGood)).toEqual([200, 'pdf']);
  });

  it('cannot carry headers that were not signed', async () => {
    const url = await getSignedUrl(presigner, new PutObjectCommand({ Bucket, Key: 'copy' }), { expiresIn: 60 });
    const [status] = await text(url, { method: 'PUT', headers: { 'x-amz-copy-source': `/${Bucket}/other` } });
    expect(status).toBe(403);
    await expect(get('copy')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('work in pages of allowed origins only', async () => {
    const preflight = (origin: string): Promise<Response> => {
      const headers = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' };
      return fetch(`${server.endpoint}/${Bucket}/pre`, { method: 'OPTIONS', headers });
    };
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type');
    const other = await preflight('https://evil.example');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('the server', () => {
  it('knows one key pair', async () => {
    const config = { endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true };
    const stranger = new S3Client({ ...config, credentials: { ...credentials, secretAccessKey: 'guess' } });
    await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'pre' }))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    stranger.destroy();
    await expect(client.send(new HeadBucketCommand({ Bucket: 'missing' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('keeps objects and its port over a restart, and lets only one process own the directory', async () => {
    await put('kept', 'over the restart');
    const { endpoint } = server;
    await expect(startEmbeddedS3({ dir, ...credentials })).rejects.toThrow(`in use by this process (pid ${process.pid})`);
    await stop();
    await start();
    expect(server.endpoint).toBe(endpoint);
    expect(await get('kept')).toBe('over the restart');
  });
});
