import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../platform/clock/clock.js';
import type { Bus } from '../../../platform/database/bus.js';
import type { Database } from '../../../platform/database/database.js';
import type { SealedEvent } from '../../audit/index.js';
import { BoardFeed, FEED_BATCH } from './board-feed.js';

const event = (seq: number): SealedEvent => ({ seq }) as SealedEvent;

/** The feed with a trail, a bus and a clock that do what they are told. */
class Bench {
  readonly clock = new ManualClock();
  readonly asked: number[] = [];
  trail: SealedEvent[] = [];
  /** Holds answers back until it is called. */
  held: (() => void)[] | undefined;
  seal: (ids: string) => void = () => undefined;
  reconnect: () => void = () => undefined;

  readonly feed = new BoardFeed(
    { read: (_scope: unknown, body: (tx: never) => Promise<unknown>) => body({} as never) } as unknown as Database,
    {
      after: async (_tx: unknown, seq: number) => {
        this.asked.push(seq);
        const answer = this.trail.filter((one) => one.seq > seq).slice(0, FEED_BATCH);
        if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
        return answer;
      },
      newest: () => Promise.resolve(this.trail.length),
    },
    {
      subscribe: (_topic: string, listener: (ids: string) => void) => {
        this.seal = listener;
        return () => undefined;
      },
      onReconnect: (action: () => void) => (this.reconnect = action),
    } as unknown as Bus,
    this.clock,
  );
}

describe('the feed of a board', () => {
  let bench: Bench;
  let wakes: number;
  let leave: () => void;

  beforeEach(() => {
    bench = new Bench();
    bench.feed.onModuleInit();
    wakes = 0;
    leave = bench.feed.subscribe('o', () => wakes++);
  });

  it('asks once for all who stand at one place', async () => {
    bench.trail = [event(1), event(2)];
    const answers = await Promise.all([1, 2, 3].map(() => bench.feed.after('o', 0)));
    expect(answers.map((events) => events.length)).toEqual([2, 2, 2]);
    expect(bench.asked).toEqual([0]);
  });

  it('asks nothing while nothing was sealed, and again when something was', async () => {
    bench.trail = [event(1)];
    await bench.feed.after('o', 0);
    expect(await bench.feed.after('o', 1)).toEqual([]);
    expect(await bench.feed.after('o', 1)).toEqual([]);
    expect(bench.asked).toEqual([0]);
    bench.trail.push(event(2));
    bench.seal('x,o');
    expect(wakes).toBe(1);
    expect(await bench.feed.after('o', 1)).toEqual([event(2)]);
  });

  it('looks by itself after a while, because a message can be lost', async () => {
    expect(await bench.feed.after('o', 0)).toEqual([]);
    bench.trail = [event(1)];
    expect(await bench.feed.after('o', 0)).toEqual([]);
    bench.clock.advance({ seconds: 11 });
    expect(await bench.feed.after('o', 0)).toEqual([event(1)]);
  });

  it('does not let a question from before the message answer one from after it', async () => {
    bench.held = [];
    const early = bench.feed.after('o', 0);
    await Promise.resolve();
    bench.trail = [event(1)];
    bench.seal('o');
    const late = bench.feed.after('o', 0);
    await Promise.resolve();
    for (const go of bench.held) go();
    expect([await early, await late]).toEqual([[], [event(1)]]);
    bench.held = undefined;
    // Nor is "nothing new" believed that was found before it.
    expect(await bench.feed.after('o', 0)).toEqual([event(1)]);
  });

  it('does not let a question of those who left answer those who come', async () => {
    bench.held = [];
    const early = bench.feed.after('o', 0);
    await Promise.resolve();
    leave();
    // Nobody follows, so nobody is told of this one.
    bench.trail = [event(1)];
    bench.seal('o');
    bench.feed.subscribe('o', () => wakes++);
    const late = bench.feed.after('o', 0);
    await Promise.resolve();
    for (const go of bench.held) go();
    expect([await early, await late]).toEqual([[], [event(1)]]);
  });

  it('tells everybody when messages may have been missed, and forgets who left', async () => {
    bench.reconnect();
    expect(wakes).toBe(1);
    leave();
    bench.seal('o');
    bench.seal('somebody else');
    expect(wakes).toBe(1);
    expect(await bench.feed.newest('o')).toBe(0);
  });
});
