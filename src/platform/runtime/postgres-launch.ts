import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { SERVER_ENVIRONMENT, type PostgresRunner } from './postgres-binaries.js';
import { waitUntil } from './process-facts.js';

/** Everything one start of the server needs to know. */
export interface PostgresLaunch {
  cluster: string;
  logFile: string;
  runner: PostgresRunner;
  host: string;
  user: string;
  password: string;
  durable: boolean;
  port: number | undefined;
}

/** A server that answers, and the way to stop it. */
export interface RunningPostgres {
  port: number;
  stop(): Promise<void>;
}

function settings(launch: PostgresLaunch, port: number): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: launch.host,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    effective_cache_size: '1GB',
    random_page_cost: 1.1,
    jit: 'off',
    track_io_timing: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    wal_level: 'minimal',
    max_wal_senders: 0,
    log_checkpoints: 'off',
    // Failed statements are the business of the application; logged here they would carry personal data.
    log_min_messages: 'log',
    synchronous_commit: launch.durable ? 'on' : 'off',
    ...(launch.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Starts the server; when somebody took the port between choosing and binding it, tries another one. */
export async function launchPostgres(launch: PostgresLaunch): Promise<RunningPostgres> {
  for (let attempt = 1; ; attempt++) {
    const port = launch.port ?? (await freePort(launch.host));
    const child = spawnServer(launch, port);
    try {
      await untilReady(launch, child, port);
      return { port, stop: () => stopServer(child) };
    } catch (error) {
      await stopServer(child);
      const portTaken = logTail(launch).includes('could not bind');
      if (!portTaken) throw error;
      if (launch.port !== undefined || attempt === 3)
        throw new Error(`PostgreSQL could not use port ${port}: it is taken.`, { cause: error });
    }
  }
}

function spawnServer(launch: PostgresLaunch, port: number): ChildProcess {
  const log = fs.openSync(launch.logFile, 'w', 0o600);
  try {
    const { file, args } = launch.runner.command('postgres', ['-D', launch.cluster, ...settings(launch, port)]);
    // Its own session: Ctrl-C in the terminal must reach only us, so that requests finish before the database goes.
    const child = spawn(file, args, { stdio: ['ignore', log, log], detached: true, env: SERVER_ENVIRONMENT, ...launch.runner.ids });
    child.unref(); // a program that ends without stop() must not hang; the kernel or the next start stops the server then
    return child;
  } finally {
    fs.closeSync(log);
  }
}

async function untilReady(launch: PostgresLaunch, child: ChildProcess, port: number): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const pidFile = path.join(launch.cluster, 'postmaster.pid');
  const isReady = (): boolean => {
    const [pid, , , , , , , status = ''] = fs.existsSync(pidFile) ? fs.readFileSync(pidFile, 'utf8').split('\n') : [];
    return Number(pid) === child.pid && status.trim() === 'ready';
  };
  // Replaying the log of a crash may take a while; a server that has ended does not come back.
  const done = await waitUntil(() => failure !== undefined || hasEnded(child) || isReady(), 120_000);
  if (failure || hasEnded(child)) throw new Error(`PostgreSQL did not start.\n${logTail(launch)}`, { cause: failure });
  if (!done) throw new Error(`PostgreSQL was not ready after two minutes.\n${logTail(launch)}`);
  await proveLogin(launch, port);
}

async function proveLogin(launch: PostgresLaunch, port: number): Promise<void> {
  const { host, user, password } = launch;
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl: false, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    throw new Error(`The embedded PostgreSQL runs but does not accept its own password.\n${logTail(launch)}`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  // Fast shutdown writes everything down and closes open connections; immediate is the way out when that hangs.
  child.kill('SIGINT');
  const impatience = setTimeout(() => child.kill('SIGQUIT'), 15_000);
  await ended;
  clearTimeout(impatience);
}

function logTail(launch: PostgresLaunch): string {
  return fs.existsSync(launch.logFile) ? fs.readFileSync(launch.logFile, 'utf8').slice(-4000) : '';
}
