import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = fs.existsSync('/proc/self/stat');

/** Start time of a process in clock ticks since boot; undefined when it is gone, a zombie, or cannot be looked at. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program name stands in brackets and may hold spaces or brackets itself, so count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Whether a process runs, and, when its start time is given, whether it is still the same one and not a reused number. */
export function isRunning(pid: number, startTime?: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  let hidden = false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
    hidden = true;
  }
  const actual = startTimeOf(pid);
  // Without /proc, or where it hides the processes of others, the number alone has to do.
  if (actual === undefined) return !hasProc || (hidden && !fs.existsSync(`/proc/${pid}`));
  return startTime === undefined || startTime === actual;
}

/** The words of the command line of a process; empty when it is gone. */
export function commandLineOf(pid: number): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** Processes whose working directory is the given one: the postmaster and its backends all live in their data directory. */
export function processesWorkingIn(directory: string): number[] {
  if (!hasProc) return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return fs.readlinkSync(`/proc/${pid}/cwd`) === directory && startTimeOf(pid) !== undefined;
      } catch {
        return false;
      }
    });
}

/** Sends a signal; a process that is already gone is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until the condition holds; false when the time is over first. */
export async function waitUntil(condition: () => boolean, milliseconds: number): Promise<boolean> {
  for (const until = Date.now() + milliseconds; !condition();) {
    if (Date.now() > until) return false;
    await sleep(15);
  }
  return true;
}
