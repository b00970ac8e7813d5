import type { ObjectStore, StoredObject } from './object-store.js';
import { S3Error } from './s3-error.js';
import { readXml, sendEmpty, sendXml, type S3Request } from './s3-request.js';
import { elements, escapeXml, textOf } from './xml.js';

const MOST_KEYS = 1000;

/** The names of all buckets. */
export async function listBuckets(store: ObjectStore, request: S3Request): Promise<void> {
  const names = await store.buckets();
  const buckets = names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('');
  sendXml(request.response, `<ListAllMyBucketsResult><Buckets>${buckets}</Buckets></ListAllMyBucketsResult>`);
}

/** Makes a bucket; making it again is fine. */
export async function createBucket(store: ObjectStore, request: S3Request): Promise<void> {
  await store.createBucket(request.bucket);
  sendEmpty(request.response, 200, { location: `/${request.bucket}` });
}

/** Deletes an empty bucket. */
export async function deleteBucket(store: ObjectStore, request: S3Request): Promise<void> {
  await store.deleteBucket(request.bucket);
  sendEmpty(request.response, 204);
}

/** Deletes up to 1,000 objects named in the body. */
export async function deleteObjects(store: ObjectStore, request: S3Request, payload: string): Promise<void> {
  const body = await readXml(request.http, payload);
  const keys = elements(body, 'Object').map((object) => textOf(object, 'Key'));
  if (keys.length === 0 || keys.length > MOST_KEYS) throw new S3Error(400, 'MalformedXML', 'Name 1 to 1000 keys.');
  const deleted: string[] = [];
  for (const key of keys) {
    if (key === undefined) throw new S3Error(400, 'MalformedXML', 'An object has no key.');
    await store.remove(request.bucket, key);
    deleted.push(`<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
  }
  const quiet = textOf(body, 'Quiet') === 'true';
  sendXml(request.response, `<DeleteResult>${quiet ? '' : deleted.join('')}</DeleteResult>`);
}

interface Entry {
  name: string;
  object: StoredObject | undefined;
}

/** Objects and, with a delimiter, the folders they are folded into, in the order of their names. */
function entriesOf(objects: Iterable<StoredObject>, prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const fold = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const name = fold < 0 ? object.key : object.key.slice(0, fold + delimiter.length);
    if (fold < 0) entries.set(`o${name}`, { name, object });
    else entries.set(`f${name}`, { name, object: undefined });
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function entryXml({ name, object }: Entry, encode: (text: string) => string): string {
  if (!object) return `<CommonPrefixes><Prefix>${encode(name)}</Prefix></CommonPrefixes>`;
  const modified = new Date(object.storedAt).toISOString();
  const facts = `<LastModified>${modified}</LastModified><ETag>&#34;${object.etag}&#34;</ETag><Size>${object.size}</Size>`;
  return `<Contents><Key>${encode(name)}</Key>${facts}<StorageClass>STANDARD</StorageClass></Contents>`;
}

function pageSize(text: string | null): number {
  const size = Number(text ?? MOST_KEYS);
  if (!Number.isInteger(size) || size < 0) throw new S3Error(400, 'InvalidArgument', 'max-keys is not a number.');
  return Math.min(size, MOST_KEYS);
}

/** ListObjectsV2: one page of keys, folded at the delimiter. */
export async function listObjects(store: ObjectStore, request: S3Request): Promise<void> {
  const { query, bucket } = request;
  if (query.get('list-type') !== '2') throw new S3Error(501, 'NotImplemented', 'Only list-type=2 is supported.');
  const prefix = query.get('prefix') ?? '';
  const size = pageSize(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const entries = entriesOf((await store.catalogue(bucket)).values(), prefix, query.get('delimiter') ?? '');
  const rest = entries.filter((entry) => entry.name > after);
  const page = rest.slice(0, size);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  const urlEncoded = query.get('encoding-type') === 'url';
  const encode = (text: string): string => (urlEncoded ? encodeURIComponent(text) : escapeXml(text));
  const parts = [
    `<Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${size}</MaxKeys>`,
    urlEncoded ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${last !== undefined}</IsTruncated>`,
    last ? `<NextContinuationToken>${Buffer.from(last.name).toString('base64url')}</NextContinuationToken>` : '',
    ...page.map((entry) => entryXml(entry, encode)),
  ];
  sendXml(request.response, `<ListBucketResult>${parts.join('')}</ListBucketResult>`);
}
