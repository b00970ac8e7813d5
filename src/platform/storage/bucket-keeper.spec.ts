import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BucketKeeper } from './bucket-keeper.js';

describe('BucketKeeper', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('waits for the bucket, and not for long', async () => {
    await new BucketKeeper({ ensureBucket: () => Promise.resolve() }, () => undefined).start();
    let isStarted = false;
    const silent = new BucketKeeper({ ensureBucket: () => new Promise(() => undefined) }, () => undefined);
    const start = silent.start().then(() => (isStarted = true));
    await jest.advanceTimersByTimeAsync(1_900);
    expect(isStarted).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    await start;
    expect(isStarted).toBe(true);
  });

  it('tries again until the storage answers, then no more', async () => {
    let calls = 0;
    const troubles: unknown[] = [];
    const ensureBucket = () => (++calls < 4 ? Promise.reject(new Error('refused')) : Promise.resolve());
    await new BucketKeeper({ ensureBucket }, (error) => troubles.push(error)).start();
    expect(calls).toBe(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(calls).toBe(4);
    expect(troubles).toHaveLength(3);
  });

  it('stops with the application', async () => {
    let calls = 0;
    const keeper = new BucketKeeper({ ensureBucket: () => Promise.reject(new Error(`refused ${++calls}`)) }, () => undefined);
    await keeper.start();
    keeper.stop();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(calls).toBe(1);
  });
});
