import { randomBytes } from 'node:crypto';
import type { SystemRole } from '../../src/platform/access/permissions.js';
import { Database } from '../../src/platform/database/database.js';
import { anonymousScope, type Scope, systemScope } from '../../src/platform/database/scope.js';
import { UsersRepository } from '../../src/features/auth/accounts/users.repository.js';
import { SessionTokens } from '../../src/features/auth/sessions/session-tokens.js';
import { SessionsRepository } from '../../src/features/auth/sessions/sessions.repository.js';
import { insertMembership } from '../../src/features/organizations/members/members.repository.js';
import { Organizations } from '../../src/features/organizations/index.js';
import { newId } from '../../src/shared/ids.js';
import type { TestApp } from './test-app.js';

/** The password of everybody here, and its Argon2id hash: hashing it anew for each person would cost most of the time of the tests. */
export const PASSWORD = 'Orchard-Lantern-42';
const PASSWORD_HASH = '$argon2id$v=19$m=19456,t=2,p=1$6EaFcPBCVk2mRUSFwNbtpw$39BRC6JwRJderVemuDYUC7kpRLLQzZR9Gl4ijeLkehY';

export interface TestPerson {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Somebody logged in to an organization of their own or of somebody else. */
export interface TestActor extends TestPerson {
  readonly organizationId: string;
  readonly sessionId: string;
  readonly token: string;
  readonly refreshToken: string;
}

export interface OrganizationOptions {
  /** Role of the actor that is given back; another person owns the organization when it is not `owner`. */
  readonly role?: SystemRole;
  readonly name?: string;
  readonly country?: string;
  readonly baseCurrency?: string;
  readonly timeZone?: string;
}

/** A verified account that belongs to no organization. */
export async function makePerson(app: TestApp, given: { email?: string; name?: string; isVerified?: boolean } = {}): Promise<TestPerson> {
  const mark = randomBytes(6).toString('hex');
  const person = { userId: newId(), email: given.email ?? `p${mark}@example.com`, name: given.name ?? `Robin ${mark}`, password: PASSWORD };
  const { userId: id, email, name } = person;
  await app.nest
    .get(Database)
    .write(systemScope('test'), (tx) =>
      app.nest.get(UsersRepository).insert(tx, { id, email, name, passwordHash: PASSWORD_HASH, isVerified: given.isVerified ?? true }),
    );
  return person;
}

/** An organization with one logged-in person of a role, the owner unless said. */
export async function makeOrganization(app: TestApp, options: OrganizationOptions = {}): Promise<TestActor> {
  const { role = 'owner', name = `Company ${randomBytes(4).toString('hex')}`, country = 'PT', ...rest } = options;
  const owner = await makePerson(app);
  const scope: Scope = { ...anonymousScope('test', null), actor: { type: 'user', id: owner.userId, userId: owner.userId } };
  const { id } = await app.nest
    .get(Database)
    .write(scope, (tx) => app.nest.get(Organizations).create(tx, scope, { name, country, ...rest }));
  if (role === 'owner') return { ...owner, organizationId: id, ...(await tokenFor(app, owner.userId, id)) };
  return addMember(app, { organizationId: id }, role);
}

/** Another person with a role in an organization, logged in to it. */
export async function addMember(
  app: TestApp,
  organization: { readonly organizationId: string },
  role: SystemRole = 'member',
): Promise<TestActor> {
  const person = await makePerson(app);
  await joinOrganization(app, organization, person, role);
  return { ...person, organizationId: organization.organizationId, ...(await tokenFor(app, person.userId, organization.organizationId)) };
}

/** Makes a person a member without an invitation. */
export async function joinOrganization(
  app: TestApp,
  { organizationId }: { readonly organizationId: string },
  { userId }: { readonly userId: string },
  role: SystemRole,
): Promise<void> {
  const scope = systemScope('test', organizationId);
  await app.nest.get(Database).write(scope, (tx) => insertMembership(tx, { userId, role, customRoleId: null }, new Date().toISOString()));
}

/** A new session of a person, as logging in makes it but without the cost of the password. */
export async function tokenFor(
  app: TestApp,
  userId: string,
  organizationId: string | null = null,
): Promise<{ sessionId: string; token: string; refreshToken: string }> {
  const session = await app.nest
    .get(Database)
    .write(systemScope('test'), (tx) =>
      app.nest.get(SessionsRepository).start(tx, { id: userId, passwordHash: PASSWORD_HASH }, { organizationId, userAgent: 'test' }),
    );
  if (!session) throw new Error('the person has another password or is switched off');
  const bearer = { userId, sessionId: session.id, organizationId, role: null };
  const made = await app.nest.get(SessionTokens).both(bearer, session);
  return { sessionId: session.id, token: made.accessToken, refreshToken: made.refreshToken };
}

/** Logs in through the API. */
export async function login(
  app: TestApp,
  email: string,
  password: string = PASSWORD,
): Promise<{ token: string; refreshToken: string; organizationId: string | null }> {
  const answer = await app.call('POST', '/api/v1/auth/login', { body: { email, password } });
  if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${answer.text}`);
  const { accessToken, refreshToken, organizationId } = answer.json as {
    accessToken: string;
    refreshToken: string;
    organizationId: string | null;
  };
  return { token: accessToken, refreshToken, organizationId };
}
