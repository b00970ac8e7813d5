import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.js';
import { header, type S3Request } from './s3-request.js';

/** The one key pair the server knows. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

interface Claim {
  credential: string;
  signedHeaders: string;
  signature: string;
  date: string;
  /** Seconds; only a presigned address has a life of its own. */
  expires: number | undefined;
  payload: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const ALLOWED_SKEW_MS = 15 * 60_000;
const LONGEST_EXPIRY_S = 7 * 24 * 3600;
const AUTHORIZATION = /^AWS4-HMAC-SHA256 +Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

const denied = (message: string): S3Error => new S3Error(403, 'AccessDenied', message);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function presignedClaim(query: URLSearchParams): Claim {
  for (const name of new Set(query.keys())) if (query.getAll(name).length > 1) throw denied(`${name} stands twice in the address.`);
  const value = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  const expires = Number(value('Expires'));
  if (value('Algorithm') !== ALGORITHM) throw denied('Unknown signing algorithm.');
  if (!/^\d+$/.test(value('Expires')) || expires < 1 || expires > LONGEST_EXPIRY_S)
    throw denied('X-Amz-Expires must be 1 to 604800 seconds.');
  return {
    credential: value('Credential'),
    signedHeaders: value('SignedHeaders'),
    signature: value('Signature'),
    date: value('Date'),
    expires,
    payload: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}

function headerClaim(http: IncomingMessage): Claim {
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(http.headers.authorization ?? '') ?? [];
  if (!credential || !signedHeaders || !signature) throw denied('The request is not signed.');
  const payload = header(http, 'x-amz-content-sha256');
  if (!payload) throw new S3Error(400, 'InvalidRequest', 'x-amz-content-sha256 is missing.');
  return { credential, signedHeaders, signature, date: header(http, 'x-amz-date') ?? '', expires: undefined, payload };
}

function checkTime(claim: Claim, now: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.date)?.slice(1).map(Number);
  if (!parts) throw denied('The date of the signature is not valid.');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const signedAt = Date.UTC(year, month - 1, day, hour, minute, second);
  if (signedAt - now > ALLOWED_SKEW_MS) throw new S3Error(403, 'RequestTimeTooSkewed');
  if (claim.expires !== undefined) {
    if (now > signedAt + claim.expires * 1000) throw denied('Request has expired');
  } else if (now - signedAt > ALLOWED_SKEW_MS) throw new S3Error(403, 'RequestTimeTooSkewed');
}

/** What is not signed could have been added on the way, so every header with a meaning for S3 must be. */
function checkSignedHeaders(http: IncomingMessage, names: string[]): void {
  if (!names.includes('host')) throw denied('The host must be signed.');
  for (const name of Object.keys(http.headers)) {
    if (!name.startsWith('x-amz-') || name === 'x-amz-user-agent' || names.includes(name)) continue;
    throw denied(`There were headers present in the request which were not signed: ${name}`);
  }
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
}

function canonicalRequest(request: S3Request, claim: Claim, names: string[]): string {
  const path = request.rawPath
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
  const headers = names.map((name) => `${name}:${(header(request.http, name) ?? '').trim().replace(/\s+/g, ' ')}\n`).join('');
  return [request.method, path, canonicalQuery(request.query), headers, claim.signedHeaders, claim.payload].join('\n');
}

/**
 * Checks the AWS Signature Version 4 of a call, in its header or in a presigned address, and returns what it says about the body:
 * a SHA-256, `UNSIGNED-PAYLOAD` or a streaming scheme.
 */
export function verifySignature(request: S3Request, credentials: S3Credentials, now: number): string {
  const { http, query } = request;
  const claim = query.has('X-Amz-Signature') || query.has('X-Amz-Credential') ? presignedClaim(query) : headerClaim(http);
  const [accessKeyId, day = '', region = '', service = '', end] = claim.credential.split('/');
  if (accessKeyId !== credentials.accessKeyId) throw new S3Error(403, 'InvalidAccessKeyId', 'This access key is not known.');
  if (service !== 's3' || end !== 'aws4_request' || !claim.date.startsWith(day)) throw denied('The scope of the credential is not valid.');
  const names = claim.signedHeaders.split(';');
  checkSignedHeaders(http, names);
  checkTime(claim, now);
  const scope = `${day}/${region}/${service}/${end}`;
  const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), region), service), end);
  const expected = hmac(key, [ALGORITHM, claim.date, scope, sha256(canonicalRequest(request, claim, names))].join('\n'));
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new S3Error(403, 'SignatureDoesNotMatch');
  return claim.payload;
}
