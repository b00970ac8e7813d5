import { DataSource } from 'typeorm';
import { AuditTrail } from '../../src/features/audit/index.js';
import { Invitations, Memberships, Organizations } from '../../src/features/organizations/index.js';
import { AssignableRoles } from '../../src/features/organizations/roles/assignable-roles.js';
import { PERMISSIONS } from '../../src/platform/access/permissions.js';
import { ManualClock } from '../../src/platform/clock/clock.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import { Bus } from '../../src/platform/database/bus.js';
import { Database } from '../../src/platform/database/database.js';
import { SESSION_OPTIONS, textTypes } from '../../src/platform/database/pg-types.js';
import { anonymousScope, type Scope } from '../../src/platform/database/scope.js';
import { newId, NIL_ID } from '../../src/shared/ids.js';
import { cloneDatabase, type TestDatabase, testSecret } from '../harness/test-database.js';

/** The services of the feature on a database of their own, without HTTP: for races and policies. */
export interface Services {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly clock: ManualClock;
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly invitations: Invitations;
  readonly audit: AuditTrail;
  readonly bus: Bus;
  readonly roles: AssignableRoles;
  /** A person who exists in the directory. */
  person(name: string): Promise<Person>;
  /** An organization, and the scope of its owner. */
  organization(owner: Person, name?: string): Promise<{ id: string; owner: Scope }>;
  close(): Promise<void>;
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export async function startServices(environment: Record<string, string> = {}): Promise<Services> {
  const database = await cloneDatabase();
  const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: testSecret(), LOG_LEVEL: 'silent', ...environment });
  const source = await new DataSource({
    type: 'postgres',
    url: database.urls.app,
    installExtensions: false,
    extra: { max: 12, types: textTypes, options: SESSION_OPTIONS },
  }).initialize();
  const db = new Database(source, {
    appUrl: database.urls.app,
    systemUrl: database.urls.system,
    lanes: 2,
    systemPoolMax: 1,
    statementTimeoutMs: 30_000,
  });
  const bus = new Bus(database.urls.app);
  await Promise.all([db.open(), bus.open()]);
  const [audit, clock, roles] = [new AuditTrail(), new ManualClock(), new AssignableRoles()];
  const organizations = new Organizations(audit, settings, clock);
  return {
    ...{ database, db, bus, clock, organizations, audit, roles },
    memberships: new Memberships(db),
    invitations: new Invitations(db, audit, bus, roles, clock, settings),
    person: (name) => insertPerson(database, name),
    organization: async (owner, name = 'Acme') => {
      const scope = scopeOf(owner.id);
      const made = await db.write(scope, (tx) => organizations.create(tx, scope, { name, country: 'FR' }));
      return { id: made.id, owner: scopeOf(owner.id, made.id) };
    },
    close: async () => {
      await Promise.all([db.close(), bus.close(), source.destroy()]);
      await database.drop();
    },
  };
}

/** The scope of a logged-in person who holds every permission; the services ask the database for what they really hold. */
export function scopeOf(userId: string, organizationId: string = NIL_ID): Scope {
  return {
    ...anonymousScope('test', '127.0.0.1'),
    organizationId,
    actor: { type: 'user', id: userId, userId },
    permissions: new Set(PERMISSIONS),
  };
}

async function insertPerson(database: TestDatabase, name: string): Promise<Person> {
  const person = { id: newId(), name, email: `${name.toLowerCase().replaceAll(' ', '.')}.${newId().slice(-8)}@example.com` };
  await database.owner.query(
    `insert into users (id, email, name, password_hash, password_changed_at, created_at, updated_at, email_verified_at) values ($1, $2, $3, 'x', now(), now(), now(), now())`,
    [person.id, person.email, person.name],
  );
  return person;
}
