import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { receiveBody } from './body.js';
import { checkWrite } from './conditions.js';
import type { ObjectStore } from './object-store.js';
import { keepOrDiscard } from './objects.js';
import { S3Error } from './s3-error.js';
import { headersToKeep, readXml, sendEmpty, sendXml, type S3Request } from './s3-request.js';
import { elements, escapeXml, textOf } from './xml.js';

const SMALLEST_PART = 5 * 1024 * 1024;

interface Upload {
  directory: string;
  key: string;
  headers: Record<string, string>;
}

interface Part {
  number: number;
  size: number;
  md5: string;
  file: string;
}

/** Opens an upload and answers its id. */
export async function createUpload(store: ObjectStore, request: S3Request): Promise<void> {
  const { bucket, key, http, response } = request;
  const id = randomUUID();
  const directory = store.uploadPath(bucket, id);
  await fsp.mkdir(directory, { mode: 0o700 });
  await fsp.writeFile(path.join(directory, 'upload.json'), JSON.stringify({ key, headers: headersToKeep(http) }), {
    mode: 0o600,
    flush: true,
  });
  const names = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId>`;
  sendXml(response, `<InitiateMultipartUploadResult>${names}</InitiateMultipartUploadResult>`);
}

async function openUpload(store: ObjectStore, request: S3Request): Promise<Upload> {
  const directory = store.uploadPath(request.bucket, request.query.get('uploadId') ?? '');
  const text = await fsp.readFile(path.join(directory, 'upload.json'), 'utf8').catch(() => undefined);
  const upload = text === undefined ? undefined : (JSON.parse(text) as Omit<Upload, 'directory'>);
  if (upload?.key !== request.key) throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
  return { ...upload, directory };
}

/** Stores one part; sent again, the last one counts. */
export async function putPart(store: ObjectStore, request: S3Request, payload: string): Promise<void> {
  const upload = await openUpload(store, request);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new S3Error(400, 'InvalidArgument', 'Part numbers are 1 to 10000.');
  const file = `${number}.${randomUUID()}.bytes`;
  const body = await receiveBody(request, payload, path.join(upload.directory, file));
  const part: Part = { number, size: body.size, md5: body.md5, file };
  const description = path.join(upload.directory, `${number}.json`);
  await fsp.writeFile(`${description}.${file}`, JSON.stringify(part), { mode: 0o600, flush: true });
  await fsp.rename(`${description}.${file}`, description);
  const checksum = body.checksum ? { [body.checksum.name]: body.checksum.value } : {};
  sendEmpty(request.response, 200, { etag: `"${body.md5}"`, ...checksum });
}

async function partsOf(upload: Upload): Promise<Map<number, Part>> {
  const files = (await fsp.readdir(upload.directory)).filter((name) => /^\d+\.json$/.test(name));
  const parts = await Promise.all(
    files.map(async (name) => JSON.parse(await fsp.readFile(path.join(upload.directory, name), 'utf8')) as Part),
  );
  return new Map(parts.sort((a, b) => a.number - b.number).map((part) => [part.number, part]));
}

/** The parts stored so far. */
export async function listParts(store: ObjectStore, request: S3Request): Promise<void> {
  const parts = [...(await partsOf(await openUpload(store, request))).values()];
  const rows = parts.map((p) => `<Part><PartNumber>${p.number}</PartNumber><ETag>&#34;${p.md5}&#34;</ETag><Size>${p.size}</Size></Part>`);
  sendXml(request.response, `<ListPartsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListPartsResult>`);
}

/** The parts the client names, in its order; each must be the one that is stored. */
function chosenParts(body: string, stored: Map<number, Part>): Part[] {
  const chosen: Part[] = [];
  for (const element of elements(body, 'Part')) {
    const part = stored.get(Number(textOf(element, 'PartNumber')));
    const etag = textOf(element, 'ETag')?.replaceAll('"', '');
    if (!part || part.md5 !== etag) throw new S3Error(400, 'InvalidPart', 'A part is missing or has another ETag.');
    const before = chosen.at(-1);
    if (before && before.number >= part.number) throw new S3Error(400, 'InvalidPartOrder', 'Name the parts in rising order.');
    if (before && before.size < SMALLEST_PART) throw new S3Error(400, 'EntityTooSmall', 'All parts but the last must be at least 5 MiB.');
    chosen.push(part);
  }
  if (chosen.length === 0) throw new S3Error(400, 'MalformedXML', 'Name at least one part.');
  return chosen;
}

/** Joins the parts to one object. */
export async function completeUpload(store: ObjectStore, request: S3Request, payload: string): Promise<void> {
  const { bucket, key, http, response } = request;
  const upload = await openUpload(store, request);
  const parts = chosenParts(await readXml(http, payload), await partsOf(upload));
  const incoming = store.incomingFile(bucket);
  const digest = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
  const etag = `${digest.digest('hex')}-${parts.length}`;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  await keepOrDiscard(incoming, async () => {
    for (const part of parts) {
      await pipeline(
        fs.createReadStream(path.join(upload.directory, part.file)),
        fs.createWriteStream(incoming, { flags: 'a', mode: 0o600, flush: true }),
      );
    }
    await store.commit(bucket, incoming, { key, size, etag, headers: upload.headers }, (current) => checkWrite(http, current));
  });
  await fsp.rm(upload.directory, { recursive: true, force: true });
  const names = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>&#34;${etag}&#34;</ETag>`;
  sendXml(response, `<CompleteMultipartUploadResult>${names}</CompleteMultipartUploadResult>`);
}

/** Throws an upload and its parts away. */
export async function abortUpload(store: ObjectStore, request: S3Request): Promise<void> {
  const { directory } = await openUpload(store, request);
  await fsp.rm(directory, { recursive: true, force: true });
  sendEmpty(request.response, 204);
}
