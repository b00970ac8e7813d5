import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, startTimeOf } from './process-facts.js';

interface Owner {
  file: string;
  pid: number;
  startTime: string;
  holds: boolean;
}

/** Thrown when another living process already serves from a data directory. */
export class DirectoryInUseError extends Error {
  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    const who = pid === process.pid ? `this process (pid ${pid})` : `the running process with pid ${pid}`;
    super(`The data directory ${directory} is in use by ${who}. Stop that process first, or choose another data directory.`);
    this.name = 'DirectoryInUseError';
  }
}

function ownersOf(directory: string): Owner[] {
  const owners: Owner[] = [];
  for (const file of fs.readdirSync(directory)) {
    const parts = /^owner-(\d+)-(\d+)\.(claim|lock)$/.exec(file);
    if (parts) owners.push({ file, pid: Number(parts[1]), startTime: parts[2] ?? '0', holds: parts[3] === 'lock' });
  }
  return owners;
}

function livingOthers(directory: string, own: string): Owner[] {
  const living: Owner[] = [];
  for (const owner of ownersOf(directory)) {
    if (owner.file === own) continue;
    if (isRunning(owner.pid, owner.startTime === '0' ? undefined : owner.startTime)) living.push(owner);
    // A dead owner's file names a process that cannot come back, so anyone may clear it away.
    else fs.rmSync(path.join(directory, owner.file), { force: true });
  }
  return living;
}

function goesFirst(a: Owner, pid: number, startTime: string): boolean {
  return a.startTime === startTime ? a.pid < pid : Number(a.startTime) < Number(startTime);
}

/**
 * Makes this process the only owner of a directory until the returned function is called, or until it dies.
 *
 * Each contender first puts down a file named after itself and only then looks for others, so of two that come at the same moment
 * at least one sees the other. The older process goes first. Nothing is ever taken over from a living process.
 */
export async function claimDirectory(directory: string): Promise<() => void> {
  const startTime = startTimeOf(process.pid) ?? '0';
  const own = `owner-${process.pid}-${startTime}.claim`;
  const held = own.replace(/claim$/, 'lock');
  if (fs.existsSync(path.join(directory, held))) throw new DirectoryInUseError(directory, process.pid);
  try {
    fs.writeFileSync(path.join(directory, own), '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new DirectoryInUseError(directory, process.pid);
    throw error;
  }
  try {
    for (;;) {
      const others = livingOthers(directory, own);
      const winner = others.find((other) => other.holds || goesFirst(other, process.pid, startTime));
      if (winner) throw new DirectoryInUseError(directory, winner.pid);
      if (others.length === 0) break;
      await sleep(15); // a younger contender is about to see us and withdraw, or already holds the directory
    }
    fs.renameSync(path.join(directory, own), path.join(directory, held));
  } catch (error) {
    fs.rmSync(path.join(directory, own), { force: true });
    throw error;
  }
  return () => fs.rmSync(path.join(directory, held), { force: true });
}
