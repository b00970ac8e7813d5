import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AppModule } from '../app.module.js';
import { AuditVerifier } from '../features/audit/index.js';
import { Accounts, SigningKeys } from '../features/auth/index.js';
import { seedDemo } from '../features/demo/index.js';
import { withDevelopmentSecret } from '../platform/config/development-secret.js';
import { envExample } from '../platform/config/env-example.js';
import { readEnvironment, silenceVersionWarnings } from '../platform/config/environment.js';
import { loadSettings } from '../platform/config/load-settings.js';
import { type Settings } from '../platform/config/settings.js';
import { provisionDatabase } from '../platform/database/provision.js';
import { createHttpApp } from '../platform/http/http-app.js';
import { openApiDocument } from '../platform/http/openapi/document.js';
import { problemsPage } from '../platform/http/openapi/problems-page.js';
import { type Connections, openConnections } from '../platform/runtime/connections.js';
import { writeOrCheck } from './generated-files.js';
import { type CliOptions, required } from './cli-options.js';

interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  run(options: CliOptions): Promise<number>;
}

/** Everything `npm run cli --` can do. */
export const COMMANDS: readonly Command[] = [
  { name: 'migrate', usage: '', summary: 'make the roles and run every open migration', run: migrate },
  { name: 'seed', usage: '', summary: 'make the demo organization in the embedded database', run: () => withApp(seed) },
  {
    name: 'create-admin',
    usage: '--email E --name N [--password P]',
    summary: 'make a platform administrator',
    run: (options) => withApp((app) => createAdmin(app, options)),
  },
  {
    name: 'deactivate-account',
    usage: '--email E',
    summary: 'lock a person out: no login, sessions and API keys end',
    run: (options) => withApp((app) => setActive(app, options, false)),
  },
  {
    name: 'reactivate-account',
    usage: '--email E',
    summary: 'let a person in again',
    run: (options) => withApp((app) => setActive(app, options, true)),
  },
  {
    name: 'verify-audit',
    usage: '[--organization ID]',
    summary: 'check the audit chain of one or all organizations',
    run: (options) => withApp((app) => verifyAudit(app, options)),
  },
  { name: 'rotate-keys', usage: '', summary: 'make a new key that signs access tokens', run: () => withApp(rotateKeys) },
  { name: 'openapi', usage: '[--out FILE] [--check]', summary: 'write openapi.json and docs/problems.md', run: openapi },
  {
    name: 'env-example',
    usage: '[--check]',
    summary: 'write .env.example',
    run: (options) => Promise.resolve(writeOrCheck('.env.example', envExample(), options.has('check'))),
  },
];

function settings(overrides: Record<string, string> = {}): Settings {
  silenceVersionWarnings();
  return loadSettings(withDevelopmentSecret({ ...readEnvironment(), ...overrides }));
}

/** Runs an action in the application without serving: no port, no workers. */
async function withApp(
  action: (app: NestFastifyApplication, connections: Connections) => Promise<number>,
  overrides: Record<string, string> = {},
): Promise<number> {
  const made = settings({ ROLE: 'api', LOG_LEVEL: 'warn', ...overrides });
  const connections = await openConnections(made);
  try {
    if (made.migrateOnStart) await provisionDatabase(connections.databaseUrls, made.redisUrl === undefined);
    const app = await createHttpApp(AppModule.with(made, connections), made);
    try {
      await app.init();
      return await action(app, connections);
    } finally {
      await app.close();
    }
  } finally {
    await connections.stop();
  }
}

async function migrate(): Promise<number> {
  const made = settings();
  const connections = await openConnections(made);
  try {
    const done = await provisionDatabase(connections.databaseUrls, made.redisUrl === undefined);
    process.stdout.write(done.length === 0 ? 'nothing to migrate\n' : `${done.join('\n')}\n`);
    return 0;
  } finally {
    await connections.stop();
  }
}

async function seed(app: NestFastifyApplication, connections: Connections): Promise<number> {
  if (!connections.isEmbeddedDatabase) throw new Error('Demo data is only ever made in the embedded database.');
  const demo = await seedDemo(app);
  process.stdout.write(`${demo.organization}: log in as ${demo.email} / ${demo.password}\n`);
  return 0;
}

async function createAdmin(app: NestFastifyApplication, options: CliOptions): Promise<number> {
  const given = options.get('password');
  const made = await app.get(Accounts).createPlatformAdmin({
    email: required(options, 'email'),
    name: required(options, 'name'),
    ...(typeof given === 'string' ? { password: given } : {}),
  });
  process.stdout.write(`platform administrator ${made.email}${made.password ? `, password ${made.password}` : ''}\n`);
  return 0;
}

async function setActive(app: NestFastifyApplication, options: CliOptions, isActive: boolean): Promise<number> {
  const email = required(options, 'email');
  const isChanged = await app.get(Accounts).setActive(email, isActive);
  process.stdout.write(`${email} is ${isChanged ? 'now' : 'already'} ${isActive ? 'active' : 'deactivated'}\n`);
  return 0;
}

async function verifyAudit(app: NestFastifyApplication, options: CliOptions): Promise<number> {
  const only = options.get('organization');
  const verifier = app.get(AuditVerifier);
  const reports = typeof only === 'string' ? [await verifier.verifyOrganization(only)] : await verifier.verifyAll();
  for (const report of reports) process.stdout.write(`${JSON.stringify(report)}\n`);
  return reports.every((report) => report.ok) ? 0 : 1;
}

async function rotateKeys(app: NestFastifyApplication): Promise<number> {
  const kid = await app.get(SigningKeys).rotate();
  process.stdout.write(`signing with ${kid}\n`);
  return 0;
}

/** The document of the code, not of a deployment: made with default settings on throw-away embedded servers. */
async function openapi(options: CliOptions): Promise<number> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-openapi-'));
  const out = options.get('out');
  try {
    return await withApp(
      (app) => {
        const document = openApiDocument(app);
        const check = options.has('check');
        const codes = [
          writeOrCheck(typeof out === 'string' ? out : 'openapi.json', `${JSON.stringify(document, null, 2)}\n`, check),
          writeOrCheck('docs/problems.md', problemsPage(), check),
        ];
        return Promise.resolve(Math.max(...codes));
      },
      { DATA_DIR: dataDir, DATABASE_URL: '', S3_ENDPOINT: '', REDIS_URL: '', NODE_ENV: 'development', PUBLIC_URL: 'http://localhost:8000' },
    );
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}
