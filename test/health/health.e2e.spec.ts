import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ObjectStorage } from '../../src/platform/storage/object-storage.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

describe('probes', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ METRICS_TOKEN: 'a-token-for-the-scraper' });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  it('say what fails, with the time of every check, and that one may try again', async () => {
    jest.spyOn(app.nest.get(ObjectStorage), 'ping').mockRejectedValue(new Error('connection refused'));
    await app.database.owner.query(`update migrations set name = name || '-lost' where id = (select max(id) from migrations)`);
    const answer = await app.call('GET', '/health/ready');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json).toMatchObject({ code: 'not-ready' });
    expect(answer.json.detail).toMatch(/migrations: 1 migrations have not run: \w+; storage: connection refused/);
    const checks = answer.json.checks as { name: string; status: string; ms: number }[];
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(['database up', 'queue up', 'migrations down', 'storage down']);
    expect(checks.every(({ ms }) => typeof ms === 'number')).toBe(true);
    expect((await app.call('GET', '/health/startup')).status).toBe(503);
    expect((await app.call('GET', '/health/live')).status).toBe(200);
  });

  it('are ready again by themselves, and once started stay started', async () => {
    await app.database.owner.query(`update migrations set name = replace(name, '-lost', '')`);
    jest.restoreAllMocks();
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
    jest.spyOn(app.nest.get(ObjectStorage), 'ping').mockRejectedValue(new Error('gone again'));
    expect((await app.call('GET', '/health/ready')).status).toBe(503);
    expect((await app.call('GET', '/health/startup')).status).toBe(200);
  });

  it('do not wait for a dependency that hangs', async () => {
    jest.spyOn(app.nest.get(ObjectStorage), 'ping').mockImplementation(() => new Promise(() => undefined));
    const answer = await app.call('GET', '/health/ready');
    expect(answer.json.detail).toBe('storage: no answer within 2000 ms');
  });

  it('show metrics to who has the token, from wherever, and to nobody else', async () => {
    const read = (headers: Record<string, string>) => app.call('GET', '/metrics', { headers });
    expect((await read({})).status).toBe(403);
    expect((await read({ authorization: 'Bearer a-token-for-the-scrapes' })).status).toBe(403);
    const answer = await read({ authorization: 'Bearer a-token-for-the-scraper' });
    expect(answer.status).toBe(200);
    for (const series of [
      'concord_http_requests_total',
      'concord_db_statements_total',
      'concord_db_pool_connections',
      'concord_queue_depth',
      'concord_queue_lag_seconds',
    ])
      expect(answer.text).toContain(series);
    expect(answer.text).toContain('route="/health/ready"');
  });
});
