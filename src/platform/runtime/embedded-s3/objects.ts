import * as fsp from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { receiveBody } from './body.js';
import { checkWrite, isNotModified, requestedRange } from './conditions.js';
import type { ObjectStore, StoredObject } from './object-store.js';
import { S3Error } from './s3-error.js';
import { header, headersToKeep, sendEmpty, sendXml, type S3Request } from './s3-request.js';

const OVERRIDES = ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires'];

/** Stores the body as an object, or nothing at all. */
export async function putObject(store: ObjectStore, request: S3Request, payload: string): Promise<void> {
  const { http, bucket, key } = request;
  checkWrite(http, await store.find(bucket, key)); // early, before a long body; decided again when it is stored
  const incoming = store.incomingFile(bucket);
  const body = await receiveBody(request, payload, incoming);
  const next = { key, size: body.size, etag: body.md5, headers: headersToKeep(http), checksum: body.checksum };
  await keepOrDiscard(incoming, () => store.commit(bucket, incoming, next, (current) => checkWrite(http, current)));
  const checksum = body.checksum ? { [body.checksum.name]: body.checksum.value } : {};
  sendEmpty(request.response, 200, { etag: `"${body.md5}"`, ...checksum });
}

/** Runs the last step of a write; when it fails the received bytes go too. */
export async function keepOrDiscard<T>(incoming: string, commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    await fsp.rm(incoming, { force: true });
    throw error;
  }
}

function copySource(request: S3Request): { bucket: string; key: string } {
  try {
    const source = decodeURIComponent(header(request.http, 'x-amz-copy-source') ?? '').replace(/^\//, '');
    const slash = source.indexOf('/');
    if (slash > 0) return { bucket: source.slice(0, slash), key: source.slice(slash + 1) };
  } catch {
    // falls through to the same answer
  }
  throw new S3Error(400, 'InvalidArgument', 'x-amz-copy-source is not valid.');
}

/** Copies an object on the server. */
export async function copyObject(store: ObjectStore, request: S3Request): Promise<void> {
  const { http, bucket, key } = request;
  const source = copySource(request);
  await store.requireBucket(source.bucket);
  const { object, file } = await store.open(source.bucket, source.key);
  const incoming = store.incomingFile(bucket);
  await keepOrDiscard(incoming, async () => {
    await pipeline(file.createReadStream(), (await fsp.open(incoming, 'wx', 0o600)).createWriteStream({ flush: true }));
    const headers = header(http, 'x-amz-metadata-directive') === 'REPLACE' ? headersToKeep(http) : object.headers;
    const { size, etag, checksum } = object;
    const copy = await store.commit(bucket, incoming, { key, size, etag, checksum, headers }, (current) => checkWrite(http, current));
    const modified = new Date(copy.storedAt).toISOString();
    sendXml(
      request.response,
      `<CopyObjectResult><ETag>&#34;${etag}&#34;</ETag><LastModified>${modified}</LastModified></CopyObjectResult>`,
    );
  });
}

function answerHeaders(request: S3Request, object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.storedAt).toUTCString(),
    'accept-ranges': 'bytes',
    // A browser must not make an executable page of an uploaded file.
    'x-content-type-options': 'nosniff',
  };
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`);
    if (value === null) continue;
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/.test(value)) throw new S3Error(400, 'InvalidArgument', `response-${name} is not valid.`);
    headers[name] = value;
  }
  return headers;
}

/** Answers GET and HEAD, with ranges and conditions. */
export async function getObject(store: ObjectStore, request: S3Request): Promise<void> {
  const { http, response } = request;
  const { object, file } = await store.open(request.bucket, request.key);
  try {
    const headers = answerHeaders(request, object);
    if (isNotModified(http, object)) {
      response.writeHead(304, { etag: headers.etag, 'last-modified': headers['last-modified'] }).end();
      return;
    }
    const range = requestedRange(http, object);
    if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
    else if (object.checksum && header(http, 'x-amz-checksum-mode') === 'ENABLED') headers[object.checksum.name] = object.checksum.value;
    headers['content-length'] = String(range ? range.end - range.start + 1 : object.size);
    response.writeHead(range ? 206 : 200, headers);
    if (request.method === 'HEAD' || object.size === 0) response.end();
    else await pipeline(file.createReadStream({ ...range, autoClose: false }), response);
  } finally {
    await file.close();
  }
}

/** Deletes an object; one that is not there is fine, as S3 has it. */
export async function deleteObject(store: ObjectStore, request: S3Request): Promise<void> {
  await store.remove(request.bucket, request.key);
  sendEmpty(request.response, 204);
}
