import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './s3-error.js';

/** One call with its address taken apart: nothing is normalised, so `..` in a key stays what the client said and signed. */
export interface S3Request {
  http: IncomingMessage;
  response: ServerResponse;
  method: string;
  rawPath: string;
  query: URLSearchParams;
  bucket: string;
  key: string;
}

/** What a PUT may set and a GET gives back. */
const STORED_HEADERS = ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires'];
const MAX_XML_BYTES = 2 * 1024 * 1024;

/** Takes the address of a call apart. */
export function s3Request(http: IncomingMessage, response: ServerResponse): S3Request {
  const [rawPath = '/', ...rest] = (http.url ?? '/').split('?');
  const [, bucket = '', ...keyParts] = rawPath.split('/');
  try {
    const key = keyParts.map(decodeURIComponent).join('/');
    if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError');
    return { http, response, method: http.method ?? 'GET', rawPath, query: new URLSearchParams(rest.join('?')), bucket, key };
  } catch (error) {
    if (error instanceof S3Error) throw error;
    throw new S3Error(400, 'InvalidURI', 'The address is not valid.');
  }
}

/** A header as one string, also when it was sent more than once. */
export function header(http: IncomingMessage, name: string): string | undefined {
  const value = http.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** The headers of an upload that are kept with the object. */
export function headersToKeep(http: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(http.headers)) {
    if (!STORED_HEADERS.includes(name) && !name.startsWith('x-amz-meta-')) continue;
    // `aws-chunked` is how the body travelled, not what it is.
    const parts = (header(http, name) ?? '').split(',').map((part) => part.trim());
    const value = name === 'content-encoding' ? parts.filter((part) => part !== 'aws-chunked').join(',') : header(http, name);
    if (value) kept[name] = value;
  }
  return kept;
}

/** A small XML body as text, checked against the SHA-256 that was signed with it. */
export async function readXml(http: IncomingMessage, payload: string): Promise<string> {
  if (payload.startsWith('STREAMING-')) throw new S3Error(501, 'NotImplemented', 'Send this body in one piece.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of http as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_XML_BYTES) throw new S3Error(400, 'MaxMessageLengthExceeded');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const signed = /^[0-9a-f]{64}$/.test(payload);
  if (signed && createHash('sha256').update(body).digest('hex') !== payload) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
  return body.toString();
}

/** Answers with an XML document. */
export function sendXml(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

/** Answers without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': '0' }).end();
}
