import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { CSV, upload } from '../files/uploading.js';

const REAL = process.env['CONCORD_TEST_S3'];
let app: TestApp;

beforeAll(async () => {
  // Port 9 is the discard service, which nobody runs: the connection is refused at once.
  process.env['CONCORD_TEST_S3'] = JSON.stringify({ endpoint: 'http://127.0.0.1:9', accessKeyId: 'key', secretAccessKey: 'secret' });
  app = await startTestApp();
});
afterAll(async () => {
  process.env['CONCORD_TEST_S3'] = REAL;
  await app.close();
});

describe('an object storage that does not answer', () => {
  it('does not keep the application from starting, and is told to who needs it', async () => {
    const { token } = await makeOrganization(app);
    expect((await app.call('GET', '/api/v1/files', { token })).status).toBe(200);
    const answer = await upload(app, token, 'people.csv', CSV);
    expect(answer.json).toMatchObject({ status: 503, code: 'unavailable' });
    expect(answer.headers['retry-after']).toBe('5');
    const readiness = await app.call('GET', '/health/ready');
    expect(readiness.status).toBe(503);
    expect(readiness.json).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: 'storage', status: 'down' })]),
    });
  });
});
