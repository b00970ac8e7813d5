import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Settings } from '../../platform/config/settings.js';
import { Accounts } from '../auth/index.js';
import { DEMO_LEADS, type DemoLead } from './demo-leads.js';

/** How to get into the demo organization. */
export interface DemoLogin {
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

const EMAIL = 'admin@demo.example.com';
const NAME = 'Demo Administrator';
const ORGANIZATION = 'Demo Company';

/**
 * Makes the demo organization through the API itself, once per data folder. The password is made at random and kept in a 0600 file
 * beside the data: a published default login would be a way in for everybody.
 */
export async function seedDemo(app: NestFastifyApplication): Promise<DemoLogin> {
  const file = path.join(app.get(Settings).dataDir, 'demo-login.json');
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as DemoLogin;
  const login: DemoLogin = { organization: ORGANIZATION, email: EMAIL, password: `Board-${randomBytes(9).toString('base64url')}-1` };
  await app.get(Accounts).createVerified({ email: EMAIL, name: NAME, password: login.password });
  await makeBoard(app, login);
  fs.writeFileSync(file, JSON.stringify(login), { mode: 0o600 });
  return login;
}

async function makeBoard(app: NestFastifyApplication, login: DemoLogin): Promise<void> {
  const call = caller(app);
  const first = await call<{ accessToken: string }>('POST', '/auth/login', { email: login.email, password: login.password });
  const organization = await call<{ id: string }>(
    'POST',
    '/organizations',
    { name: ORGANIZATION, country: 'PT', baseCurrency: 'EUR', timeZone: 'Europe/Lisbon' },
    first.accessToken,
  );
  const { accessToken } = await call<{ accessToken: string }>(
    'POST',
    '/auth/switch',
    { organizationId: organization.id },
    first.accessToken,
  );
  for (const lead of DEMO_LEADS) await call('POST', '/leads', bodyOf(lead), accessToken);
}

function bodyOf([name, company, amountMinor, status, source]: DemoLead): object {
  const local = name
    .normalize('NFKD')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .replaceAll(' ', '.');
  return { name, company, email: `${local}@example.com`, value: { amountMinor, currency: 'EUR' }, status, source };
}

type Call = <T>(method: 'POST', route: string, body: object, token?: string) => Promise<T>;

function caller(app: NestFastifyApplication): Call {
  return async <T>(method: 'POST', route: string, body: object, token?: string): Promise<T> => {
    const answer = await app.inject({
      method,
      url: `/api/v1${route}`,
      payload: body,
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    if (answer.statusCode >= 400) throw new Error(`demo data: ${method} ${route} answered ${answer.statusCode}: ${answer.body}`);
    return JSON.parse(answer.body) as T;
  };
}
