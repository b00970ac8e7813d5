import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { type Scope, systemScope } from '../../../platform/database/scope.js';
import type { EventSource, StreamedEvent } from '../../../platform/messaging/event-stream.js';
import { EventStreams } from '../../../platform/messaging/event-streams.js';
import type { SealedEvent } from '../../audit/index.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import { isShown, pipelinesOf, streamed } from './board-event.js';
import { BoardFeed, FEED_BATCH } from './board-feed.js';
import { BoardLiveRepository } from './board-live.repository.js';
import { LiveAccess } from './live-access.js';
import { TooManyFollowers } from './live.errors.js';

/** Streams one person may have open at one process. */
const MOST_PER_PERSON = 10;
/** Who missed more than this loads the board anew, which is less work for both sides. */
const MOST_MISSED = 1_000;
/** The place of a follower who was told nothing yet; also before the first event of an organization. */
const NOT_BEGUN = -1;
const SEQ = /^\d{1,15}$/;

export interface Following {
  readonly pipelineId: string | undefined;
  readonly lastEventId: string | undefined;
  /** Text of the API key of the caller, when it is one. */
  readonly apiKey: string | undefined;
}

type News = Awaited<ReturnType<EventSource['next']>>;

/** Changes of a board as server-sent events, from the trail: any process can serve them, and a follower goes on where it was. */
@Injectable()
export class BoardLiveService {
  private readonly open = new Map<string, number>();

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(BoardLiveRepository) private readonly rows: BoardLiveRepository,
    @Inject(BoardFeed) private readonly feed: BoardFeed,
    @Inject(LiveAccess) private readonly access: LiveAccess,
    @Inject(EventStreams) private readonly streams: EventStreams,
  ) {}

  async follow(scope: Scope, following: Following): Promise<StreamableFile> {
    const { pipelineId } = following;
    if (pipelineId !== undefined && !(await this.db.read(scope, (tx) => this.rows.hasPipeline(tx, pipelineId)))) throw PipelineNotFound();
    const leave = this.enter(scope.actor.userId);
    try {
      const newest = await this.feed.newest(scope.organizationId);
      const first = opening(following.lastEventId, newest);
      const stream = this.streams.start(this.sourceOf(scope, following, first), first ? NOT_BEGUN : Number(following.lastEventId));
      stream.once('close', leave);
      return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
    } catch (error) {
      leave();
      throw error;
    }
  }

  private enter(userId: string): () => void {
    const count = this.open.get(userId) ?? 0;
    if (count >= MOST_PER_PERSON) {
      throw TooManyFollowers({ detail: `One person can have ${MOST_PER_PERSON} streams open. Close one first.`, retryAfterSeconds: 10 });
    }
    this.open.set(userId, count + 1);
    return () => {
      const left = (this.open.get(userId) ?? 1) - 1;
      if (left > 0) this.open.set(userId, left);
      else this.open.delete(userId);
    };
  }

  private sourceOf(scope: Scope, { pipelineId, apiKey }: Following, first: StreamedEvent | undefined): EventSource {
    const { organizationId } = scope;
    // How far was looked without finding anything for this board; what was found is behind the follower only once it was sent.
    let place = 0;
    let isAllowed: () => Promise<boolean> = () => Promise.resolve(true);
    return {
      subscribe: (wake) => {
        const watch = this.access.watch({ scope, apiKey, permission: 'leads:read', wake });
        isAllowed = () => watch.isAllowed();
        const unsubscribe = this.feed.subscribe(organizationId, wake);
        return () => {
          watch.end();
          unsubscribe();
        };
      },
      next: async (id): Promise<News> => {
        if (!(await isAllowed())) return { events: [{ id: Math.max(id, place), event: 'access-ended', data: {} }], isLast: true };
        if (id === NOT_BEGUN && first) return { events: [first], isLast: false };
        for (;;) {
          const events = await this.feed.after(organizationId, Math.max(id, place));
          const shown = await this.shown(organizationId, events, pipelineId);
          if (shown.length > 0) return { events: shown, isLast: false };
          place = events.at(-1)?.seq ?? place;
          if (events.length < FEED_BATCH) return { events: [], isLast: false };
        }
      },
    };
  }

  private async shown(organizationId: string, events: readonly SealedEvent[], pipelineId: string | undefined): Promise<StreamedEvent[]> {
    const about = events.filter(isShown);
    const silent = about.filter((event) => pipelinesOf(event).length === 0).flatMap(({ resourceId }) => resourceId ?? []);
    const where =
      silent.length === 0
        ? new Map<string, string>()
        : await this.db.read(systemScope('board-feed', organizationId), (tx) => this.rows.pipelinesOf(tx, [...new Set(silent)]));
    return about.flatMap((event) => {
      const named = pipelinesOf(event);
      const now = named.at(-1) ?? where.get(event.resourceId ?? '') ?? null;
      const isHere = pipelineId === undefined || now === pipelineId || named.includes(pipelineId);
      return isHere ? [streamed(event, now)] : [];
    });
  }
}

/** What a follower is told first: where the stream begins, or that too much was missed to catch up; nothing when it simply goes on. */
export function opening(lastEventId: string | undefined, newest: number): StreamedEvent | undefined {
  if (lastEventId === undefined || !SEQ.test(lastEventId)) return { id: newest, event: 'ready', data: {} };
  const last = Number(lastEventId);
  return newest - last > MOST_MISSED || last > newest ? { id: newest, event: 'reset', data: {} } : undefined;
}
