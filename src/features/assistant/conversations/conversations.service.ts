import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { jsonPage, JsonText } from '../../../platform/http/json-text.js';
import { JobControl } from '../../../platform/messaging/job-control.js';
import { type CursorValue, decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { newId } from '../../../shared/ids.js';
import { ConversationNotFound } from '../assistant.errors.js';
import { PlanDesk } from '../plans/plan-desk.js';
import { PlansRepository } from '../plans/plans.repository.js';
import { DEFAULT_TITLE } from './conversation-title.js';
import { ConversationsRepository, type ConversationText } from './conversations.repository.js';
import type { ConversationsQuery, CreateConversation, RenameConversation } from './conversations.shapes.js';

const USUAL_LIMIT = 50;

/** One's own conversations; those of others do not exist. */
@Injectable()
export class ConversationsService {
  private readonly key: Buffer;

  constructor(
    private readonly db: Database,
    private readonly conversations: ConversationsRepository,
    private readonly plans: PlansRepository,
    private readonly planDesk: PlanDesk,
    private readonly jobs: JobControl,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async create(scope: Scope, { title }: CreateConversation): Promise<JsonText> {
    return answer(await this.db.writeOne(scope, (tx) => this.conversations.insert(tx, newId(), title?.trim() ?? DEFAULT_TITLE)));
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    return answer(await this.db.read(scope, (tx) => this.conversations.get(tx, id)));
  }

  async list(scope: Scope, { cursor, limit = USUAL_LIMIT }: ConversationsQuery): Promise<JsonText> {
    const context = `conversations ${scope.organizationId} ${scope.actor.userId}`;
    const [updatedAt, id] = this.placeOf(cursor, context, ['string', 'string']);
    const after = cursor === undefined ? undefined : { updatedAt: String(updatedAt), id: String(id) };
    const found = await this.db.read(scope, (tx) => this.conversations.page(tx, limit + 1, after));
    return this.page(found, { limit, context, placeOf: (one) => [one.updatedAt, one.id] });
  }

  /** What was said, oldest first. */
  async messages(scope: Scope, id: string, { cursor, limit = USUAL_LIMIT }: ConversationsQuery): Promise<JsonText> {
    const context = `messages ${scope.organizationId} ${scope.actor.userId} ${id}`;
    const [after = 0] = this.placeOf(cursor, context, ['number']);
    const found = await this.db.read(scope, async (tx) => {
      if (!(await this.conversations.get(tx, id))) throw ConversationNotFound();
      return this.conversations.messages(tx, id, Number(after), limit + 1);
    });
    return this.page(found, { limit, context, placeOf: ({ seq }) => [seq] });
  }

  rename(scope: Scope, id: string, { title }: RenameConversation): Promise<JsonText> {
    return this.db.write(scope, async (tx) => {
      const found = await this.conversations.lock(tx, id);
      if (!found) throw ConversationNotFound();
      if (scope.ifMatch !== undefined && scope.ifMatch !== found.version) throw EditConflict({ extra: { current: found } });
      return answer(await this.conversations.rename(tx, id, title.trim()));
    });
  }

  /** Messages that wait for an answer are not answered any more; what was done can still be undone. */
  remove(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, async (tx) => {
      if (!(await this.conversations.lock(tx, id))) throw ConversationNotFound();
      for (const turn of await this.conversations.openTurns(tx, id)) await this.jobs.cancel(tx, turn);
      await this.conversations.remove(tx, id);
    });
  }

  /** Forgets what was spoken of, and drops the plan that waits; the messages stay to be read. */
  clear(scope: Scope, id: string): Promise<JsonText> {
    return this.db.write(scope, async (tx) => {
      if (!(await this.conversations.lock(tx, id))) throw ConversationNotFound();
      await this.dropPlan(tx, id);
      return answer(await this.conversations.clear(tx, id));
    });
  }

  private async dropPlan(tx: Tx, conversationId: string): Promise<void> {
    const plan = await this.plans.lockPending(tx, conversationId);
    if (plan) await this.planDesk.reject(tx, plan);
  }

  private page<T extends { readonly json: string }>(
    found: readonly T[],
    { limit, context, placeOf }: { limit: number; context: string; placeOf: (item: T) => CursorValue[] },
  ): JsonText {
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = last && found.length > limit ? encodeCursor(placeOf(last), context, this.key) : null;
    return jsonPage(`[${shown.map(({ json }) => json).join(',')}]`, next);
  }

  private placeOf(cursor: string | undefined, context: string, types: readonly ('string' | 'number')[]): CursorValue[] {
    if (cursor === undefined) return [];
    const place = decodeCursor(cursor, context, this.key) ?? [];
    if (types.some((type, at) => typeof place[at] !== type))
      throw InvalidCursor({ detail: 'Use the cursor with the list it was given for, or begin again without it.' });
    return place;
  }
}

function answer(found: ConversationText | undefined): JsonText {
  if (!found) throw ConversationNotFound();
  return new JsonText(found.json, { id: found.id, version: found.version });
}
