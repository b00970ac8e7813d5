import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
