// Processor time of a process and its children, in milliseconds, from /proc.
import { readdirSync, readFileSync } from 'node:fs';

const MS_PER_TICK = 10;

function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      own: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      reaped: (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK,
    };
  } catch {
    return undefined;
  }
}

/** CPU of a whole tree, ended children included. */
export function cpuOf(root) {
  const all = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) all.set(Number(name), stat(Number(name)));
  const tree = [root];
  for (let index = 0; index < tree.length; index++) for (const [pid, one] of all) if (one?.parent === tree[index]) tree.push(pid);
  return tree.reduce((sum, pid) => sum + (all.get(pid)?.own ?? 0), 0) + (all.get(root)?.reaped ?? 0);
}

/** Resident memory of one process in MB. */
export function residentMb(pid) {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Number(found[1]) / 1024 : 0;
}
