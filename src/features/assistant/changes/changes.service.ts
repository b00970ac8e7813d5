import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { CrmDesk } from '../../crm/index.js';
import { ChangeNotFound } from '../assistant.errors.js';
import { ChangeLedger } from './change-ledger.js';
import { type ChangeRow, ChangesRepository } from './changes.repository.js';
import type { ChangesQuery, ChangeView } from './changes.shapes.js';

const USUAL_LIMIT = 50;

/** What the assistant did for a person, and taking it back. */
@Injectable()
export class ChangesService {
  private readonly key: Buffer;

  constructor(
    private readonly db: Database,
    private readonly changes: ChangesRepository,
    private readonly ledger: ChangeLedger,
    private readonly crm: CrmDesk,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async get(scope: Scope, id: string): Promise<ChangeView> {
    const found = await this.db.read(scope, (tx) => this.changes.get(tx, id));
    if (!found) throw ChangeNotFound();
    return viewOf(found);
  }

  /** The latest first. */
  async list(scope: Scope, { cursor, limit = USUAL_LIMIT, ...query }: ChangesQuery): Promise<PageOf<ChangeView>> {
    const conversationId = query.conversationId ?? null;
    const context = JSON.stringify(['assistant-changes', scope.organizationId, scope.actor.userId, conversationId]);
    const beforeId = cursor === undefined ? undefined : this.placeOf(cursor, context);
    const found = await this.db.read(scope, (tx) => this.changes.page(tx, { conversationId, beforeId, limit: limit + 1 }));
    const items = found.slice(0, limit).map(viewOf);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > limit ? encodeCursor([last.id], context, this.key) : null };
  }

  async undo(scope: Scope, id: string): Promise<ChangeView> {
    return viewOf(await this.crm.change(scope, (leads) => this.ledger.undo(leads, id)));
  }

  private placeOf(cursor: string, context: string): string {
    const [id] = decodeCursor(cursor, context, this.key) ?? [];
    if (typeof id !== 'string')
      throw InvalidCursor({ detail: 'Use the cursor with the list it was given for, or begin again without it.' });
    return id;
  }
}

function viewOf({ steps, id, conversationId, tool, summary, state, createdAt, undoableUntil, undoneAt }: ChangeRow): ChangeView {
  const leadCount = new Set(steps.map(({ leadId }) => leadId)).size;
  return { id, conversationId, tool, summary, leadCount, state, createdAt, undoableUntil, undoneAt };
}
