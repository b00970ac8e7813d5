import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventSource, EventStream, type StreamedEvent } from './event-stream.js';

const TIMES = { heartbeatMs: 60_000, pollMs: 60_000, lifeMs: 60_000 };

/** A source that holds as many events as it is told, ten at a time. */
function sourceOf(total: { upTo: number; isFinal: boolean }): EventSource & { asked: number[]; wake: () => void; followers: number } {
  const source = {
    asked: [] as number[],
    wake: (): void => undefined,
    followers: 0,
    subscribe(wake: () => void) {
      source.wake = wake;
      source.followers++;
      return () => {
        source.followers--;
      };
    },
    next(id: number) {
      source.asked.push(id);
      const events: StreamedEvent[] = [];
      for (let n = id + 1; n <= Math.min(id + 10, total.upTo); n++)
        events.push({ id: n, event: 'progress', data: { n, filler: 'x'.repeat(1_000) } });
      return Promise.resolve({ events, isLast: total.isFinal && (events.at(-1)?.id ?? id) === total.upTo });
    },
  };
  return source;
}

async function textOf(stream: EventStream): Promise<string> {
  let text = '';
  for await (const part of stream) text += String(part);
  return text;
}

const idsIn = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe('EventStream', () => {
  it('sends everything after the given id in order and ends after the last', async () => {
    const source = sourceOf({ upTo: 35, isFinal: true });
    expect(idsIn(await textOf(new EventStream(source, 5, TIMES)))).toEqual(Array.from({ length: 30 }, (_, n) => n + 6));
    expect(source.followers).toBe(0);
  });

  it('asks again when it is woken, and by itself', async () => {
    const total = { upTo: 1, isFinal: false };
    const source = sourceOf(total);
    const text = textOf(new EventStream(source, 0, { ...TIMES, pollMs: 20 }));
    await delay(10);
    total.upTo = 2;
    source.wake();
    await delay(5);
    Object.assign(total, { upTo: 3, isFinal: true });
    expect(idsIn(await text)).toEqual([1, 2, 3]);
  });

  it('loses no wake-up that comes while it asks', async () => {
    const total = { upTo: 0, isFinal: false };
    const source = sourceOf(total);
    const next = source.next.bind(source);
    source.next = async (id) => {
      const answer = await next(id);
      if (source.asked.length === 1) {
        Object.assign(total, { upTo: 1, isFinal: true });
        source.wake();
      }
      return answer;
    };
    expect(idsIn(await textOf(new EventStream(source, 0, TIMES)))).toEqual([1]);
  });

  it('asks for no more than a reader that has stopped can hold', async () => {
    const source = sourceOf({ upTo: 10_000, isFinal: true });
    const stream = new EventStream(source, 0, TIMES);
    stream.read(0);
    for (let n = 0; n < 20; n++) source.wake();
    await delay(30);
    expect(source.asked.length).toBeLessThan(5);
    expect(stream.readableLength).toBeLessThan(60_000);
    stream.destroy();
  });

  it('beats while nothing happens and ends after its life', async () => {
    const text = await textOf(new EventStream(sourceOf({ upTo: 0, isFinal: false }), 0, { heartbeatMs: 10, pollMs: 60_000, lifeMs: 100 }));
    expect(text.startsWith('retry: 2000\n\n')).toBe(true);
    expect(text.match(/: heartbeat\n\n/g)?.length).toBeGreaterThan(2);
  });

  it('lets go of everything when its reader leaves', async () => {
    const source = sourceOf({ upTo: 0, isFinal: false });
    const stream = new EventStream(source, 0, { ...TIMES, pollMs: 5 });
    stream.resume();
    await delay(20);
    stream.destroy();
    await delay(5);
    const asked = source.asked.length;
    await delay(30);
    expect(source.followers).toBe(0);
    expect(source.asked.length).toBe(asked);
  });

  it('ends instead of failing when its source does', async () => {
    const source = sourceOf({ upTo: 0, isFinal: false });
    source.next = () => Promise.reject(new Error('no database'));
    expect(idsIn(await textOf(new EventStream(source, 0, TIMES)))).toEqual([]);
  });
});
