import { randomUUID } from 'node:crypto';
import * as fsp from 'node:fs/promises';
import * as http from 'node:http';
import * as path from 'node:path';
import { claimDirectory } from '../directory-claim.js';
import { createBucket, deleteBucket, deleteObjects, listBuckets, listObjects } from './buckets.js';
import { abortUpload, completeUpload, createUpload, listParts, putPart } from './multipart.js';
import { ObjectStore } from './object-store.js';
import { copyObject, deleteObject, getObject, putObject } from './objects.js';
import { S3Error } from './s3-error.js';
import { s3Request, sendEmpty, type S3Request } from './s3-request.js';
import { verifySignature, type S3Credentials } from './signature.js';
import { escapeXml } from './xml.js';

const HOST = '127.0.0.1';

/** Where and for whom to serve. Without `allowedOrigins` no browser page of another origin may upload. */
export interface EmbeddedS3Options extends S3Credentials {
  dir: string;
  port?: number;
  allowedOrigins?: string[];
}

/** An S3 server on loopback that belongs to this process. */
export interface EmbeddedS3 {
  endpoint: string;
  stop(): Promise<void>;
}

type Answer = (store: ObjectStore, request: S3Request, payload: string) => Promise<void>;

function bucketAnswer({ method, query }: S3Request): Answer | undefined {
  if (method === 'PUT') return query.size === 0 || query.has('x-id') ? createBucket : undefined;
  if (method === 'HEAD') return async (_, request) => sendEmpty(request.response, 200);
  if (method === 'POST' && query.has('delete')) return deleteObjects;
  if (method === 'GET') return listObjects;
  return method === 'DELETE' ? deleteBucket : undefined;
}

function objectAnswer({ method, query, http: incoming }: S3Request): Answer | undefined {
  for (const name of ['tagging', 'acl', 'retention', 'legal-hold', 'torrent', 'versionId']) if (query.has(name)) return undefined;
  if (query.has('uploadId')) {
    const answers: Record<string, Answer> = { PUT: putPart, GET: listParts, POST: completeUpload, DELETE: abortUpload };
    if (method === 'PUT' && 'x-amz-copy-source' in incoming.headers) return undefined;
    return answers[method];
  }
  if (method === 'POST') return query.has('uploads') ? createUpload : undefined;
  if (method === 'PUT') return 'x-amz-copy-source' in incoming.headers ? copyObject : putObject;
  if (method === 'GET' || method === 'HEAD') return getObject;
  return method === 'DELETE' ? deleteObject : undefined;
}

async function answer(store: ObjectStore, request: S3Request, options: EmbeddedS3Options): Promise<void> {
  const payload = verifySignature(request, options, Date.now());
  if (!request.bucket) {
    if (request.method !== 'GET') throw new S3Error(405, 'MethodNotAllowed');
    return listBuckets(store, request);
  }
  const chosen = request.key ? objectAnswer(request) : bucketAnswer(request);
  if (!chosen) throw new S3Error(501, 'NotImplemented', 'The embedded object store does not offer this operation.');
  if (chosen !== createBucket) await store.requireBucket(request.bucket);
  await chosen(store, request, payload);
}

/** Browsers ask before they use a presigned address from a page of another origin; returns true when that question is answered. */
function answerCors(incoming: http.IncomingMessage, response: http.ServerResponse, allowed: string[]): boolean {
  const origin = incoming.headers.origin;
  response.setHeader('vary', 'Origin');
  const granted = origin !== undefined && (allowed.includes('*') || allowed.includes(origin));
  if (granted) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', 'ETag, Content-Range, Accept-Ranges');
  }
  if (incoming.method !== 'OPTIONS') return false;
  if (!granted) throw new S3Error(403, 'AccessForbidden', 'This origin is not allowed.');
  response.setHeader('access-control-allow-methods', 'GET, PUT, POST, HEAD, DELETE');
  response.setHeader('access-control-allow-headers', incoming.headers['access-control-request-headers'] ?? '*');
  response.setHeader('access-control-max-age', '600');
  sendEmpty(response, 204);
  return true;
}

function refuse(request: { http: http.IncomingMessage; response: http.ServerResponse }, error: unknown): void {
  const { response } = request;
  if (response.headersSent) return void response.destroy();
  const known = error instanceof S3Error ? error : new S3Error(500, 'InternalError', 'Something went wrong in the object store.');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${known.code}</Code><Message>${escapeXml(known.message)}</Message></Error>`;
  // What is left of the body is not worth reading; the connection ends with the answer.
  if (!request.http.complete) response.setHeader('connection', 'close');
  response.writeHead(known.status, { 'content-type': 'application/xml', ...known.headers });
  response.end(request.http.method === 'HEAD' ? undefined : body);
  request.http.resume();
}

function createServer(store: ObjectStore, options: EmbeddedS3Options): http.Server {
  const serve = async (incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    response.setHeader('x-amz-request-id', randomUUID());
    if (answerCors(incoming, response, options.allowedOrigins ?? [])) return;
    await answer(store, s3Request(incoming, response), options);
    incoming.resume();
  };
  // A large upload over a slow line takes longer than the five minutes Node allows by default.
  return http.createServer({ requestTimeout: 3600_000 }, (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => refuse({ http: incoming, response }, error));
  });
}

function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Presigned addresses carry the port, so the one of the last start is taken again when it is free. */
async function listenOnUsualPort(server: http.Server, options: EmbeddedS3Options): Promise<number> {
  if (options.port !== undefined) return listen(server, options.port);
  const memory = path.join(options.dir, 'port');
  const usual = Number(await fsp.readFile(memory, 'utf8').catch(() => '0'));
  const known = Number.isInteger(usual) && usual > 0 && usual < 65536 ? usual : 0;
  const port = await listen(server, known).catch(() => listen(server, 0));
  await fsp.writeFile(memory, `${port}\n`, { mode: 0o600 });
  return port;
}

/** Starts the object store on its directory. */
export async function startEmbeddedS3(options: EmbeddedS3Options): Promise<EmbeddedS3> {
  await fsp.mkdir(options.dir, { recursive: true, mode: 0o700 });
  const release = await claimDirectory(await fsp.realpath(options.dir));
  try {
    const store = new ObjectStore(options.dir);
    await store.discardIncoming();
    const server = createServer(store, options);
    const port = await listenOnUsualPort(server, options);
    let stopping: Promise<void> | undefined;
    return { endpoint: `http://${HOST}:${port}`, stop: () => (stopping ??= stopServer(server).finally(release)) };
  } catch (error) {
    release();
    throw error;
  }
}

async function stopServer(server: http.Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Running transfers get a moment to end by themselves.
    setTimeout(() => server.closeAllConnections(), 2000).unref();
  });
}
