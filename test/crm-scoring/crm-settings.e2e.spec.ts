import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CrmDesk } from '../../src/features/crm/index.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { callerOf, type Caller } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let second: TestApp;
let owner: TestActor;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp();
  second = await startTestApp({}, { database: app.database });
  owner = await makeOrganization(app);
  caller = callerOf(app, owner.token);
}, 60_000);
afterAll(async () => {
  await second.close();
  await app.close();
});

const ana = { name: 'Ana Duarte', email: 'ana@duarte.pt' };

describe('the settings of the CRM', () => {
  it('say what to do about duplicates, in every process', async () => {
    expect((await caller.post('/leads', ana)).status).toBe(201);
    expect((await caller.post('/leads', ana)).status).toBe(201);
    const elsewhere = callerOf(second, owner.token);
    expect((await elsewhere.post('/leads', ana)).status).toBe(201);
    expect(await caller.get('/crm/settings')).toMatchObject({ status: 200, json: { onDuplicate: 'warn', version: 1 } });
    expect(await caller.put('/crm/settings', { onDuplicate: 'refuse' }, '"v1"')).toMatchObject({
      json: { onDuplicate: 'refuse', version: 2 },
    });
    expect((await caller.post('/leads', ana)).status).toBe(409);
    for (let tries = 0; (await elsewhere.post('/leads', ana)).status !== 409; tries++) {
      if (tries === 100) throw new Error('the other process did not follow');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await caller.post('/leads?onDuplicate=warn', ana)).status).toBe(201);
    expect(await caller.put('/crm/settings', { onDuplicate: 'warn' }, '"v2"')).toMatchObject({ json: { version: 3 } });
    expect((await caller.post('/leads', ana)).status).toBe(201);
    expect((await caller.post('/leads?onDuplicate=refuse', ana)).status).toBe(409);
  });

  it('hold for leads that are made in a transaction of others, as the assistant does', async () => {
    const someone = await makeOrganization(app);
    const api = callerOf(app, someone.token);
    const make = () => app.nest.get(CrmDesk).change(systemScope('test', someone.organizationId), (leads) => leads.create(ana));
    expect((await make()).duplicates).toEqual([]);
    expect((await make()).duplicates).toHaveLength(1);
    expect((await api.put('/crm/settings', { onDuplicate: 'refuse' }, '"v1"')).status).toBe(200);
    const refusal = { definition: { code: 'lead-already-exists' }, details: { detail: expect.stringContaining('Ana Duarte') } };
    await expect(make()).rejects.toMatchObject(refusal);
    // Nothing of it is remembered by this process yet, and of two at once one is the first.
    const other = await makeOrganization(app);
    expect((await callerOf(app, other.token).put('/crm/settings', { onDuplicate: 'refuse' }, '"v1"')).status).toBe(200);
    const made = await Promise.allSettled(
      [1, 2, 3].map(() => app.nest.get(CrmDesk).change(systemScope('test', other.organizationId), (leads) => leads.create(ana))),
    );
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('are changed by one at a time, and by who may', async () => {
    expect((await caller.put('/crm/settings', { onDuplicate: 'warn' }, '"v1"')).status).toBe(412);
    expect((await caller.put('/crm/settings', { onDuplicate: 'warn' })).status).toBe(428);
    expect((await caller.put('/crm/settings', { onDuplicate: 'never' }, '"v3"')).status).toBe(422);
    const member = callerOf(app, (await addMember(app, owner, 'member')).token);
    expect((await member.get('/crm/settings')).status).toBe(200);
    expect((await member.put('/crm/settings', { onDuplicate: 'warn' }, '"v3"')).status).toBe(403);
    const fresh = callerOf(app, (await makeOrganization(app)).token);
    expect((await fresh.put('/crm/settings', { onDuplicate: 'refuse' }, '"v2"')).status).toBe(412);
    expect((await fresh.get('/crm/settings')).json).toEqual({ onDuplicate: 'warn', version: 1 });
  });
});
