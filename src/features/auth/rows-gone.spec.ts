import { describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../platform/clock/clock.js';
import { hashPassword } from '../../platform/crypto/passwords.js';
import type { Database } from '../../platform/database/database.js';
import { anonymousScope, type Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { newId } from '../../shared/ids.js';
import { Accounts } from './accounts/accounts.js';
import { PasswordConfirmation } from './accounts/password-confirmation.js';
import { PasswordsService } from './accounts/passwords.service.js';
import { ProfileService } from './accounts/profile.service.js';
import { RegistrationRows } from './accounts/registration-rows.js';
import { VerificationService } from './accounts/verification.service.js';
import { ApiKeyMinting } from './api-keys/api-key-minting.js';
import { ApiKeysRepository, type NewKeyRow } from './api-keys/api-keys.repository.js';
import { LoginRecords } from './sessions/login-records.js';
import { SessionClosing } from './sessions/session-closing.js';
import { SessionsService } from './sessions/sessions.service.js';
import { loadSettings } from '../../platform/config/load-settings.js';

const [userId, sessionId] = [newId(), newId()];
const scope: Scope = { ...anonymousScope('test', null), actor: { type: 'user', id: userId, userId }, sessionId };
const tx = { scope, query: () => Promise.resolve([]) } as unknown as Tx;
const run = (_: Scope, work: (tx: Tx) => unknown): unknown => work(tx);
const database = { read: run, write: run, writeOne: run } as unknown as Database;
const none = { record: jest.fn(() => Promise.resolve()) };
const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const fake = <T>(part: object): T => part as T;
const code = (name: string): object => ({ definition: { code: name } });

describe('an account that is gone between two statements', () => {
  it('is not made by a command or a registration without a word', async () => {
    const users = fake<never>({ insertUnlessThere: () => Promise.resolve(false), byEmail: nothing, byEmailToChange: nothing });
    const wanted = { email: 'a@example.com', name: 'Ana' };
    await expect(
      new Accounts(database, users, fake({}), fake(none)).createVerified({ ...wanted, password: 'Orchard-Lantern-42' }),
    ).rejects.toThrow('was not found');
    const rows = new RegistrationRows(users, fake({}), fake({}), fake(none));
    await expect(rows.want(tx, { ...wanted, passwordHash: 'x' })).rejects.toThrow('was not found');
  });

  it('has no profile to read or to change', async () => {
    const profile = (users: object): ProfileService => new ProfileService(database, fake(users), fake({}), fake(none));
    await expect(profile({ byId: nothing }).me(scope)).rejects.toMatchObject(code('not-found'));
    await expect(profile({ byIdToChange: nothing }).update(scope, { name: 'Rui' })).rejects.toMatchObject(code('not-found'));
    const before = { name: 'Ana', timeZone: null, locale: null };
    const vanishing = profile({ byIdToChange: () => Promise.resolve(before), setProfile: nothing });
    await expect(vanishing.update(scope, { name: 'Rui' })).rejects.toMatchObject(code('not-found'));
  });

  it('confirms nothing by a password', async () => {
    const confirmation = new PasswordConfirmation(database, fake({ byId: nothing }), fake({}));
    await expect(confirmation.confirm(scope, 'any', '/password')).rejects.toMatchObject(code('not-found'));
  });
});

describe('what changed while somebody was proving who they are', () => {
  it('keeps the newer of two passwords that are changed at once', async () => {
    const apply = jest.fn();
    const user = { id: userId, email: 'a@example.com', name: 'Ana', passwordHash: await hashPassword('Orchard-Lantern-42') };
    const service = new PasswordsService(
      database,
      fake({}),
      fake({ apply }),
      fake({ byIdToChange: () => Promise.resolve({ ...user, passwordHash: 'newer' }) }),
      fake({}),
      fake({ confirm: () => Promise.resolve(user) }),
    );
    const change = service.change(scope, { currentPassword: 'Orchard-Lantern-42', newPassword: 'Harbour-Violin-77' });
    await expect(change).rejects.toMatchObject(code('invalid-proof'));
    expect(apply).not.toHaveBeenCalled();
  });

  it('starts no session on a password that was just replaced', async () => {
    const gate = { assertOpenNow: nothing, forget: jest.fn() };
    const records = new LoginRecords(database, fake(gate), fake({ start: nothing }), fake({}), fake(none));
    const user = fake<never>({ id: userId, email: 'a@example.com' });
    const success = records.success(scope, user, { organizationId: null, role: null }, undefined);
    await expect(success).rejects.toMatchObject(code('invalid-credentials'));
    expect(gate.forget).not.toHaveBeenCalled();
  });

  it('verifies no account without the name and password it was registered with', async () => {
    const tokens = { use: () => Promise.resolve({ userId, facts: {} }) };
    const verify = jest.fn();
    const service = new VerificationService(database, fake(tokens), fake({ verify }), fake(none));
    await expect(service.verify(scope, { token: 'A'.repeat(43) })).rejects.toThrow('without name or password');
    expect(verify).not.toHaveBeenCalled();
  });
});

describe('a session that ended a moment ago', () => {
  it('is not switched', async () => {
    const organizationId = newId();
    const places = { of: () => Promise.resolve({ organizationId, role: 'owner' }) };
    const sessions = { setOrganization: () => Promise.resolve(false), rememberOrganization: jest.fn() };
    const service = new SessionsService(database, fake(sessions), fake({}), fake({}), fake(places), fake(none));
    await expect(service.switchTo(scope, organizationId)).rejects.toMatchObject(code('not-found'));
    expect(sessions.rememberOrganization).not.toHaveBeenCalled();
  });

  it('is recorded and told once when its used token comes back twice', async () => {
    const revoke = jest.fn<() => Promise<object | undefined>>().mockResolvedValueOnce({ userId }).mockResolvedValue(undefined);
    const [tell, publish, record] = [jest.fn(nothing), jest.fn(nothing), jest.fn(nothing)];
    const closing = new SessionClosing(fake({ revoke }), fake({ publish }), fake({ record }), fake({ tell }));
    for (let i = 0; i < 2; i++) await closing.forReuse(tx, { id: sessionId, userId });
    expect([tell, publish, record].map((each) => each.mock.calls.length)).toEqual([1, 1, 1]);
  });
});

describe('an API key', () => {
  it('is not shown when it was not stored', async () => {
    await expect(new ApiKeysRepository().insert(tx, fake<NewKeyRow>({ id: newId() }))).rejects.toThrow('was not returned');
  });

  it('is told of without the name of an organization its maker has just left', async () => {
    const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: 'a'.repeat(64), LOG_LEVEL: 'silent' });
    const organizationId = newId();
    const memberships = (id: string): never =>
      fake<never>({ organizationsOf: () => Promise.resolve([{ organizationId: id, name: 'Acme' }]) });
    const nameFor = (id: string): Promise<string> =>
      new ApiKeyMinting(new ManualClock(), memberships(id), settings).organizationName({ ...scope, organizationId });
    expect([await nameFor(organizationId), await nameFor(newId())]).toEqual(['Acme', '']);
  });
});
