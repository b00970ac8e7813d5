import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { ChangeState } from './change-states.js';
import type { ChangeStep } from './change-steps.js';

/** A change as it is stored. */
export interface ChangeRow {
  readonly id: string;
  readonly conversationId: string;
  readonly tool: string;
  readonly summary: string;
  readonly steps: readonly ChangeStep[];
  readonly state: ChangeState;
  readonly createdAt: string;
  readonly undoableUntil: string;
  readonly undoneAt: string | null;
}

export type NewChange = Omit<ChangeRow, 'state' | 'undoneAt'> & { readonly turnId: string | null };

const COLUMNS = `id, conversation_id as "conversationId", tool, summary, steps, state, created_at as "createdAt", undoable_until as "undoableUntil",
  undone_at as "undoneAt"`;
const INSERT = `insert into assistant_changes (organization_id, id, conversation_id, user_id, turn_id, tool, summary, steps, created_at, undoable_until)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const LOCK = `select ${COLUMNS} from assistant_changes where organization_id = $1 and id = $2 and user_id = $3 for update`;
const LATEST = `select id from assistant_changes where organization_id = $1 and conversation_id = $2 and user_id = $3 and state = 'done'
  order by id desc limit 1`;
const UNDONE = `update assistant_changes set state = 'undone', undone_at = $3 where organization_id = $1 and id = $2 and state = 'done' returning id`;
const PAGE = `select ${COLUMNS} from assistant_changes where organization_id = $1 and user_id = $2 and ($3::uuid is null or conversation_id = $3)
  and id < coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') order by id desc limit $5`;
const GET = `select ${COLUMNS} from assistant_changes where organization_id = $1 and id = $2 and user_id = $3`;

/** Questions about what the assistant did; all of them about one's own. */
@Injectable()
export class ChangesRepository {
  async insert(tx: Tx, change: NewChange): Promise<void> {
    const { id, conversationId, turnId, tool, summary, steps, createdAt, undoableUntil } = change;
    const { organizationId, actor } = tx.scope;
    const values = [
      organizationId,
      id,
      conversationId,
      actor.userId,
      turnId,
      tool,
      summary,
      JSON.stringify(steps),
      createdAt,
      undoableUntil,
    ];
    await tx.query(INSERT, values);
  }

  get(tx: Tx, id: string): Promise<ChangeRow | undefined> {
    return tx.first<ChangeRow>(GET, [tx.scope.organizationId, id, tx.scope.actor.userId]);
  }

  lock(tx: Tx, id: string): Promise<ChangeRow | undefined> {
    return tx.first<ChangeRow>(LOCK, [tx.scope.organizationId, id, tx.scope.actor.userId]);
  }

  /** The id of what was done last in a conversation and not taken back. */
  async latest(tx: Tx, conversationId: string): Promise<string | undefined> {
    return (await tx.first<{ id: string }>(LATEST, [tx.scope.organizationId, conversationId, tx.scope.actor.userId]))?.id;
  }

  async markUndone(tx: Tx, id: string, at: string): Promise<boolean> {
    return (await tx.query(UNDONE, [tx.scope.organizationId, id, at])).length > 0;
  }

  page(tx: Tx, filter: { conversationId: string | null; beforeId: string | undefined; limit: number }): Promise<ChangeRow[]> {
    const { conversationId, beforeId, limit } = filter;
    return tx.query<ChangeRow>(PAGE, [tx.scope.organizationId, tx.scope.actor.userId, conversationId, beforeId ?? null, limit]);
  }
}
