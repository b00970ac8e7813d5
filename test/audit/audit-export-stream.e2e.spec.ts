import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditEventsRepository } from '../../src/features/audit/audit-events.repository.js';
import { type AuditApp, startAuditApp } from './audit-app.js';

const ROWS = 20_000;
let app: AuditApp;
let url: string;

beforeAll(async () => {
  app = await startAuditApp('api');
  await app.nest.listen(0, '127.0.0.1');
  url = `${await app.nest.getUrl()}/api/v1/audit/export`;
});
afterAll(() => app.close());

/** A trail of some 30 MB, far more than the buffers between the database and the reader. */
async function bigTrail(): Promise<string> {
  const { token, scope } = app.caller(['audit:export']);
  const after = { text: 'x'.repeat(1_000) };
  const events = Array.from({ length: ROWS }, () => ({ action: 'lead.updated', resourceType: 'lead', after }));
  await app.db.write(scope, (tx) => app.trail.recordMany(tx, events));
  return token;
}

async function get(token: string): Promise<http.IncomingMessage> {
  const request = http.get(url, { headers: { authorization: `Bearer ${token}` } });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

describe('GET /audit/export over the network', () => {
  it('reads no faster than it is read, and stops when the reader goes away', async () => {
    const token = await bigTrail();
    const batches = jest.spyOn(app.nest.get(AuditEventsRepository), 'exportLines');
    const response = await get(token);
    await pause(700);
    const whileNobodyReads = batches.mock.calls.length;
    expect(whileNobodyReads).toBeGreaterThan(0);
    expect(whileNobodyReads).toBeLessThan(ROWS / 500 / 2);
    response.destroy();
    await pause(300);
    expect(batches.mock.calls.length).toBeLessThanOrEqual(whileNobodyReads + 1);
    batches.mockRestore();
  });

  it('gives all of it to a reader who stays', async () => {
    const response = await get(await bigTrail());
    let lines = 0;
    for await (const chunk of response) for (const byte of chunk as Buffer) if (byte === 10) lines++;
    expect(lines).toBe(ROWS + 1);
  });
});
