import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { claimDirectory } from './directory-claim.js';
import {
  checkReachable,
  postgresRunner,
  SERVER_ENVIRONMENT,
  shippedPostgres,
  type PostgresIsolation,
  type PostgresRunner,
} from './postgres-binaries.js';
import { launchPostgres, type RunningPostgres } from './postgres-launch.js';
import { stopLeftoverPostgres } from './postgres-leftover.js';

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';

/** Choices for the embedded server; without `durable: false` every commit is on the disk. */
export interface EmbeddedPostgresOptions {
  durable?: boolean;
  port?: number;
  isolation?: Partial<PostgresIsolation>;
}

/** A PostgreSQL server on loopback that belongs to this process. */
export interface EmbeddedPostgres {
  host: string;
  port: number;
  superuser: { user: string; password: string };
  urlFor(database: string, user?: string, password?: string): string;
  stop(): Promise<void>;
  timings: Record<string, number>;
}

interface Home {
  directory: string;
  cluster: string;
  passwordFile: string;
  logFile: string;
}

function openHome(dataDir: string): Home {
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const directory = fs.realpathSync(dataDir);
  return {
    directory,
    cluster: path.join(directory, 'cluster'),
    passwordFile: path.join(directory, 'superuser-password'),
    logFile: path.join(directory, 'postgres.log'),
  };
}

function ownerOf(cluster: string): { uid: number; gid: number } | undefined {
  if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) return undefined;
  const { uid, gid } = fs.statSync(cluster);
  return { uid, gid };
}

/** Starts PostgreSQL on the data directory, making the database cluster when there is none, and recovers what a crash left. */
export async function startEmbeddedPostgres(dataDir: string, options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const home = openHome(dataDir);
  const durable = options.durable !== false;
  const release = await claimDirectory(home.directory);
  try {
    const timings: Record<string, number> = {};
    const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
      const from = performance.now();
      const result = await work();
      timings[name] = Math.round(performance.now() - from);
      return result;
    };
    const runner = await timed('prepare', () => postgresRunner(shippedPostgres(), ownerOf(home.cluster), options.isolation));
    await timed('recover', () => stopLeftoverPostgres(home.cluster));
    await timed('initdb', () => ensureCluster(home, runner, durable));
    const password = readPassword(home);
    const launch = { ...home, runner, host: HOST, user: SUPERUSER, password, durable, port: options.port };
    const server = await timed('start', () => launchPostgres(launch));
    return embeddedPostgres({ server, password, release, timings });
  } catch (error) {
    release();
    throw error;
  }
}

function embeddedPostgres(parts: {
  server: RunningPostgres;
  password: string;
  release: () => void;
  timings: Record<string, number>;
}): EmbeddedPostgres {
  const { server, release, timings } = parts;
  const superuser = { user: SUPERUSER, password: parts.password };
  let stopping: Promise<void> | undefined;
  return {
    host: HOST,
    port: server.port,
    superuser,
    timings,
    urlFor: (database, user = superuser.user, password = superuser.password) =>
      `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${server.port}/${encodeURIComponent(database)}`,
    stop: () => (stopping ??= server.stop().finally(release)),
  };
}

function readPassword(home: Home): string {
  try {
    return fs.readFileSync(home.passwordFile, 'utf8').trim();
  } catch (cause) {
    throw new Error(
      `The password of the embedded PostgreSQL is missing (${home.passwordFile}). Put it back, or remove ${home.directory}.`,
      {
        cause,
      },
    );
  }
}

/** Builds beside the final place and renames at the end, so a start that was killed half-way leaves no half a cluster. */
function ensureCluster(home: Home, runner: PostgresRunner, durable: boolean): void {
  if (fs.existsSync(path.join(home.cluster, 'PG_VERSION'))) return;
  if (fs.existsSync(home.cluster) && fs.readdirSync(home.cluster).length > 0) {
    throw new Error(`${home.cluster} holds files but no PostgreSQL data. Move it away and start again.`);
  }
  const fresh = `${home.cluster}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  fs.writeFileSync(home.passwordFile, `${password}\n`, { mode: 0o600, flush: true });
  if (runner.ids) {
    fs.chmodSync(home.directory, 0o711); // the other account passes through but cannot list
    checkReachable(home.cluster, runner.ids);
    fs.chownSync(fresh, runner.ids.uid, runner.ids.gid);
  }
  runInitdb(fresh, password, runner, durable ? [] : ['--no-sync']);
  fs.renameSync(fresh, home.cluster);
}

function runInitdb(directory: string, password: string, runner: PostgresRunner, extra: string[]): void {
  const passwordFile = path.join(os.tmpdir(), `concord-${randomBytes(12).toString('hex')}`);
  fs.writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  try {
    if (runner.ids) fs.chownSync(passwordFile, runner.ids.uid, runner.ids.gid);
    const flags = ['-D', directory, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C.UTF-8'];
    // Sorts by code point without asking the C library: faster, and the same order on every machine.
    flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...extra);
    const { file, args } = runner.command('initdb', flags);
    const result = spawnSync(file, args, { encoding: 'utf8', env: SERVER_ENVIRONMENT, ...runner.ids });
    if (result.status !== 0) throw new Error(`PostgreSQL could not make its data directory. ${result.stderr}`, { cause: result.error });
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}
