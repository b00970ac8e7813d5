// Starts one PostgreSQL (without fsync) and one S3 for the whole run, and makes the migrated template database that workers clone.
import { createRequire } from 'node:module';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

const MEMORY = '/dev/shm';
const ROOM = 4 * 1024 ** 3;

/** Temporary files of the run go to memory where there is room: cloning a database of 900 files took 600 ms on a disk, and takes 20 there. */
function useMemory() {
  try {
    fs.accessSync(MEMORY, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(MEMORY);
    if (bavail * bsize >= ROOM && os.freemem() >= ROOM) process.env.TMPDIR = MEMORY;
  } catch {
    // There is no such folder here: the disk it is.
  }
}

const load = (file) => import(pathToFileURL(path.resolve('dist', file)).href);

export default async (globalConfig) => {
  const { startEmbedded } = await load('src/platform/runtime/embedded.js');
  const { provisionDatabase } = await load('src/platform/database/provision.js');
  const { deriveDatabaseUrl } = await load('src/platform/config/database-urls.js');
  const { Secret } = await load('src/platform/config/secret.js');
  const { default: pg } = await import('pg');
  useMemory();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-test-'));
  fs.chmodSync(dir, 0o711); // where user namespaces are forbidden, PostgreSQL runs as nobody and must get in
  const servers = await startEmbedded({
    dataDir: dir,
    needPostgres: true,
    needS3: true,
    durable: false,
    allowedOrigins: ['http://localhost:3000'],
  });
  const secret = 'test-secret-test-secret-test-secret-0123';
  const admin = new pg.Client({ connectionString: servers.postgres.urlFor('postgres') });
  await admin.connect();
  await admin.query('create database concord_template');
  await admin.end();
  const owner = servers.postgres.urlFor('concord_template');
  const derived = (role) => deriveDatabaseUrl(owner, role, new Secret(secret));
  await provisionDatabase({ owner, app: derived('app'), system: derived('system'), queue: derived('queue') }, true);
  if (process.env.CONCORD_TEST_WHOLE) {
    const { writeBundle } = createRequire(import.meta.url)('./bundle.cjs');
    process.env.CONCORD_TEST_BUNDLE = writeBundle(globalConfig.collectCoverage);
  }
  globalThis.__CONCORD_TEST__ = { servers, dir };
  process.env.CONCORD_TEST_OWNER_URL = owner;
  process.env.CONCORD_TEST_SECRET = secret;
  process.env.CONCORD_TEST_S3 = JSON.stringify({
    endpoint: servers.s3.endpoint,
    accessKeyId: servers.s3.accessKeyId,
    secretAccessKey: servers.s3.secretAccessKey,
  });
};
