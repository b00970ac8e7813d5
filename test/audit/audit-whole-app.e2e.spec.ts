import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import { AuditVerifier } from '../../src/features/audit/index.js';
import { NIL_ID } from '../../src/shared/ids.js';
import { addMember, login, makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
});
afterAll(() => app.close());

const eventsOf = async (token: string, query: string): Promise<Record<string, unknown>[]> =>
  (await app.call('GET', `/api/v1/audit/events?${query}`, { token })).json.items as Record<string, unknown>[];

describe('the audit trail of the whole application', () => {
  it('tells who made the organization, who logged in to it and who was refused what', async () => {
    const owner = await makeOrganization(app);
    const member = await addMember(app, owner);
    expect(await eventsOf(owner.token, 'action=organization.created')).toMatchObject([
      { resourceId: owner.organizationId, userId: owner.userId },
    ]);

    const refused = await app.call('GET', '/api/v1/audit/events', { token: member.token });
    expect(refused).toMatchObject({ status: 403, json: { code: 'permission-denied', permission: 'audit:read' } });
    expect(await eventsOf(owner.token, `action=access.denied&actorId=${member.userId}`)).toMatchObject([
      { resourceId: 'GET /api/v1/audit/events', after: { permission: 'audit:read' }, requestId: refused.headers['x-request-id'] },
    ]);

    await login(app, member.email);
    expect(await eventsOf(owner.token, `action=session.started&actorId=${member.userId}`)).toHaveLength(1);
  });

  it('keeps what belongs to no organization in the chain of the platform, and all chains hold', async () => {
    await expect(login(app, 'nobody@example.com', 'Wrong-Password-1')).rejects.toThrow('401');
    await app.nest.get(AuditSealer).sealPending();
    const reports = await app.nest.get(AuditVerifier).verifyAll();
    expect(reports.length).toBeGreaterThan(1);
    expect(reports[0]).toMatchObject({ organizationId: NIL_ID, ok: true, unsealed: 0 });
    expect(reports[0]?.rows).toBeGreaterThan(0);
    expect(reports.filter((report) => !report.ok)).toEqual([]);
  });

  it('may be read by finance, verified and exported by administrators only', async () => {
    const owner = await makeOrganization(app);
    const [finance, admin] = [await addMember(app, owner, 'finance'), await addMember(app, owner, 'admin')];
    const statuses = async (token: string): Promise<number[]> => [
      (await app.call('GET', '/api/v1/audit/events', { token })).status,
      (await app.call('POST', '/api/v1/audit/verify', { token, body: {} })).status,
      (await app.nest.inject({ method: 'GET', url: '/api/v1/audit/export', headers: { authorization: `Bearer ${token}` } })).statusCode,
    ];
    expect(await statuses(finance.token)).toEqual([200, 403, 403]);
    expect(await statuses(admin.token)).toEqual([200, 200, 200]);
  });
});
