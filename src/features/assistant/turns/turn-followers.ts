import { Injectable, StreamableFile } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { EventSource, StreamedEvent } from '../../../platform/messaging/event-stream.js';
import { EventStreams } from '../../../platform/messaging/event-streams.js';
import { jobTopic } from '../../../platform/messaging/job-store.js';
import { turnTopic } from './turn-ends.js';
import { type TurnNews, TurnsRepository } from './turns.repository.js';

const SEQ = /^\d{1,9}$/;
const FINAL: ReadonlySet<string> = new Set(['SUCCESS', 'FAILURE', 'CANCELLED']);

/** Server-sent events of a turn, from what is stored: any process can serve them, and a follower goes on where it was. */
@Injectable()
export class TurnFollowers {
  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
    private readonly turns: TurnsRepository,
    private readonly streams: EventStreams,
  ) {}

  /** `lastEventId` is what the follower had last; anything else than a number begins at the beginning. */
  follow(scope: Scope, id: string, lastEventId: string | undefined): StreamableFile {
    const after = lastEventId !== undefined && SEQ.test(lastEventId) ? Number(lastEventId) : 0;
    // A stream outlives the request, whose cost is counted only until its first byte.
    const source = this.sourceOf({ ...scope, cost: { statements: 0, ms: 0 } }, id);
    return new StreamableFile(this.streams.start(source, after), { type: 'text/event-stream; charset=utf-8' });
  }

  private sourceOf(scope: Scope, id: string): EventSource {
    return {
      subscribe: (wake) => {
        // The job tells of a failure or a cancellation, of which the turn itself knows nothing.
        const ends = [this.bus.subscribe(turnTopic(id), wake), this.bus.subscribe(jobTopic(id), wake)];
        return () => ends.forEach((end) => end());
      },
      next: async (seq) => nextEvents(await this.db.read(scope, (tx) => this.turns.news(tx, id, seq)), seq),
    };
  }
}

/** What comes after an event. The end has the number after the last event, and a follower that has seen it is sent it again. */
export function nextEvents(news: TurnNews | undefined, seq: number): { events: readonly StreamedEvent[]; isLast: boolean } {
  if (!news) return { events: [], isLast: true };
  const events = news.events.map((one) => ({ id: one.seq, event: one.kind, data: one.data }));
  const isWhole = events.length === 0 || events.at(-1)?.id === news.lastSeq;
  if (!FINAL.has(news.state) || !isWhole) return { events, isLast: false };
  return { events: [...events, { id: Math.max(seq, news.lastSeq + 1), event: 'done', data: news.task }], isLast: true };
}
