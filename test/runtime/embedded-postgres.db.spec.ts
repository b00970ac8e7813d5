import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/runtime/embedded-postgres.js';
import { postgresRunner, shippedPostgres } from '../../src/platform/runtime/postgres-binaries.js';
import { isRunning, waitUntil } from '../../src/platform/runtime/process-facts.js';
import { Sandbox } from './sandbox.js';

const isRoot = process.getuid?.() === 0;
let sandbox: Sandbox;
const running: EmbeddedPostgres[] = [];

beforeAll(() => {
  sandbox = new Sandbox();
}, 30_000);
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
afterAll(() => sandbox.remove(), 30_000);

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(dataDir, { durable: false });
  running.push(server);
  return server;
}

async function ask<T>(server: EmbeddedPostgres, sql: string): Promise<T[]> {
  const client = new pg.Client(server.urlFor('postgres'));
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

function modeOf(file: string): number {
  return fs.statSync(file).mode & 0o777;
}

describe('starting the embedded PostgreSQL', () => {
  it('makes a cluster, and a second start keeps the data', async () => {
    const dataDir = sandbox.dataDir('fresh');
    const first = await start(dataDir);
    await ask(first, "create table note as select 'kept' as body");
    await first.stop();

    const second = await start(dataDir);
    expect(await ask(second, 'select body from note')).toEqual([{ body: 'kept' }]);
    expect(second.superuser).toEqual(first.superuser);
    expect(modeOf(path.join(dataDir, 'superuser-password'))).toBe(0o600);
    expect(modeOf(path.join(dataDir, 'postgres.log'))).toBe(0o600);
    expect(modeOf(dataDir)).toBe(0o700);
  }, 20_000);

  it('listens on loopback only, asks for the password, and runs with our settings', async () => {
    const server = await start(sandbox.dataDir('fresh'));
    const names = ['listen_addresses', 'max_connections', 'TimeZone', 'jit', 'shared_buffers', 'unix_socket_directories', 'fsync'];
    const rows = await ask<{ name: string; value: string }>(
      server,
      `select n as name, current_setting(n) as value from unnest(array['${names.join("','")}']) n`,
    );
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
      listen_addresses: '127.0.0.1',
      max_connections: '200',
      TimeZone: 'UTC',
      jit: 'off',
      shared_buffers: '128MB',
      unix_socket_directories: '',
      fsync: 'off',
    });
    const stranger = new pg.Client(server.urlFor('postgres', 'postgres', 'wrong'));
    await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
  }, 20_000);

  it('says so when the wanted port is taken', async () => {
    const first = await start(sandbox.dataDir('fresh'));
    const second = startEmbeddedPostgres(sandbox.dataDir('port'), { durable: false, port: first.port });
    await expect(second).rejects.toThrow(`could not use port ${first.port}`);
  }, 20_000);

  it.each([
    { user: 65534, who: 'an ordinary user' },
    { user: 54321, who: 'a user without an account, as containers have them,' },
  ])(
    'runs for $who in a home that is closed to all others',
    async ({ user }) => {
      const home = path.join(sandbox.directory, `home-${user}`);
      fs.mkdirSync(home, { mode: 0o700 });
      if (isRoot) fs.chownSync(home, user, user);
      const { child, report } = await sandbox.start(path.join(home, 'data'), isRoot ? { user } : {});
      const nameless = isRoot && user === 54321;
      if (nameless && spawnSync('unshare', ['--user', 'true'], { uid: user, gid: user }).status !== 0) {
        expect(report.error).toContain('user does not exist'); // nobody can help here; PostgreSQL's own words say it
        return;
      }
      expect(report).toMatchObject({ rows: 1 });
      expect(fs.statSync(path.join(home, 'data/cluster')).uid).toBe(isRoot ? user : process.getuid?.());
      await sandbox.end(child, 'SIGTERM');
      expect(isRunning(report.serverPid ?? 0)).toBe(false);
    },
    20_000,
  );

  it('falls back to the account nobody where root may not make user namespaces', async () => {
    if (!isRoot) {
      expect(postgresRunner(shippedPostgres(), undefined, { userNamespaces: false }).ids).toBeUndefined();
      return;
    }
    const dataDir = sandbox.dataDir('nobody');
    const first = await sandbox.start(dataDir, { isolation: { userNamespaces: false } });
    expect(first.report).toMatchObject({ rows: 1 });
    expect(fs.statSync(path.join(dataDir, 'cluster')).uid).toBe(65534);
    await sandbox.end(first.child, 'SIGTERM');
    const closed = path.join(sandbox.directory, 'closed');
    fs.mkdirSync(closed, { mode: 0o700 });
    const refused = await sandbox.start(path.join(closed, 'data'), { isolation: { userNamespaces: false } });
    expect(refused.report.error).toContain(`cannot enter ${closed}`);
    // Once made so, it stays so, also where namespaces are allowed again.
    const second = await sandbox.start(dataDir);
    expect(second.report).toMatchObject({ rows: 2 });
    await sandbox.end(second.child, 'SIGTERM');
  }, 30_000);
});

describe('after a crash', () => {
  it('finds the server that a killed parent left, stops it and keeps the data', async () => {
    const dataDir = sandbox.dataDir('orphan');
    const { child, report } = await sandbox.start(dataDir, { isolation: { endsWithParent: false } });
    await sandbox.end(child, 'SIGKILL');
    expect(isRunning(report.serverPid ?? 0)).toBe(true);

    const server = await start(dataDir);
    expect(isRunning(report.serverPid ?? 0)).toBe(false);
    expect(await ask(server, 'select body from note')).toEqual([{ body: 'kept' }]);
  }, 20_000);

  it('does not let the server outlive its killed parent where the system can do that', async () => {
    const { child, report } = await sandbox.start(sandbox.dataDir('orphan'));
    await sandbox.end(child, 'SIGKILL');
    const possible = spawnSync('setpriv', ['--pdeathsig', 'INT', 'true']).status === 0;
    expect(await waitUntil(() => !isRunning(report.serverPid ?? 0), possible ? 5000 : 500)).toBe(possible);
  }, 20_000);

  it('starts again after the server itself was killed', async () => {
    const dataDir = sandbox.dataDir('fresh');
    const server = await start(dataDir);
    process.kill(Number(fs.readFileSync(path.join(dataDir, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    await server.stop();
    running.splice(0);
    expect(await ask(await start(dataDir), 'select body from note')).toEqual([{ body: 'kept' }]);
  }, 20_000);

  it('leaves a foreign process alone that has the number of the old server by now', async () => {
    const dataDir = sandbox.dataDir('fresh');
    const foreign = await sandbox.start(sandbox.dataDir('orphan'));
    fs.writeFileSync(path.join(dataDir, 'cluster/postmaster.pid'), `${foreign.report.serverPid}\n${dataDir}/cluster\n`);
    await start(dataDir);
    expect(isRunning(foreign.report.serverPid ?? 0)).toBe(true);
    await sandbox.end(foreign.child, 'SIGTERM');
  }, 20_000);
});

describe('two owners of one data directory', () => {
  it('refuses the second, names the first, and leaves its server alone', async () => {
    const dataDir = sandbox.dataDir('fresh');
    const server = await start(dataDir);
    const { report } = await sandbox.start(dataDir);
    expect(report.error).toContain(`in use by the running process with pid ${process.pid}`);
    await expect(startEmbeddedPostgres(dataDir)).rejects.toThrow(`this process (pid ${process.pid})`);
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  }, 20_000);

  it('lets exactly one through when they come at the same moment', async () => {
    const dataDir = sandbox.dataDir('race');
    const both = await Promise.all([sandbox.start(dataDir), sandbox.start(dataDir), sandbox.start(dataDir)]);
    const winners = both.filter(({ report }) => report.error === undefined);
    expect(winners).toHaveLength(1);
    for (const { report } of both) if (report.error) expect(report.error).toContain(`with pid ${winners[0]?.report.pid}`);
  }, 30_000);
});
