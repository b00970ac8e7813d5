import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { dataFolder, startProgram } from './running-server.js';

const dir = dataFolder();
const environment = { DATA_DIR: dir, PORT: '0' };

async function cli(...words: string[]): Promise<{ code: number | null; output: string }> {
  const run = startProgram('cli.js', words, environment);
  const { code } = await run.ended;
  return { code, output: run.output() };
}

/** Lets `action` into the embedded database while a server keeps it running, as somebody who has broken into the machine. */
async function asIntruder(action: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const server = startProgram('main.js', [], { ...environment, LOG_LEVEL: 'warn' });
  await server.ready;
  const port = fs.readFileSync(path.join(dir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = fs.readFileSync(path.join(dir, 'postgres', 'superuser-password'), 'utf8').trim();
  const client = new pg.Client({ host: '127.0.0.1', port: Number(port), user: 'postgres', password, database: 'concord' });
  await client.connect();
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await client.query<{ n: number }>(
      'select count(*)::int as n from audit_events e where not exists (select from audit_seals s where e.id = any(s.ids))',
    );
    if (rows[0]?.n === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await action(client);
  await client.end();
  server.process.kill('SIGTERM');
  await server.ended;
}

const CHANGE_LAST_BUT_ONE = `with found as (
    select e.id, s.first_seq + array_position(s.ids, e.id) - 1 as seq from audit_events e join audit_seals s on e.id = any(s.ids)
    where e.action = 'lead.created' order by 2 desc offset 1 limit 1)
  update audit_events e set after = '{"name":"somebody else"}' from found where e.id = found.id returning found.seq::float8 as seq`;

describe('npm run cli', () => {
  beforeAll(async () => {
    await asIntruder(() => Promise.resolve());
  }, 60_000);
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('helps, and knows what was meant', async () => {
    expect(await cli('help')).toMatchObject({ code: 0, output: expect.stringContaining('verify-audit') as unknown });
    expect(await cli('verify-audti')).toMatchObject({
      code: 2,
      output: expect.stringContaining('Did you mean "verify-audit"?') as unknown,
    });
    expect(await cli('create-admin', 'now')).toMatchObject({
      code: 1,
      output: expect.stringContaining('options begin with --') as unknown,
    });
  }, 30_000);

  it('migrates once', async () => {
    expect(await cli('migrate')).toMatchObject({ code: 0, output: expect.stringContaining('nothing to migrate') as unknown });
  }, 30_000);

  it('makes a platform administrator and says the password once', async () => {
    const made = await cli('create-admin', '--email', 'root@example.com', '--name', 'Root');
    expect(made).toMatchObject({
      code: 0,
      output: expect.stringMatching(/platform administrator root@example.com, password \S{10,}/) as unknown,
    });
    expect(await cli('create-admin', '--name', 'Root')).toMatchObject({
      code: 1,
      output: expect.stringContaining('--email is needed') as unknown,
    });
  }, 30_000);

  it('verifies the audit trail, and names the row that was changed behind its back', async () => {
    expect((await cli('verify-audit')).code).toBe(0);
    let seq = 0;
    await asIntruder(async (client) => {
      const { rows } = await client.query<{ seq: number }>(CHANGE_LAST_BUT_ONE);
      seq = rows[0]?.seq ?? 0;
    });
    const verdict = await cli('verify-audit');
    expect(verdict.code).toBe(1);
    const bad = verdict.output
      .split('\n')
      .flatMap((line) => (line.includes('"ok":false') ? [JSON.parse(line) as { firstBad: { seq: number; reason: string } }] : []));
    expect(bad).toMatchObject([{ firstBad: { seq, reason: 'changed' } }]);
  }, 90_000);
});
