import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '../../shared/ids.js';
import type { Bus } from '../database/bus.js';
import type { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import type { Logger } from '../telemetry/telemetry.module.js';
import { interruptionOf } from './interruption.js';
import type { Attempt } from './job-store.js';
import { RunningJobs } from './running-jobs.js';

const LOOK_MS = 2_000;
const jobId = newId();
const attemptOf = (token: string): Attempt => ({ scope: systemScope('spec', newId()), jobId, token });

let rows: object[];
let cancel: (id: string) => void;
let running: RunningJobs;

beforeEach(() => {
  jest.useFakeTimers();
  rows = [];
  const database = { asSystem: () => Promise.resolve(rows) } as unknown as Database;
  const bus = { subscribe: (_: string, listener: typeof cancel) => ((cancel = listener), () => undefined) } as unknown as Bus;
  running = new RunningJobs(database, bus, {} as Logger);
  running.open();
});
afterEach(() => {
  running.close();
  jest.useRealTimers();
});

/** Starts an attempt that goes on until it is let go. */
function start(token: string): { controller: AbortController; end: () => Promise<void> } {
  const controller = new AbortController();
  let finish = (): void => undefined;
  const work = running.during(attemptOf(token), controller, () => new Promise<void>((resolve) => (finish = resolve)));
  return { controller, end: () => (finish(), work) };
}

describe('RunningJobs looks by itself', () => {
  it.each([
    ['leaves an attempt alone that owns its job', [{ id: jobId, run_token: 't', is_cancelled: false }], undefined],
    ['stops one whose job was cancelled', [{ id: jobId, run_token: 't', is_cancelled: true }], 'cancelled'],
    ['stops one whose job another worker has', [{ id: jobId, run_token: 'other', is_cancelled: true }], 'superseded'],
    ['stops one whose job is gone', [], 'superseded'],
  ])('and %s', async (_, found, why) => {
    rows = found;
    const { controller, end } = start('t');
    await jest.advanceTimersByTimeAsync(LOOK_MS);
    expect(interruptionOf(controller.signal)).toBe(why);
    await end();
  });
});

describe('two attempts of one job in one process', () => {
  it('the later one can still be cancelled after the earlier one ended', async () => {
    const earlier = start('a');
    const later = start('b');
    await earlier.end();
    cancel(jobId);
    expect(interruptionOf(later.controller.signal)).toBe('cancelled');
    expect(interruptionOf(earlier.controller.signal)).toBeUndefined();
    await later.end();
  });
});
