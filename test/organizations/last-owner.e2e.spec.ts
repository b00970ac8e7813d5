import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../harness/test-app.js';
import { type OrganizationsApp, type Someone, startOrganizationsApp } from './app.js';

const ACTIONS = ['demote', 'remove', 'deactivate', 'leave', 'transfer'] as const;

describe('the last owner, in races', () => {
  let app: OrganizationsApp;
  beforeAll(async () => {
    app = await startOrganizationsApp();
  });
  afterAll(() => app.close());

  const activeOwners = async (org: string): Promise<number> =>
    (await app.database.owner.query(`select 1 from memberships where organization_id = $1 and role = 'owner' and status = 'active'`, [org]))
      .rows.length;

  function act(org: string, action: (typeof ACTIONS)[number], by: Someone, target: Someone): Promise<Answer> {
    const as = by.in(org);
    if (action === 'demote') return app.call('PATCH', `/members/${target.id}`, { as, body: { role: 'viewer' } });
    if (action === 'remove') return app.call('DELETE', `/members/${target.id}`, { as });
    if (action === 'deactivate') return app.call('POST', `/members/${target.id}/deactivate`, { as });
    if (action === 'leave') return app.call('POST', '/members/leave', { as });
    return app.call('POST', '/organization/transfer', { as, body: { userId: target.id } });
  }

  it('lets one of two owners who demote each other win, every time', async () => {
    for (let round = 0; round < 20; round++) {
      const ana = await app.someone('Ana');
      const org = await app.organization(ana);
      const bo = await app.member(org, 'owner');
      const answers = await Promise.all([act(org, 'demote', ana, bo), act(org, 'demote', bo, ana)]);
      expect(answers.map((one) => one.status).sort()).toEqual([200, 403]);
      expect(await activeOwners(org)).toBe(1);
    }
  });

  it('lets all owners but one leave at once', async () => {
    const ana = await app.someone('Ana');
    const org = await app.organization(ana);
    const owners = [ana, ...(await Promise.all(Array.from({ length: 5 }, () => app.member(org, 'owner'))))];
    const answers = await Promise.all(owners.map((one) => act(org, 'leave', one, one)));
    expect(answers.map((one) => one.status).sort()).toEqual([204, 204, 204, 204, 204, 409]);
    expect(await activeOwners(org)).toBe(1);
  });

  it('leaves an active owner whatever owners do to each other at the same time', async () => {
    const people = fc.nat({ max: 2 });
    const step = fc.record({ action: fc.constantFrom(...ACTIONS), by: people, target: people });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        const ana = await app.someone('Ana');
        const org = await app.organization(ana);
        const owners = [ana, await app.member(org, 'owner'), await app.member(org, 'owner')] as const;
        const answers = await Promise.all(
          steps.map(({ action, by, target }) => act(org, action, owners[by] ?? ana, owners[target] ?? ana)),
        );
        expect(answers.filter((one) => one.status >= 500)).toEqual([]);
        expect(await activeOwners(org)).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});
