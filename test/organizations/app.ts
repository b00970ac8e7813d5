import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { AuditModule } from '../../src/features/audit/index.js';
import { Memberships, OrganizationsModule } from '../../src/features/organizations/index.js';
import { AccessModule } from '../../src/platform/access/access.module.js';
import { AccessSource, type Denial, type Grant } from '../../src/platform/access/grant.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import { Settings } from '../../src/platform/config/settings.js';
import { DATABASE_URLS, DatabaseModule } from '../../src/platform/database/database.module.js';
import { watchOpenTransactions } from '../../src/platform/database/transactions.js';
import { createHttpApp } from '../../src/platform/http/http-app.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { CapturedMails } from '../../src/platform/mail/captured-mails.js';
import { MailModule } from '../../src/platform/mail/mail.module.js';
import { MessagingModule } from '../../src/platform/messaging/messaging.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { newId, NIL_ID } from '../../src/shared/ids.js';
import type { Answer } from '../harness/test-app.js';
import { cloneDatabase, testSecret, type TestDatabase } from '../harness/test-database.js';
import { scopeOf } from './services.js';

/** A person who exists; `in` gives the credential with which they work in an organization, or in none. */
export interface Someone {
  readonly id: string;
  readonly email: string;
  in(organizationId?: string, kind?: 'user' | 'api-key'): string;
}

/** This feature on the real platform with real jobs and mails. Who somebody is comes from the credential, what they may do from the feature. */
export interface OrganizationsApp {
  readonly database: TestDatabase;
  call(
    method: InjectOptions['method'],
    url: string,
    options?: { as?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  someone(name?: string): Promise<Someone>;
  /** An organization made by a person through the API. */
  organization(owner: Someone, name?: string): Promise<string>;
  /** A new person who is a member, put there by SQL. */
  member(organizationId: string, role?: string): Promise<Someone>;
  /** The token of the latest mail to an address; waits for it. */
  mailedToken(email: string, count?: number): Promise<string>;
  /** Actions recorded in an organization, oldest first. */
  audited(
    organizationId: string,
    resourceType?: string,
  ): Promise<{ action: string; user_id: string; before: unknown; after: unknown; resource_id: string }[]>;
  close(): Promise<void>;
}

/** Knows `ck_user.organization.kind`; what that grants is the business of `Memberships`, asked as the auth feature asks it. */
class CredentialSource extends AccessSource {
  memberships: Memberships | undefined;

  verificationKey(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  grantOfSession(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  async grantOfApiKey(key: string): Promise<Grant | undefined> {
    const [userId = '', organizationId = NIL_ID, type = 'user'] = key.slice(3).split('.');
    const granted = await this.memberships?.grantFor(scopeOf(userId, organizationId));
    if (organizationId !== NIL_ID && !granted) return undefined;
    const actor = { type: type as 'user' | 'api-key', id: userId, userId };
    return { organizationId, actor, permissions: new Set(granted?.permissions), sessionId: null };
  }
  denied(_denial: Denial): Promise<void> {
    return Promise.resolve();
  }
}

@Global()
@Module({ providers: [{ provide: AccessSource, useClass: CredentialSource }], exports: [AccessSource] })
class CredentialModule {}

@Global()
@Module({})
class StartModule {}

function rootOf(settings: Settings, database: TestDatabase): DynamicModule {
  const providers = [
    { provide: Settings, useValue: settings },
    { provide: DATABASE_URLS, useValue: database.urls },
  ];
  const start: DynamicModule = { module: StartModule, global: true, providers, exports: providers };
  const platform = [
    start,
    TelemetryModule,
    DatabaseModule,
    HttpModule,
    AccessModule,
    CredentialModule,
    MailModule,
    MessagingModule.forRole(settings),
  ];
  @Module({})
  class Root {}
  return { module: Root, imports: [...platform, AuditModule, OrganizationsModule] };
}

export async function startOrganizationsApp(environment: Record<string, string> = {}): Promise<OrganizationsApp> {
  watchOpenTransactions();
  const database = await cloneDatabase();
  const settings = loadSettings({
    ...{
      NODE_ENV: 'test',
      SECRET_KEY: testSecret(),
      LOG_LEVEL: 'silent',
      PORT: '0',
      DATABASE_LANES: '2',
      API_DOCS: 'false',
      RATE_LIMIT_SCALE: '1000',
    },
    ...environment,
  });
  const nest = await createHttpApp(rootOf(settings, database), settings);
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  nest.get<CredentialSource>(AccessSource).memberships = nest.get(Memberships, { strict: false });
  return toolsOf(nest, database);
}

function toolsOf(nest: NestFastifyApplication, database: TestDatabase): OrganizationsApp {
  const call: OrganizationsApp['call'] = async (method, url, { as, body, headers } = {}) => {
    const response = await nest.inject({
      method,
      url: `/api/v1${url}`,
      headers: { ...(as ? { 'x-api-key': as } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    } as InjectOptions);
    const isJson = response.body !== '' && String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: isJson ? (JSON.parse(response.body) as unknown) : undefined,
    };
  };
  const someone = (name?: string): Promise<Someone> => insertSomeone(database, name);
  return {
    database,
    call,
    someone,
    organization: async (owner, name = 'Acme') => {
      const made = await call('POST', '/organizations', { as: owner.in(), body: { name, country: 'PT' } });
      if (made.status !== 201) throw new Error(made.text);
      return made.json.id as string;
    },
    member: async (organizationId, role = 'member') => {
      const person = await someone();
      await database.owner.query('insert into memberships (organization_id, user_id, role) values ($1, $2, $3)', [
        organizationId,
        person.id,
        role,
      ]);
      return person;
    },
    mailedToken: (email, count = 1) => mailedToken(nest.get(CapturedMails, { strict: false }), email, count),
    audited: async (organizationId, resourceType) =>
      (
        await database.owner.query(
          `select action, user_id, before, after, resource_id from audit_events where organization_id = $1 and ($2::text is null or resource_type = $2) order by id`,
          [organizationId, resourceType ?? null],
        )
      ).rows as never,
    close: async () => {
      await nest.close();
      await database.drop();
    },
  };
}

async function insertSomeone(database: TestDatabase, name = 'Somebody'): Promise<Someone> {
  const id = newId();
  const email = `${name.toLowerCase().replaceAll(' ', '.')}.${id.slice(-8)}@example.com`;
  await database.owner.query(
    `insert into users (id, email, name, password_hash, password_changed_at, created_at, updated_at, email_verified_at) values ($1, $2, $3, 'untouched', now(), now(), now(), now())`,
    [id, email, name],
  );
  return { id, email, in: (organizationId = NIL_ID, kind = 'user') => `ck_${id}.${organizationId}.${kind}` };
}

async function mailedToken(mails: CapturedMails, email: string, count: number): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const sent = await mails.list({ to: email });
    const token = sent.length >= count ? /token=(inv_[\w.-]+)/.exec(sent[0]?.text ?? '')?.[1] : undefined;
    if (token !== undefined) return token;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail number ${count} to ${email}`);
}

/** Waits until something holds. The bus tells every process of a change within milliseconds; a remembered grant alone would last five seconds. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 2_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
