import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import * as http from 'node:http';
import type { Readable } from 'node:stream';
import type { Answer, TestApp } from '../harness/test-app.js';

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const CSV = Buffer.from('name,mail\nAda,ada@example.com\n');
const BOUNDARY = 'concord-test-boundary';

/** A multipart body with one file. */
export function multipart(name: string, content: Buffer, field = 'file'): { body: Buffer; headers: Record<string, string> } {
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } };
}

/** Uploads through the API. */
export function upload(app: TestApp, token: string, name: string, content: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const form = multipart(name, content);
  return app.call('POST', '/api/v1/files', { token, body: form.body, headers: { ...form.headers, ...headers } });
}

/** Uploads over a real connection, as the content comes; gives the status. */
export function uploadOverNetwork(url: string, token: string, name: string, content: Readable): Promise<{ status: number; text: string }> {
  const form = multipart(name, Buffer.from('@'));
  const [before, after] = form.body.toString('latin1').split('@') as [string, string];
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/api/v1/files`, { method: 'POST', headers: { ...form.headers, authorization: `Bearer ${token}` } });
    request.on('error', reject).on('response', (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part: string) => (text += part))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.write(before, 'latin1');
    content.on('error', (error) => request.destroy(error));
    content.on('end', () => request.end(after, 'latin1'));
    content.pipe(request, { end: false });
  });
}

/** Puts a content where a ticket says; gives the status. */
export async function put(ticket: { url: string; headers: Record<string, string> }, content: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(ticket.url, { method: 'PUT', headers: ticket.headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject).end(content);
  });
}

/** Keys of everything an organization has in the storage. */
export async function objectsOf(app: TestApp, organizationId: string): Promise<string[]> {
  const { endpoint, region, bucket, accessKeyId = '', secretAccessKey = '' } = app.connections.storage;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  try {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `org/${organizationId}/` }));
    return Contents.map(({ Key }) => Key ?? '');
  } finally {
    client.destroy();
  }
}

/** Waits until something is so. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never happened that ${what}`);
}

/** Actions recorded about a file, oldest first. */
export async function auditOf(app: TestApp, fileId: string): Promise<string[]> {
  const { rows } = await app.database.owner.query<{ action: string }>(
    `select action from audit_events where resource_id = $1 order by id`,
    [fileId],
  );
  return rows.map(({ action }) => action);
}
