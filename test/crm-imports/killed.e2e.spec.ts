import { afterAll, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import { dataFolder, type RunningServer, startProgram } from '../serve/running-server.js';
import type { ImportSummary } from './importing.js';

const ROWS = 12_000;
const dir = dataFolder();
const started: RunningServer[] = [];

async function start(): Promise<{ server: RunningServer; base: string }> {
  const server = startProgram('main.js', [], { DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_SCALE: '1000' });
  started.push(server);
  return { server, base: await server.ready };
}

/** Calls as the administrator of the demo organization. */
async function login({ server, base }: { server: RunningServer; base: string }) {
  const [, email, password] = /Demo login\s+(\S+) \/ (\S+)/.exec(server.output()) ?? [];
  const send = async (
    method: string,
    path: string,
    body?: string | FormData,
    token = '',
  ): Promise<{ status: number; json: Record<string, unknown> }> => {
    const type: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const headers = { ...type, ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${base}/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const { json } = await send('POST', '/auth/login', JSON.stringify({ email, password }));
  return (method: string, path: string, body?: string | FormData) => send(method, path, body, String(json['accessToken']));
}

afterAll(async () => {
  for (const { process, ended } of started) {
    if (process.exitCode === null) process.kill('SIGKILL');
    await ended;
  }
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('kill -9 in the middle of an import', () => {
  it('costs nothing: the next start goes on, and every row is imported once', async () => {
    const first = await start();
    let call = await login(first);
    const form = new FormData();
    const lines = Array.from({ length: ROWS }, (_, at) => `Person ${at},n${at}`);
    form.set('file', new Blob([`Name,No\n${lines.join('\n')}\n`]), 'people.csv');
    const file = await call('POST', '/files', form);
    const accepted = await call('POST', '/lead-imports', JSON.stringify({ fileId: file.json['id'], dryRun: false, naturalKey: null }));
    expect(accepted.status).toBe(202);
    const look = async (): Promise<ImportSummary> =>
      (await call('GET', `/lead-imports/${String(accepted.json['importId'])}`)).json as unknown as ImportSummary;
    while ((await look()).counts.read < 1_000) await new Promise((resolve) => setTimeout(resolve, 20));
    first.server.process.kill('SIGKILL');
    await first.server.ended;

    call = await login(await start());
    const found = await look();
    console.log(`killed: ${found.counts.read} of ${ROWS} rows were committed; state ${found.state}`);
    expect(found.counts.read).toBeLessThan(ROWS);
    let end = found;
    for (let tries = 0; tries < 600 && ['queued', 'running'].includes(end.state); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      end = await look();
    }
    expect(end).toMatchObject({ state: 'finished', counts: { read: ROWS, created: ROWS, failed: 0 } });
    console.log(`killed: ${end.rowsPerSecond} rows per second on the embedded database`);
    const names = new Map<string, number>();
    for (let cursor = ''; ;) {
      const page = (await call('GET', `/leads?sort=created&limit=100${cursor && `&cursor=${cursor}`}`)).json as {
        items: { name: string }[];
        nextCursor: string | null;
      };
      for (const { name } of page.items) if (name.startsWith('Person ')) names.set(name, (names.get(name) ?? 0) + 1);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(names.size).toBe(ROWS);
    expect([...names.values()].every((times) => times === 1)).toBe(true);
  }, 180_000);
});
