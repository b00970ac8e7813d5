import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../shared/ids.js';
import type { Bus } from '../database/bus.js';
import type { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import type { Logger } from '../telemetry/telemetry.module.js';
import { type Attempt, JobStore, jobTopic } from './job-store.js';

const attempt: Attempt = { scope: systemScope('spec', newId()), jobId: newId(), token: newId() };

let answer: object | undefined;
let written: unknown[];
let told: string[];
let store: JobStore;

beforeEach(() => {
  answer = { visible: true };
  written = [];
  told = [];
  const tx = {
    first: (_: string, parameters: unknown[]) => ((written = parameters), Promise.resolve(answer)),
    query: (_: string, parameters: unknown[]) => ((written = parameters), Promise.resolve(answer ? [answer] : [])),
  } as unknown as Tx;
  const inside = (_: unknown, body: (given: Tx) => Promise<unknown>): Promise<unknown> => body(tx);
  const bus = { publish: (_: unknown, topic: string) => Promise.resolve(void told.push(topic)) } as unknown as Bus;
  store = new JobStore({ write: inside, writeOne: inside } as unknown as Database, bus, {} as Logger);
});

const tx = (): Tx => ({ query: (_: string, parameters: unknown[]) => ((written = parameters), Promise.resolve([{}])) }) as unknown as Tx;

describe('the followers of a job', () => {
  const changes: [string, () => Promise<unknown>][] = [
    ['progress', () => store.progress(attempt, { done: 1, total: 2, note: null })],
    ['a result', () => store.succeed(attempt, {})],
    ['a failure', () => store.fail(attempt, { code: 'x', message: 'y' })],
  ];

  it.each(changes)('are told of %s', async (_, change) => {
    await change();
    expect(told).toEqual([jobTopic(attempt.jobId)]);
  });

  it.each(changes)('are not told of %s of a hidden job, or of one that another worker owns', async (_, change) => {
    answer = { visible: false };
    await change();
    answer = undefined;
    await change();
    expect(told).toEqual([]);
  });
});

describe('what is written', () => {
  it.each([
    [undefined, null],
    [null, null],
    [7, '{"value":7}'],
    [['a'], '{"value":["a"]}'],
    [{ rows: 2 }, '{"rows":2}'],
  ])('of the result %j is %s', async (result, text) => {
    expect(await store.succeed(attempt, result)).toBe(true);
    expect(written.at(-1)).toBe(text);
  });

  it.each([
    [undefined, 'null'],
    [{ at: 3 }, '{"at":3}'],
  ])('of the state %j is %s', async (state, text) => {
    expect(await store.keepState(tx(), attempt, state)).toBe(true);
    expect(written.at(-1)).toBe(text);
  });

  it('of a failure is the delay until the next try, or none', async () => {
    await store.fail(attempt, { code: 'x', message: 'y' }, 250);
    expect(written.at(-1)).toBe(250);
    await store.fail(attempt, { code: 'x', message: 'y' });
    expect(written.at(-1)).toBeNull();
  });
});
