import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let actor: TestActor;

beforeAll(async () => {
  app = await startTestApp();
  actor = await makeOrganization(app);
}, 60_000);
afterAll(() => app.close());

/** As text: making it of a value is what runs out of stack. */
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

async function send(url: string, payload: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const sent = { authorization: `Bearer ${actor.token}`, 'content-type': 'application/json', ...headers };
  const answer = await app.nest
    .getHttpAdapter()
    .getInstance()
    .inject({ method: 'POST', url: `/api/v1${url}`, headers: sent, payload });
  return [answer.statusCode, answer.json<{ code: string }>().code];
}

describe('a body that is nested too deep', () => {
  it.each(['', 'a-key-of-a-request'])('is refused before anything walks through it (Idempotency-Key: "%s")', async (key) => {
    const headers: Record<string, string> = key === '' ? {} : { 'idempotency-key': key };
    for (const levels of [64, 5_000, 30_000]) {
      expect(await send('/leads', `{"name":"Ana","attributes":{"a":${nested(levels)}}}`, headers)).toEqual([400, 'malformed-body']);
      expect(await send('/companies', `{"name":"Ana","address":${nested(levels)}}`, headers)).toEqual([400, 'malformed-body']);
    }
  });

  it('is one of more levels than anything needs', async () => {
    expect(await send('/companies', `{"name":"Ana","address":${nested(63)}}`)).toEqual([422, 'validation-failed']);
  });
});
