import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { Bus } from '../../platform/database/bus.js';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import type { EventSource, StreamedEvent } from '../../platform/messaging/event-stream.js';
import { EventStreams } from '../../platform/messaging/event-streams.js';
import { jobTopic } from '../../platform/messaging/job-store.js';
import { type JobNews, JobsRepository } from './jobs.repository.js';

const SEQ = /^\d{1,9}$/;

/** Server-sent events of a job, from what is stored: any process can serve them, and a follower goes on where it was. */
@Injectable()
export class JobFollowers {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(JobsRepository) private readonly jobs: JobsRepository,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(EventStreams) private readonly streams: EventStreams,
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
      subscribe: (wake) => this.bus.subscribe(jobTopic(id), wake),
      next: async (seq) => nextEvents(await this.db.read(scope, (tx) => this.jobs.news(tx, id, seq)), seq),
    };
  }
}

/** A follower of a finished job always gets its end, also one that has seen it, or it would come back for ever. */
export function nextEvents(news: JobNews | undefined, seq: number): { events: readonly StreamedEvent[]; isLast: boolean } {
  if (!news) return { events: [], isLast: true };
  if (news.events.length > 0) {
    const events = news.events.map((one) => ({ id: one.seq, event: one.kind, data: one.data }));
    return { events, isLast: news.isFinal && events.at(-1)?.id === news.last_seq };
  }
  if (!news.isFinal) return { events: [], isLast: false };
  return { events: [{ id: Math.max(seq, news.last_seq), event: 'done', data: news.final }], isLast: true };
}
