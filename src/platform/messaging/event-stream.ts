import { Readable } from 'node:stream';

/** One event as it goes over the wire; ids grow, so that a follower can say where it was. */
export interface StreamedEvent {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

/** Where a stream gets its events: it asks when it is told that there is something, and from time to time by itself. */
export interface EventSource {
  /** Calls `wake` when there may be something new; gives the function that ends it. */
  subscribe(wake: () => void): () => void;
  /** What came after `id`, some at a time, in order; `isLast` when nothing will follow. */
  next(id: number): Promise<{ readonly events: readonly StreamedEvent[]; readonly isLast: boolean }>;
}

export interface StreamTimes {
  readonly heartbeatMs: number;
  readonly pollMs: number;
  /** After this the stream ends and the follower comes back, so that its access is checked again. */
  readonly lifeMs: number;
}

const OPENING = 'retry: 2000\n\n';
const HEARTBEAT = ': heartbeat\n\n';

/** A stream of server-sent events that asks for more only while its reader keeps up. */
export class EventStream extends Readable {
  private readonly timers: NodeJS.Timeout[];
  private readonly unsubscribe: () => void;
  private canPush = false;
  private isAsking = false;
  private mayHaveMore = true;
  private isReleased = false;

  constructor(
    private readonly source: EventSource,
    private lastId: number,
    times: StreamTimes,
  ) {
    super({ highWaterMark: 16_384 });
    this.push(OPENING);
    this.unsubscribe = source.subscribe(() => this.wake());
    this.timers = [
      setInterval(() => this.wake(), times.pollMs),
      setInterval(() => this.canPush && this.send(HEARTBEAT), times.heartbeatMs),
      setTimeout(() => this.finish(), times.lifeMs),
    ];
  }

  override _read(): void {
    this.canPush = true;
    void this.pump();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.release();
    callback(error);
  }

  /** Ends it well: what was sent arrives. */
  finish(): void {
    if (this.destroyed || this.readableEnded) return;
    this.release();
    this.canPush = false;
    this.push(null);
  }

  private wake(): void {
    this.mayHaveMore = true;
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      while (this.canPush && this.mayHaveMore && !this.destroyed) {
        this.mayHaveMore = false;
        if (await this.ask()) return this.finish();
      }
    } catch {
      // The follower comes back with the last id it has, by then we may know more.
      this.finish();
    } finally {
      this.isAsking = false;
    }
  }

  private async ask(): Promise<boolean> {
    const { events, isLast } = await this.source.next(this.lastId);
    if (!this.canPush || this.destroyed) return false;
    const last = events.at(-1);
    if (!last) return isLast;
    this.lastId = last.id;
    this.mayHaveMore = true;
    this.send(events.map(wireText).join(''));
    return isLast;
  }

  private send(text: string): void {
    this.canPush = this.push(text);
  }

  private release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.unsubscribe();
  }
}

function wireText({ id, event, data }: StreamedEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
