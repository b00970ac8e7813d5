import { Injectable, type StreamableFile } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { JobControl } from '../../../platform/messaging/job-control.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { newId } from '../../../shared/ids.js';
import { ChatTaskFinished, ChatTaskNotFound, ConversationBusy, ConversationNotFound } from '../assistant.errors.js';
import { isUntitled, titleOf } from '../conversations/conversation-title.js';
import { ConversationsRepository } from '../conversations/conversations.repository.js';
import type { ChatAccepted, SendMessage } from './chat.shapes.js';
import { RunTurn } from './run-turn.jobs.js';
import { TurnFollowers } from './turn-followers.js';
import { TurnsRepository } from './turns.repository.js';

/** Messages of one conversation that may wait at the same time; each waits in a worker for those before it. */
const MOST_WAITING = 3;

/** Taking messages, and looking at what becomes of them. */
@Injectable()
export class ChatService {
  constructor(
    private readonly db: Database,
    private readonly turns: TurnsRepository,
    private readonly conversations: ConversationsRepository,
    private readonly jobs: Jobs,
    private readonly control: JobControl,
    private readonly followers: TurnFollowers,
  ) {}

  /** Writes the message down; it is answered by a job. */
  send(scope: Scope, { message, conversationId }: SendMessage): Promise<ChatAccepted> {
    return this.db.write(scope, async (tx) => {
      const { id, title } = await this.conversationFor(tx, message, conversationId);
      const taskId = await this.jobs.enqueue(tx, RunTurn, { conversationId: id });
      await this.turns.start(tx, { id: taskId, conversationId: id, message, messageId: newId(), title });
      return { taskId, conversationId: id, status: 'PENDING' };
    });
  }

  async task(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => this.turns.task(tx, id));
    if (found === undefined) throw ChatTaskNotFound();
    return new JsonText(found, { id });
  }

  /** Stops the answer to a message; what was done before stays done, and can be undone. */
  cancel(scope: Scope, id: string): Promise<JsonText> {
    return this.db.write(scope, async (tx) => {
      const found = await this.turns.task(tx, id);
      if (found === undefined) throw ChatTaskNotFound();
      if ((await this.control.cancel(tx, id)) === undefined) throw ChatTaskFinished();
      return new JsonText((await this.turns.task(tx, id)) ?? found, { id });
    });
  }

  async follow(scope: Scope, id: string, lastEventId: string | undefined): Promise<StreamableFile> {
    await this.task(scope, id);
    return this.followers.follow(scope, id, lastEventId);
  }

  /** The conversation, locked, and the title it gets by this message, if any. */
  private async conversationFor(tx: Tx, message: string, wanted: string | undefined): Promise<{ id: string; title: string | null }> {
    if (wanted === undefined) {
      const id = newId();
      await this.conversations.insert(tx, id, titleOf(message));
      return { id, title: null };
    }
    const found = await this.conversations.lock(tx, wanted);
    if (!found) throw ConversationNotFound();
    if ((await this.turns.openCount(tx, wanted)) >= MOST_WAITING)
      throw ConversationBusy({ detail: 'Wait for the answers to the messages before this one.', retryAfterSeconds: 2 });
    return { id: wanted, title: isUntitled(found.title) ? titleOf(message) : null };
  }
}
