import { Injectable } from '@nestjs/common';
import { Unavailable } from '../http/problems/core-problems.js';
import { type EventSource, EventStream, type StreamTimes } from './event-stream.js';

const TIMES: StreamTimes = { heartbeatMs: 15_000, pollMs: 2_000, lifeMs: 900_000 };
const MAX_STREAMS = 2_000;

/** The open event streams of this process: bounded, and ended before it stops. */
@Injectable()
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private isClosing = false;

  /** Starts a stream with what came after `lastId`. */
  start(source: EventSource, lastId: number): EventStream {
    if (this.isClosing || this.open.size >= MAX_STREAMS)
      throw Unavailable({ detail: 'There are too many followers just now.', retryAfterSeconds: 5 });
    const stream = new EventStream(source, lastId, TIMES);
    this.open.add(stream);
    stream.once('close', () => this.open.delete(stream));
    return stream;
  }

  get size(): number {
    return this.open.size;
  }

  close(): void {
    this.isClosing = true;
    for (const stream of this.open) stream.finish();
  }
}
