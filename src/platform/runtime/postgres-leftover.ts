import * as fs from 'node:fs';
import * as path from 'node:path';
import { commandLineOf, isRunning, processesWorkingIn, signal, waitUntil } from './process-facts.js';

function isServerOf(pid: number, cluster: string): boolean {
  const [program = '', ...args] = commandLineOf(pid);
  return path.basename(program) === 'postgres' && args[args.indexOf('-D') + 1] === cluster;
}

/**
 * Stops the server that a killed parent left behind on this data, and only that one: the process named by postmaster.pid must have this
 * directory on its command line, since its number may belong to something else by now. Call it only as the owner of the directory.
 */
export async function stopLeftoverPostgres(cluster: string): Promise<boolean> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return false;
  const pid = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
  const wasRunning = isRunning(pid) && isServerOf(pid, cluster);
  if (wasRunning) await stopServer(pid, cluster);
  // Backends of a server that was killed go by themselves, unless one is in the middle of something long.
  if (!(await waitUntil(() => processesWorkingIn(cluster).length === 0, 2000))) {
    for (const backend of processesWorkingIn(cluster)) signal(backend, 'SIGQUIT');
    if (!(await waitUntil(() => processesWorkingIn(cluster).length === 0, 5000))) throw stuck(cluster, processesWorkingIn(cluster));
  }
  fs.rmSync(pidFile, { force: true });
  return wasRunning;
}

async function stopServer(pid: number, cluster: string): Promise<void> {
  const gone = (): boolean => !isRunning(pid) || !isServerOf(pid, cluster);
  signal(pid, 'SIGINT');
  if (await waitUntil(gone, 10_000)) return;
  signal(pid, 'SIGQUIT');
  if (!(await waitUntil(gone, 5000))) throw stuck(cluster, [pid]);
}

function stuck(cluster: string, pids: number[]): Error {
  return new Error(`An old PostgreSQL (pid ${pids.join(', ')}) holds ${cluster} and does not stop. Please end it and start again.`);
}
