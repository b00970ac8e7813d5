import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EngineFailure, failureOfStatus, retryAfterMs } from '../engines/engine-failure.js';
import { EngineGuard, type GuardLimits, retryWaitMs } from './engine-guard.js';

const LIMITS: GuardLimits = {
  timeoutMs: 200,
  retries: 2,
  baseMs: 4,
  maxMs: 20,
  patienceMs: 100,
  concurrency: 2,
  queue: 1,
  failuresInARow: 4,
  restMs: 60,
};
const NEVER = new AbortController().signal;
const guardOf = (more: Partial<GuardLimits> = {}) =>
  new EngineGuard(
    { ...LIMITS, ...more },
    () => Date.now(),
    () => 0.5,
  );
const down = () => new EngineFailure('down', 'it answered 500');
const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

/** Fails so often, then answers; counts. */
function flaky(failures: number, failure: () => Error = down) {
  const calls = { count: 0 };
  return { calls, run: () => (calls.count++ < failures ? Promise.reject(failure()) : Promise.resolve('ok')) };
}

describe('EngineGuard', () => {
  it('tries again as often as allowed, and no more', async () => {
    const twice = flaky(2);
    await expect(guardOf().run(twice.run, NEVER)).resolves.toBe('ok');
    expect(twice.calls.count).toBe(3);
    const often = flaky(9);
    await expect(guardOf().run(often.run, NEVER)).rejects.toMatchObject({ kind: 'down' });
    expect(often.calls.count).toBe(3);
    const once = flaky(1);
    await expect(guardOf({ retries: 0 }).run(once.run, NEVER)).rejects.toMatchObject({ kind: 'down' });
  });

  it('does not repeat what will not change, nor what wants more patience than there is', async () => {
    for (const failure of [
      () => new EngineFailure('refused', 'no'),
      () => new EngineFailure('misconfigured', 'no'),
      () => new EngineFailure('rate-limited', 'later', { retryAfterMs: 101 }),
      () => new Error('who knows'),
    ]) {
      const given = flaky(1, failure);
      await expect(guardOf().run(given.run, NEVER)).rejects.toBeInstanceOf(EngineFailure);
      expect(given.calls.count).toBe(1);
    }
  });

  it('waits at least as long as the vendor asks', async () => {
    const began = performance.now();
    await guardOf().run(flaky(1, () => new EngineFailure('rate-limited', 'later', { retryAfterMs: 80 })).run, NEVER);
    expect(performance.now() - began).toBeGreaterThanOrEqual(79);
  });

  it('stops an attempt that takes too long, tells it so, and does not repeat it', async () => {
    let calls = 0;
    let isStopped = false;
    const slow = (signal: AbortSignal) => {
      calls++;
      signal.addEventListener('abort', () => (isStopped = true));
      return sleep(5000);
    };
    await expect(guardOf({ timeoutMs: 30 }).run(slow, NEVER)).rejects.toMatchObject({ kind: 'timed-out' });
    expect([calls, isStopped]).toEqual([1, true]);
  });

  it('throws the reason of the caller at once: before, while it runs, while it waits for a retry and in the queue', async () => {
    const guard = guardOf({ baseMs: 5000, maxMs: 5000, concurrency: 1, timeoutMs: 5000 });
    await expect(guard.run(() => Promise.resolve(1), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    for (const attempt of [() => sleep(5000), () => Promise.reject(down())]) {
      const stop = new AbortController();
      const running = guardOf({ baseMs: 5000, maxMs: 5000, timeoutMs: 5000 }).run<unknown>(attempt, stop.signal);
      await sleep(10);
      stop.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
    }
    const [first, second] = [new AbortController(), new AbortController()];
    const running = guard.run(() => sleep(5000), first.signal);
    const waiting = guard.run(() => Promise.resolve('never begun'), second.signal);
    second.abort(new Error('no time'));
    await expect(waiting).rejects.toThrow('no time');
    first.abort(new Error('end'));
    await expect(running).rejects.toThrow('end');
  });

  it('lets only so many run and wait; the next hear at once that it is busy', async () => {
    const guard = guardOf();
    let most = 0;
    let now = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await sleep(20);
      now--;
    };
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => guard.run(work, NEVER)));
    expect(most).toBe(2);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { kind: 'busy' } },
      { reason: { kind: 'busy' } },
    ]);
  });

  it('leaves an engine alone after failures in a row, says until when, and tries it again after that', async () => {
    const guard = guardOf({ retries: 0 });
    for (let n = 0; n < 4; n++) await guard.run(() => Promise.reject(down()), NEVER).catch(() => undefined);
    const untouched = flaky(0);
    const failure = await guard.run(untouched.run, NEVER).catch((error: unknown) => error as EngineFailure);
    expect(failure).toMatchObject({ kind: 'resting' });
    expect((failure as EngineFailure).more.retryAfterMs).toBeLessThanOrEqual(60);
    expect(untouched.calls.count).toBe(0);
    await sleep(70);
    await expect(guard.run(untouched.run, NEVER)).resolves.toBe('ok');
    await expect(guard.run(untouched.run, NEVER)).resolves.toBe('ok');
  });

  it('does not let those who waited for a place find out one by one that the engine hangs', async () => {
    const guard = guardOf({ retries: 0, concurrency: 1, queue: 8, timeoutMs: 40, failuresInARow: 2, restMs: 5000 });
    let begun = 0;
    const hang = () => (begun++, sleep(5000));
    const began = performance.now();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => guard.run(hang, NEVER)));
    expect(performance.now() - began).toBeLessThan(250);
    const kinds = results.map((result) => result.status === 'rejected' && (result.reason as EngineFailure).kind);
    // The third was let in before it was known that the second hung.
    expect(kinds).toEqual([...Array<string>(3).fill('timed-out'), ...Array<string>(5).fill('resting')]);
    expect(begun).toBe(3);
    expect(results.at(-1)).toMatchObject({ reason: { more: { retryAfterMs: expect.any(Number) } } });
  });

  it('lets one try an engine that has rested, and keeps nobody else waiting for how that goes', async () => {
    const guard = guardOf({ retries: 0, timeoutMs: 5000 });
    for (let n = 0; n < 4; n++) await guard.run(() => Promise.reject(down()), NEVER).catch(() => undefined);
    await sleep(70);
    let answer = (_: string): void => undefined;
    const trying = guard.run(() => new Promise<string>((resolve) => (answer = resolve)), NEVER);
    const began = performance.now();
    const other = flaky(0);
    await expect(guard.run(other.run, NEVER)).rejects.toMatchObject({ kind: 'resting' });
    expect([performance.now() - began < 1000, other.calls.count]).toEqual([true, 0]);
    answer('ok');
    await expect(trying).resolves.toBe('ok');
    await expect(guard.run(other.run, NEVER)).resolves.toBe('ok');
  });

  it('does not count refusals, nor callers who gave up, against the engine', async () => {
    const guard = guardOf({ retries: 0 });
    for (let n = 0; n < 10; n++) {
      await guard.run(() => Promise.reject(new EngineFailure('refused', 'no')), NEVER).catch(() => undefined);
      const stop = new AbortController();
      const running = guard.run(() => sleep(1000), stop.signal);
      stop.abort(new Error('gone'));
      await running.catch(() => undefined);
    }
    await expect(guard.run(() => Promise.resolve('ok'), NEVER)).resolves.toBe('ok');
  });
});

describe('retryWaitMs', () => {
  it('is never less than asked for, and never more than that and the doubling limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.nat({ max: 60_000 }), { nil: undefined }),
        fc.record({ baseMs: fc.integer({ min: 1, max: 1000 }), maxMs: fc.integer({ min: 1, max: 20_000 }) }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, asked, limits, chance) => {
          const wait = retryWaitMs(attempt, asked, limits, () => chance);
          const limit = Math.min(limits.maxMs, limits.baseMs * 2 ** (attempt - 1));
          expect(wait).toBeGreaterThanOrEqual(asked ?? 0);
          expect(wait).toBeLessThanOrEqual((asked ?? 0) + limit);
        },
      ),
    );
  });
});

describe('failures of vendors', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after': '99999999' }, 86_400_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [undefined, undefined],
  ])('reads %j as %s ms', (headers, wanted) => {
    expect(retryAfterMs(headers as Record<string, string> | undefined, now)).toBe(wanted);
  });

  it('never waits for less than nothing or more than a day', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = retryAfterMs({ 'retry-after': text }, now);
        expect(ms === undefined || (ms >= 0 && ms <= 86_400_000)).toBe(true);
      }),
    );
  });

  it.each([
    [429, '', 'rate-limited'],
    [429, '{"error":{"code":"insufficient_quota"}}', 'misconfigured'],
    [401, '', 'misconfigured'],
    [403, '', 'misconfigured'],
    [404, '', 'misconfigured'],
    [400, '', 'refused'],
    [413, '', 'refused'],
    [408, '', 'down'],
    [500, '', 'down'],
    [529, '', 'down'],
  ])('calls %i %s %s', (status, text, kind) => {
    expect(failureOfStatus(status, text, {})).toMatchObject({ kind, more: { status } });
  });
});
