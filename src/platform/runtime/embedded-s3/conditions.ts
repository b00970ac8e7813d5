import type { IncomingMessage } from 'node:http';
import type { StoredObject } from './object-store.js';
import { S3Error } from './s3-error.js';
import { header } from './s3-request.js';

function names(list: string, etag: string): boolean {
  return list
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === `"${etag}"` || one === etag);
}

/** Refuses a write whose If-Match or If-None-Match does not hold for what is stored. */
export function checkWrite(http: IncomingMessage, current: StoredObject | undefined): void {
  const match = header(http, 'if-match');
  const noneMatch = header(http, 'if-none-match');
  if (match !== undefined && !current) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  const failed =
    (match !== undefined && current && !names(match, current.etag)) ||
    (noneMatch !== undefined && current && names(noneMatch, current.etag));
  if (failed) throw new S3Error(412, 'PreconditionFailed', 'A condition of the request does not hold.');
}

/** Whether a read answers 304; throws 412 when it must not be answered at all. Entity tags go before dates, as HTTP has it. */
export function isNotModified(http: IncomingMessage, object: StoredObject): boolean {
  const storedAt = Math.floor(object.storedAt / 1000) * 1000;
  const match = header(http, 'if-match');
  const unmodifiedSince = Date.parse(header(http, 'if-unmodified-since') ?? '');
  const failed = match === undefined ? storedAt > unmodifiedSince : !names(match, object.etag);
  if (failed) throw new S3Error(412, 'PreconditionFailed', 'A condition of the request does not hold.');
  const noneMatch = header(http, 'if-none-match');
  if (noneMatch !== undefined) return names(noneMatch, object.etag);
  return storedAt <= Date.parse(header(http, 'if-modified-since') ?? '');
}

/** The bytes a Range header asks for; undefined for all of them, also when the header cannot be read. */
export function requestedRange(http: IncomingMessage, object: StoredObject): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header(http, 'range') ?? '') ?? [];
  if (!first && !last) return undefined;
  const ifRange = header(http, 'if-range');
  if (ifRange !== undefined && !names(ifRange, object.etag)) return undefined;
  const start = first ? Number(first) : Math.max(0, object.size - Number(last));
  const end = first && last ? Math.min(Number(last), object.size - 1) : object.size - 1;
  if (start <= end && start < object.size) return { start, end };
  throw new S3Error(416, 'InvalidRange', 'The range lies outside the object.', { 'content-range': `bytes */${object.size}` });
}
