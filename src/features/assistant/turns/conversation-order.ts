import { Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { NotYet } from '../../../platform/messaging/not-yet.js';
import { type OpenTurn, TurnsRepository } from './turns.repository.js';

/** Topic of the bus that tells that a turn of a conversation has ended: `chat:ID` of the conversation. */
export const conversationTopic = (conversationId: string): string => `chat:${conversationId}`;

/** Longer than this nobody waits in a worker, where others could be answered: the turn is put back and comes again a little later. */
const LONGEST_WAIT_MS = 300;
const AGAIN_MS = 700;

/** Keeps the messages of a conversation in their order. */
@Injectable()
export class ConversationOrder {
  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
    private readonly turns: TurnsRepository,
  ) {}

  /** The turn, once all before it in its conversation have ended; undefined when it is gone. Throws `NotYet` when that takes long. */
  async whenNext(scope: Scope, turnId: string, signal: AbortSignal): Promise<OpenTurn | undefined> {
    const until = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const open = await this.db.read(scope, (tx) => this.turns.begin(tx, turnId));
      if (!open?.mustWait) return open;
      const left = until - performance.now();
      if (left <= 0) throw new NotYet(AGAIN_MS);
      await this.news(open.conversationId, left, signal);
    }
  }

  private async news(conversationId: string, longestMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let unsubscribe = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    let stop = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        unsubscribe = this.bus.subscribe(conversationTopic(conversationId), () => resolve());
        timer = setTimeout(resolve, longestMs);
        stop = () => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
      });
    } finally {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}
