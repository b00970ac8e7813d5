import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { AUDIT_SEALED_TOPIC, AuditFeed, type SealedEvent } from '../../audit/index.js';

/** Events that are read at once. */
export const FEED_BATCH = 100;

/** How long "nothing new" is believed without being told otherwise: a message of the bus can be lost. */
const BELIEVED_MS = 10_000;

interface Known {
  /** Another one with each message that something was sealed, and never one that was before. */
  generation: number;
  /** Nothing was behind this number when it was looked at. */
  end: { readonly seq: number; readonly untilMs: number } | undefined;
  readonly wakes: Set<() => void>;
}

/**
 * The trail for many followers in one process: those who stand at the same place are served by one question, and nobody asks while
 * nothing was sealed.
 */
@Injectable()
export class BoardFeed implements OnModuleInit {
  private readonly organizations = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<readonly SealedEvent[]>>();
  private generations = 0;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditFeed) private readonly feed: AuditFeed,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(AUDIT_SEALED_TOPIC, (ids) => ids.split(',').forEach((id) => this.sealed(id)));
    this.bus.onReconnect(() => [...this.organizations.keys()].forEach((id) => this.sealed(id)));
  }

  /** Calls `wake` when something was sealed; gives the function that ends it. */
  subscribe(organizationId: string, wake: () => void): () => void {
    let known = this.organizations.get(organizationId);
    if (!known) this.organizations.set(organizationId, (known = { generation: ++this.generations, end: undefined, wakes: new Set() }));
    const { wakes } = known;
    wakes.add(wake);
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0) this.organizations.delete(organizationId);
    };
  }

  /** Number of the newest event. */
  newest(organizationId: string): Promise<number> {
    return this.db.read(systemScope('board-feed', organizationId), (tx) => this.feed.newest(tx));
  }

  /** Events behind a number, in order, some at a time. */
  after(organizationId: string, seq: number): Promise<readonly SealedEvent[]> {
    const known = this.organizations.get(organizationId);
    if (known?.end?.seq === seq && known.end.untilMs > this.clock.now().getTime()) return Promise.resolve([]);
    // A question from before the last message must not answer one from after it.
    const generation = known?.generation ?? 0;
    const key = `${organizationId}:${generation}:${seq}`;
    let answer = this.reading.get(key);
    if (!answer) {
      answer = this.read(organizationId, seq, generation).finally(() => this.reading.delete(key));
      this.reading.set(key, answer);
    }
    return answer;
  }

  private async read(organizationId: string, seq: number, generation: number): Promise<readonly SealedEvent[]> {
    const events = await this.db.read(systemScope('board-feed', organizationId), (tx) => this.feed.after(tx, seq, FEED_BATCH));
    const known = this.organizations.get(organizationId);
    if (known?.generation === generation && events.length < FEED_BATCH)
      known.end = { seq: events.at(-1)?.seq ?? seq, untilMs: this.clock.now().getTime() + BELIEVED_MS };
    return events;
  }

  private sealed(organizationId: string): void {
    const known = this.organizations.get(organizationId);
    if (!known) return;
    known.generation = ++this.generations;
    known.end = undefined;
    for (const wake of known.wakes) wake();
  }
}
