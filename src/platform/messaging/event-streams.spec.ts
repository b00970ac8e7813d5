import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '../http/problems/core-problems.js';
import type { EventSource, StreamedEvent } from './event-stream.js';
import { EventStreams } from './event-streams.js';

const quiet: EventSource = {
  subscribe: () => () => undefined,
  next: () => Promise.resolve({ events: [], isLast: false }),
};

const closed = (stream: NodeJS.EventEmitter): Promise<unknown> => new Promise((resolve) => stream.once('close', resolve));

describe('EventStreams', () => {
  it('forgets a stream that ended, and takes no more once the process stops', async () => {
    const streams = new EventStreams();
    const [left, stays] = [streams.start(quiet, 0), streams.start(quiet, 0)];
    left.destroy();
    await closed(left);
    expect(streams.size).toBe(1);
    streams.close();
    stays.resume();
    await closed(stays);
    expect(streams.size).toBe(0);
    expect(() => streams.start(quiet, 0)).toThrow(expect.objectContaining({ definition: Unavailable.definition }));
  });

  it('refuses one more than it can hold', () => {
    const streams = new EventStreams();
    for (let n = 0; n < 2_000; n++) streams.start(quiet, 0);
    expect(() => streams.start(quiet, 0)).toThrow(expect.objectContaining({ definition: Unavailable.definition }));
    streams.close();
  });

  it('sends nothing to a follower who left while the source was asked, and may be told to end afterwards', async () => {
    let answer: (given: { events: StreamedEvent[]; isLast: boolean }) => void = () => undefined;
    const source: EventSource = { ...quiet, next: () => new Promise((resolve) => (answer = resolve)) };
    const streams = new EventStreams();
    const stream = streams.start(source, 0);
    const sent: string[] = [];
    stream.on('data', (text: Buffer) => sent.push(text.toString()));
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    answer({ events: [{ id: 1, event: 'state', data: {} }], isLast: true });
    await closed(stream);
    stream.finish();
    expect(sent).toEqual(['retry: 2000\n\n']);
    expect(stream.errored).toBeNull();
  });
});
