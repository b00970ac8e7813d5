import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { dataFolder, type RunningServer, startProgram } from './running-server.js';

const dir = dataFolder();
const started: RunningServer[] = [];

function start(environment: Record<string, string> = {}): RunningServer {
  const server = startProgram('main.js', [], { DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'warn', ...environment });
  started.push(server);
  return server;
}

interface Login {
  email: string;
  password: string;
}

function demoLogin(output: string): Login {
  const found = /Demo login\s+(\S+) \/ (\S+)/.exec(output);
  if (!found?.[1] || !found[2]) throw new Error(`no demo login in:\n${output}`);
  return { email: found[1], password: found[2] };
}

async function boardOf(base: string, login: Login): Promise<{ columns: { status: string; count: number }[] }> {
  const post = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  });
  const { accessToken } = (await post.json()) as { accessToken: string };
  const board = await fetch(`${base}/api/v1/leads/board`, { headers: { authorization: `Bearer ${accessToken}` } });
  return (await board.json()) as { columns: { status: string; count: number }[] };
}

describe('a signal while it starts', () => {
  it('stops the app before the servers under it, without a word of trouble', async () => {
    const own = dataFolder();
    const server = start({ DATA_DIR: own });
    const pidFile = path.join(own, 'postgres', 'cluster', 'postmaster.pid');
    for (let tries = 0; !fs.existsSync(pidFile) && tries < 600; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    server.process.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(server.output()).not.toMatch(/terminating connection|shutting down|Error/);
    expect(fs.existsSync(pidFile)).toBe(false);
    fs.rmSync(own, { recursive: true, force: true });
  }, 60_000);
});

describe('npm start', () => {
  let first: RunningServer;
  let base: string;

  beforeAll(async () => {
    first = start();
    base = await first.ready;
  }, 60_000);

  afterAll(async () => {
    for (const server of started) {
      if (server.process.exitCode === null) server.process.kill('SIGKILL');
      await server.ended;
    }
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it('prints where it is, and the demo login opens a filled board', async () => {
    expect(first.output()).toMatch(/Swagger UI\s+http:\/\/localhost:\d+\/api\/docs/);
    const { columns } = await boardOf(base, demoLogin(first.output()));
    expect(columns.map((column) => column.status)).toEqual(['interest', 'meeting-booked', 'proposal-sent', 'closed-win', 'closed-lost']);
    expect(columns.every((column) => column.count > 0)).toBe(true);
  });

  it('is alive, ready with the time of each check, and started', async () => {
    expect(await (await fetch(`${base}/health/live`)).json()).toMatchObject({ status: 'ok' });
    const ready = (await (await fetch(`${base}/health/ready`)).json()) as { checks: { name: string; status: string; ms: number }[] };
    expect(ready.checks.map(({ name, status }) => `${name} ${status}`)).toEqual(['database up', 'migrations up', 'queue up', 'storage up']);
    expect(ready.checks.every(({ ms }) => ms >= 0)).toBe(true);
    expect((await fetch(`${base}/health/startup`)).status).toBe(200);
  });

  it('shows metrics to this machine', async () => {
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toContain('concord_http_requests_total');
    expect(text).toContain('concord_queue_depth');
  });

  it('refuses to share its data with a second server, and says whose it is', async () => {
    const second = start();
    expect((await second.ended).code).toBe(1);
    expect(second.output()).toContain(String(first.process.pid));
  }, 30_000);

  it('recovers after kill -9 with the data it had', async () => {
    const login = demoLogin(first.output());
    first.process.kill('SIGKILL');
    await first.ended;
    first = start();
    base = await first.ready;
    expect(demoLogin(first.output())).toEqual(login);
    const { columns } = await boardOf(base, login);
    expect(columns.reduce((sum, column) => sum + column.count, 0)).toBe(13);
  }, 60_000);

  it('drains and stops everything on SIGTERM', async () => {
    first.process.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
    expect(fs.readdirSync(`${dir}/postgres/cluster`)).not.toContain('postmaster.pid');
  }, 60_000);

  it('names every wrong setting at once', async () => {
    const wrong = start({ PORT: 'eight', LOG_LEVEL: 'loud', S3_ENDPONT: 'http://x' });
    expect((await wrong.ended).code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'S3_ENDPONT']) expect(wrong.output()).toContain(name);
  }, 30_000);

  it('refuses production on embedded servers', async () => {
    const unsafe = start({ NODE_ENV: 'production', CORS_ORIGINS: '*' });
    expect((await unsafe.ended).code).toBe(1);
    for (const name of ['SECRET_KEY', 'DATABASE_URL', 'S3_ENDPOINT', 'CORS_ORIGINS']) expect(unsafe.output()).toContain(name);
  }, 30_000);

  it('as a worker answers probes and nothing else', async () => {
    const worker = start({ ROLE: 'worker' });
    const url = await worker.ready;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/leads`)).status).toBe(404);
    worker.process.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  }, 60_000);
});
