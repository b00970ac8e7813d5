import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ManualClock } from '../../src/platform/clock/clock.js';
import { makeOrganization, tokenFor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  app = await startTestApp();
  clock = turnedClock(app);
});
afterAll(() => app?.close());

const refresh = (refreshToken: string): Promise<Answer> => app.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
const me = async (token: string): Promise<number> => (await app.call('GET', '/api/v1/auth/me', { token })).status;

interface Row {
  readonly generation: number;
  readonly revoked_reason: string | null;
}

async function row(sessionId: string): Promise<Row | undefined> {
  return (await app.database.owner.query<Row>('select generation, revoked_reason from sessions where id = $1', [sessionId])).rows[0];
}

describe('refreshing', () => {
  it('gives fifty callers at once the same successor, by one rotation', async () => {
    const owner = await makeOrganization(app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(owner.refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ json }) => json.refreshToken as string));
    expect(successors.size).toBe(1);
    expect(successors.has(owner.refreshToken)).toBe(false);
    expect(await row(owner.sessionId)).toEqual({ generation: 2, revoked_reason: null });
    expect(new Set(await Promise.all(answers.slice(0, 3).map(({ json }) => me(json.accessToken as string))))).toEqual(new Set([200]));
  });

  it('ends the family when a used token comes back after the grace, and tells the owner', async () => {
    const owner = await makeOrganization(app);
    const first = await refresh(owner.refreshToken);
    clock.advance({ seconds: 20 });
    expect((await refresh(owner.refreshToken)).status).toBe(200);
    clock.advance({ seconds: 1 });
    const reused = await refresh(owner.refreshToken);
    expect([reused.status, reused.json.code]).toEqual([401, 'invalid-refresh-token']);
    expect(await row(owner.sessionId)).toMatchObject({ revoked_reason: 'reuse' });
    expect((await refresh(first.json.refreshToken as string)).status).toBe(401);
    await mailTo(app, owner.email, 'A session was ended to protect you');
    const audits = await app.database.owner.query('select 1 from audit_events where action = $1 and resource_id = $2', [
      'session.refresh-reused',
      owner.sessionId,
    ]);
    expect(audits.rowCount).toBe(1);
  });

  it('leaves other sessions of the person alone', async () => {
    const owner = await makeOrganization(app);
    const other = await tokenFor(app, owner.userId, owner.organizationId);
    await refresh(owner.refreshToken);
    clock.advance({ minutes: 5 });
    expect((await refresh(owner.refreshToken)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('never revives a revoked family, however refreshes and the revocation cross', async () => {
    for (let round = 0; round < 12; round++) {
      const owner = await makeOrganization(app);
      const token = round % 2 === 0 ? owner.refreshToken : ((await refresh(owner.refreshToken)).json.refreshToken as string);
      const crossing = Array.from({ length: 12 }, (_, index) =>
        index === round % 12
          ? app.call('POST', '/api/v1/auth/logout', { token: owner.token })
          : refresh(index % 3 === 0 ? owner.refreshToken : token),
      );
      const answers = await Promise.all(crossing);
      const state = await row(owner.sessionId);
      expect(state?.revoked_reason).toBe('logout');
      const handedOut = answers.flatMap(({ json }) =>
        (json as { refreshToken?: string } | undefined)?.refreshToken ? [(json as { refreshToken: string }).refreshToken] : [],
      );
      for (const one of new Set([owner.refreshToken, token, ...handedOut])) expect((await refresh(one)).status).toBe(401);
      expect(await row(owner.sessionId)).toEqual(state);
    }
  });

  it('lets a caller who is several steps behind catch up within the grace, and takes one far behind for a thief', async () => {
    const owner = await makeOrganization(app);
    const tokens = [owner.refreshToken];
    for (let i = 0; i < 12; i++) tokens.push((await refresh(tokens.at(-1) ?? '')).json.refreshToken as string);
    const late = await refresh(tokens[9] ?? '');
    expect([late.status, late.json.refreshToken]).toEqual([200, tokens[12]]);
    const { rows } = await app.database.owner.query<{ kept: number }>(
      'select cardinality(recent_rotations) as kept from sessions where id = $1',
      [owner.sessionId],
    );
    expect(rows[0]?.kept).toBe(8);
    expect((await refresh(tokens[1] ?? '')).status).toBe(401);
    expect((await refresh(tokens[12] ?? '')).status).toBe(401);
  });

  it('cannot be undone in the database either', async () => {
    const owner = await makeOrganization(app);
    await app.call('POST', '/api/v1/auth/logout', { token: owner.token });
    await expect(
      app.database.owner.query('update sessions set revoked_at = null, revoked_reason = null where id = $1', [owner.sessionId]),
    ).rejects.toThrow('never comes back');
    await expect(
      app.database.owner.query('update sessions set generation = generation + 1 where id = $1', [owner.sessionId]),
    ).rejects.toThrow('never comes back');
  });

  it('follows the person out of an organization', async () => {
    const owner = await makeOrganization(app);
    await app.database.owner.query(`update memberships set status = 'inactive' where user_id = $1`, [owner.userId]);
    expect((await refresh(owner.refreshToken)).json).toMatchObject({ organizationId: null, role: null });
  });

  it('ends with the life of the session', async () => {
    const owner = await makeOrganization(app);
    clock.advance({ days: app.settings.refreshTtlDays });
    expect((await refresh(owner.refreshToken)).status).toBe(401);
  });

  it.each(['x', `rt_${'A'.repeat(70)}`])('refuses %s', async (text) => {
    const answer = await refresh(text);
    expect([answer.status, answer.json.code]).toEqual([401, 'invalid-refresh-token']);
  });

  it('refuses a token whose last byte was changed', async () => {
    const { refreshToken } = await makeOrganization(app);
    const bytes = Buffer.from(refreshToken.slice(3), 'base64url');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect((await refresh(`rt_${bytes.toString('base64url')}`)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});
