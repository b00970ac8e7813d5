// Starts what is measured: embedded PostgreSQL and S3, the built app, and the bare server on the same database.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deriveDatabaseUrl } from '../dist/src/platform/config/database-urls.js';
import { Secret } from '../dist/src/platform/config/secret.js';
import { provisionDatabase } from '../dist/src/platform/database/provision.js';
import { ensureDatabase } from '../dist/src/platform/runtime/connections.js';
import { startEmbedded } from '../dist/src/platform/runtime/embedded.js';

const SECRET = 'bench-secret-bench-secret-bench-secret-0123';
const root = fileURLToPath(new URL('..', import.meta.url));

/** An empty migrated database on embedded servers, in a folder that `stop` removes. */
export async function startServers() {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'concord-bench-'));
  const servers = await startEmbedded({ dataDir: dir, needPostgres: true, needS3: true });
  const owner = await ensureDatabase(servers.postgres, 'concord');
  const url = (role) => deriveDatabaseUrl(owner, role, new Secret(SECRET));
  await provisionDatabase({ owner, app: url('app'), system: url('system'), queue: url('queue') }, true);
  const { endpoint, accessKeyId, secretAccessKey } = servers.s3;
  return {
    dir,
    owner,
    environment: {
      NODE_ENV: 'development',
      SECRET_KEY: SECRET,
      DATABASE_URL: owner,
      S3_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      RATE_LIMIT_SCALE: '10000',
      JWT_ACCESS_TTL_SECONDS: '86400',
      DATA_DIR: dir,
    },
    stop: async () => {
      await servers.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Starts a Node program that listens on `port` and waits until `probe` answers. */
export async function startProgram(file, port, environment, probe) {
  const started = performance.now();
  const child = spawn(process.execPath, [...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []), file], {
    cwd: root,
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', process.env.BENCH_LOGS ? 'inherit' : 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    const answer = await fetch(`${url}${probe}`).catch(() => undefined);
    if (answer?.ok) break;
    if (performance.now() - started > 30_000) throw new Error(`${file} did not start`);
    await sleep(25);
  }
  return {
    url,
    pid: child.pid,
    bootMs: performance.now() - started,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
