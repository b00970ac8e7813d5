import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { codeIn, linkToken, mailTo } from './mailbox.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

/** Every row of every table as text, queue included; only the captured mails are left out, which are the mails themselves. */
async function everythingStored(): Promise<Map<string, string>> {
  const { rows } = await app.database.owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'captured_mails'`,
  );
  const all = new Map<string, string>();
  for (const { name } of rows) {
    const found = await app.database.owner.query<{ text: string | null }>(
      `select string_agg(row_to_json(t)::text, E'\\n') as text from ${name} t`,
    );
    all.set(name, found.rows[0]?.text ?? '');
  }
  return all;
}

it('no password, token, code proof or key is stored anywhere, nor waits in a queue', async () => {
  const post = (route: string, body: object, token?: string) => app.call('POST', `/api/v1/${route}`, { body, token });
  const [email, password] = ['secret.keeper@example.com', 'Orchard-Lantern-42'];
  await post('auth/register', { email, password, name: 'Ana' });
  const confirm = await mailTo(app, email, 'Confirm your e-mail address');
  await post('auth/verify-email', { token: linkToken(confirm) });
  await post('auth/forgot-password', { email });
  const reset = await mailTo(app, email, 'Choose a new password');
  const login = (await post('auth/login', { email, password })).json as { accessToken: string; refreshToken: string };
  const made = await post('organizations', { name: 'Vault', country: 'PT' }, login.accessToken);
  const switched = (await post('auth/switch', { organizationId: made.json.id as string }, login.accessToken)).json as {
    accessToken: string;
  };
  const key = (await post('api-keys', { name: 'Export', scopes: ['members:read'] }, switched.accessToken)).json.key as string;
  const refreshed = (await post('auth/refresh', { refreshToken: login.refreshToken })).json as { refreshToken: string };
  await mailTo(app, email, 'A new API key was made');
  const stored = await everythingStored();
  expect([...stored.values()].some((text) => text.includes('tokenId'))).toBe(true);
  const secrets = [
    password,
    linkToken(confirm),
    linkToken(reset),
    `"${codeIn(confirm)}"`,
    login.accessToken,
    login.refreshToken,
    refreshed.refreshToken,
    switched.accessToken,
    key,
    key.slice(12),
  ];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(7);
    const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')];
    for (const [table, text] of stored) expect([table, forms.some((form) => text.includes(form))]).toEqual([table, false]);
  }
});
