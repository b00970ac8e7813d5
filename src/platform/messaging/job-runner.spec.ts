import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NIL_ID, newId } from '../../shared/ids.js';
import { NotFound } from '../http/problems/core-problems.js';
import { Text } from '../http/shapes/fields.js';
import type { Handler, HandlerRegistry } from './handler-registry.js';
import { Interruption } from './interruption.js';
import type { JobLog } from './job-log.js';
import { MAX_CRASHES } from './job-outcome.js';
import { JobRunner, type Verdict } from './job-runner.js';
import type { JobStore, StartedJob } from './job-store.js';
import { NotYet } from './not-yet.js';
import type { RunningJobs } from './running-jobs.js';

class Payload {
  @Text({ max: 10 }) what: string;
}

const row: StartedJob = {
  id: newId(),
  name: 'spec.run',
  queue: 'default',
  payload: { what: 'x' },
  checkpoint: null,
  attempts: 1,
  crashes: 0,
  visible: true,
  once_key: null,
  created_by_type: 'user',
  created_by_user_id: NIL_ID,
  permissions: [],
  request_id: 'r-1',
  traceparent: null,
  run_at: '2026-11-21T00:00:00.000Z',
  cancel_requested_at: null,
};

let calls: unknown[][];
let owned: boolean;
let failState: 'FAILURE' | 'PENDING' | 'CANCELLED' | undefined;
let controller: AbortController;
let handled: jest.Mock<() => Promise<unknown>>;

beforeEach(() => {
  calls = [];
  owned = true;
  failState = 'FAILURE';
  handled = jest.fn(() => Promise.resolve('done'));
});
afterEach(() => {
  jest.useRealTimers();
});

function handler(change: Partial<Handler> = {}): Handler {
  const definition = { kind: 'job', name: row.name } as Handler['definition'];
  const backoff = { baseMs: 1_000, maxMs: 1_000 };
  return {
    name: row.name,
    definition,
    queue: 'default',
    payload: Payload,
    attempts: 3,
    timeoutMs: 1_000,
    backoff,
    run: handled,
    ...change,
  };
}

const noted =
  (name: string, answer: () => unknown) =>
  (...given: unknown[]): unknown => {
    calls.push([name, ...given]);
    return answer();
  };

function run(change: Partial<StartedJob> = {}, found: Handler | 'none' = handler()): Promise<Verdict> {
  const store = {
    start: () => Promise.resolve({ ...row, ...change }),
    succeed: noted('succeed', () => Promise.resolve(owned)),
    remove: noted('remove', () => Promise.resolve(owned)),
    putBack: noted('putBack', () => Promise.resolve(owned)),
    fail: noted('fail', () => Promise.resolve(failState)),
  } as unknown as JobStore;
  const running = {
    during: (_: unknown, own: AbortController, work: () => Promise<unknown>) => ((controller = own), work()),
  } as unknown as RunningJobs;
  const log = {
    attemptEnded: (_row: unknown, _scope: unknown, { outcome }: { outcome: string }) => calls.push(['ended', outcome]),
    superseded: noted('superseded', () => undefined),
    failed: noted('failed', () => undefined),
  } as unknown as JobLog;
  const clock = { now: () => new Date(0) };
  const runner = new JobRunner(
    store,
    { get: () => (found === 'none' ? undefined : found) } as unknown as HandlerRegistry,
    running,
    log,
    clock,
  );
  return runner.run({ jobId: row.id, organizationId: NIL_ID }, 'd-1');
}

const names = (): unknown[] => calls.map(([name]) => name);
const failures = (): unknown[] => calls.filter(([name]) => name === 'fail').map(([, , error, retryInMs]) => [error, retryInMs]);
const interrupted = (why: Interruption['why']): (() => Promise<unknown>) => {
  return () => {
    controller.abort(new Interruption(why));
    return Promise.reject(controller.signal.reason as Error);
  };
};

describe('a job that is not to run', () => {
  it('does not call the handler once it is to be cancelled', async () => {
    failState = 'CANCELLED';
    expect(await run({ cancel_requested_at: '2026-11-21T00:00:00.000Z' })).toBeUndefined();
    expect(handled).not.toHaveBeenCalled();
    expect(names()).toEqual(['fail', 'ended']);
    expect(calls.at(-1)).toEqual(['ended', 'cancelled']);
  });

  it('fails for good when nobody knows it', async () => {
    expect(await run({}, 'none')).toBeUndefined();
    expect(failures()).toEqual([[{ code: 'unknown-job', message: expect.any(String) }, undefined]]);
  });

  it('fails for good after it took too many workers down', async () => {
    expect(await run({ crashes: MAX_CRASHES })).toBeUndefined();
    expect(names()).toEqual(['succeed', 'ended']);
    calls = [];
    handled.mockClear();
    await run({ crashes: MAX_CRASHES + 1 });
    expect(failures()).toEqual([[{ code: 'worker-lost', message: expect.any(String) }, undefined]]);
    expect(handled).not.toHaveBeenCalled();
  });
});

describe('a payload of an older version', () => {
  const unreadable = (thrown: Error): object =>
    Object.defineProperty<object>({}, 'what', {
      enumerable: true,
      get: () => {
        throw thrown;
      },
    });

  it.each([
    ['says which field', { what: 7 }, '/what'],
    ['that is no object', 'text', 'must be a JSON object'],
    ['that cannot be looked at', unreadable(new Error('stop')), 'cannot be read'],
    ['that a problem keeps from being looked at', unreadable(NotFound()), 'cannot be read'],
  ])('fails for good and %s', async (_, payload, text) => {
    expect(await run({ payload })).toBeUndefined();
    expect(failures()).toEqual([[{ code: 'invalid-payload', message: expect.stringContaining(text) }, undefined]]);
    expect(handled).not.toHaveBeenCalled();
  });
});

describe('a job that another worker has taken over', () => {
  it('keeps quiet about its result', async () => {
    owned = false;
    expect(await run()).toBeUndefined();
    expect(names()).toEqual(['succeed', 'superseded', 'ended']);
  });

  it('writes nothing once it was told', async () => {
    handled.mockImplementation(interrupted('superseded'));
    expect(await run()).toBeUndefined();
    expect(names()).toEqual(['superseded', 'ended']);
  });

  it('leaves the failure to the other one', async () => {
    failState = undefined;
    handled.mockRejectedValue(new Error('stop'));
    expect(await run()).toBeUndefined();
    expect(names()).toEqual(['fail', 'ended']);
  });
});

describe('a process that stops', () => {
  it('puts the job back', async () => {
    handled.mockImplementation(interrupted('shutdown'));
    expect(await run()).toEqual({ againInMs: 1 });
    expect(names()).toEqual(['putBack', 'ended']);
  });

  it('notes the failure when the job cannot be put back', async () => {
    owned = false;
    failState = 'CANCELLED';
    handled.mockImplementation(interrupted('shutdown'));
    expect(await run()).toBeUndefined();
    expect(names()).toEqual(['putBack', 'fail', 'ended']);
  });

  it('does not wait for a handler that goes on, even one that was interrupted as it began', async () => {
    jest.useFakeTimers();
    handled.mockImplementation(() => {
      controller.abort(new Interruption('shutdown'));
      return new Promise(() => undefined);
    });
    let verdict: Verdict;
    const ran = run().then((given) => (verdict = given));
    await jest.advanceTimersByTimeAsync(4_900);
    expect(verdict).toBeUndefined();
    await jest.advanceTimersByTimeAsync(200);
    await ran;
    expect(verdict).toEqual({ againInMs: 1 });
  });
});

describe('a job whose time has not come', () => {
  it('is put back as if it had not been tried, and comes again later', async () => {
    handled.mockRejectedValue(new NotYet(700));
    expect(await run()).toEqual({ againInMs: 700 });
    expect(calls).toEqual([
      ['putBack', expect.anything()],
      ['ended', 'retry'],
    ]);
  });

  it('is cancelled when that was asked for in the meantime', async () => {
    owned = false;
    failState = 'CANCELLED';
    handled.mockRejectedValue(new NotYet(700));
    expect(await run()).toBeUndefined();
    expect(names()).toEqual(['putBack', 'fail', 'ended']);
  });
});

describe('a failure', () => {
  it('is tried again after the delay that was written', async () => {
    failState = 'PENDING';
    handled.mockRejectedValue(new Error('stop'));
    const verdict = await run();
    expect(failures()).toEqual([[{ code: 'internal-error', message: expect.any(String) }, verdict?.againInMs]]);
    expect(verdict?.againInMs).toBeGreaterThan(0);
  });

  it('by time is told as such', async () => {
    jest.useFakeTimers();
    handled.mockImplementation(() => new Promise((_, reject) => controller.signal.addEventListener('abort', () => reject(new Error('x')))));
    const ran = run({ attempts: 3 });
    await jest.advanceTimersByTimeAsync(1_000);
    await ran;
    expect(failures()).toEqual([[{ code: 'timed-out', message: expect.any(String) }, undefined]]);
  });
});
