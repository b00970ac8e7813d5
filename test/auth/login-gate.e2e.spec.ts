import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ManualClock } from '../../src/platform/clock/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { anonymousScope } from '../../src/platform/database/scope.js';
import { LoginGate } from '../../src/features/auth/sessions/login-gate.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  app = await startTestApp();
  clock = turnedClock(app);
});
afterAll(() => app?.close());

/** The check in the transaction that lets somebody in: the last one, after the password was found right. */
const letIn = (address: string | null, email: string): Promise<void> =>
  app.nest.get(Database).write(anonymousScope('test', address), (tx) => app.nest.get(LoginGate).assertOpenNow(tx, email));
const fail = (address: string | null, email: string): Promise<void> =>
  app.nest.get(LoginGate).countFailure(anonymousScope('test', address), email, undefined);

it('closes on who is about to be let in, by account and by address, until the lock is over', async () => {
  const [email, address] = ['gate@example.com', '10.7.0.1'];
  for (let i = 0; i < 4; i++) await fail(address, email);
  await expect(letIn(address, email)).resolves.toBeUndefined();
  await fail(address, email);
  const locked = { definition: { code: 'login-locked' }, details: { retryAfterSeconds: 30 } };
  await expect(letIn('10.7.0.2', email)).rejects.toMatchObject(locked);
  await expect(letIn(address, 'other@example.com')).rejects.toMatchObject(locked);
  await expect(letIn('10.7.0.2', 'other@example.com')).resolves.toBeUndefined();
  await expect(fail(address, email)).rejects.toMatchObject(locked);
  clock.advance({ seconds: 31 });
  await expect(letIn(address, email)).resolves.toBeUndefined();
});

it('counts the account alone where no address is known', async () => {
  const count = async (): Promise<number> => (await app.database.owner.query('select 1 from login_failures')).rowCount ?? 0;
  const before = await count();
  for (let i = 0; i < 5; i++) await fail(null, 'nowhere@example.com');
  expect((await count()) - before).toBe(1);
  await expect(letIn(null, 'nowhere@example.com')).rejects.toMatchObject({ definition: { code: 'login-locked' } });
  await expect(letIn(null, 'else@example.com')).resolves.toBeUndefined();
});
