import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { PlanStep, PlannedLine } from './plan-content.js';
import type { PlanState } from './plan-states.js';

/** A plan as it is stored. */
export interface PlanRow {
  readonly id: string;
  readonly conversationId: string;
  readonly userId: string;
  readonly turnId: string;
  readonly state: PlanState;
  readonly tool: string;
  readonly title: string;
  readonly lines: readonly PlannedLine[];
  readonly steps: readonly PlanStep[];
  readonly contentHash: string;
  readonly changeId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

const COLUMNS = `id, conversation_id as "conversationId", user_id as "userId", turn_id as "turnId", state, tool, title, lines, steps,
  content_hash as "contentHash", change_id as "changeId", created_at as "createdAt", expires_at as "expiresAt"`;
const GET = `select ${COLUMNS} from assistant_plans where organization_id = $1 and id = $2 and user_id = $3`;
const LOCK = `${GET} for update`;
const PENDING = `select ${COLUMNS} from assistant_plans where organization_id = $1 and conversation_id = $2 and user_id = $3 and state = 'pending'`;
const LOCK_PENDING = `${PENDING} for update`;
const LATEST = `select ${COLUMNS} from assistant_plans where organization_id = $1 and conversation_id = $2 and user_id = $3 order by id desc limit 1`;
const INSERT = `insert into assistant_plans (organization_id, id, conversation_id, user_id, turn_id, tool, title, lines, steps, content_hash, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const DECIDE = `update assistant_plans set state = $3, decided_at = $4, change_id = $5 where organization_id = $1 and id = $2 and state = 'pending' returning id`;

/** Questions about plans; all of them about one's own. */
@Injectable()
export class PlansRepository {
  get(tx: Tx, id: string): Promise<PlanRow | undefined> {
    return tx.first<PlanRow>(GET, [tx.scope.organizationId, id, tx.scope.actor.userId]);
  }

  lock(tx: Tx, id: string): Promise<PlanRow | undefined> {
    return tx.first<PlanRow>(LOCK, [tx.scope.organizationId, id, tx.scope.actor.userId]);
  }

  /** The plan of a conversation that waits for an answer. */
  pending(tx: Tx, conversationId: string): Promise<PlanRow | undefined> {
    return tx.first<PlanRow>(PENDING, [tx.scope.organizationId, conversationId, tx.scope.actor.userId]);
  }

  lockPending(tx: Tx, conversationId: string): Promise<PlanRow | undefined> {
    return tx.first<PlanRow>(LOCK_PENDING, [tx.scope.organizationId, conversationId, tx.scope.actor.userId]);
  }

  latest(tx: Tx, conversationId: string): Promise<PlanRow | undefined> {
    return tx.first<PlanRow>(LATEST, [tx.scope.organizationId, conversationId, tx.scope.actor.userId]);
  }

  async insert(tx: Tx, plan: Omit<PlanRow, 'state' | 'changeId'>): Promise<void> {
    const { id, conversationId, userId, turnId, tool, title, lines, steps, contentHash, createdAt, expiresAt } = plan;
    const texts = [JSON.stringify(lines), JSON.stringify(steps)];
    await tx.query(INSERT, [
      tx.scope.organizationId,
      id,
      conversationId,
      userId,
      turnId,
      tool,
      title,
      ...texts,
      contentHash,
      createdAt,
      expiresAt,
    ]);
  }

  /** False when it was decided before. */
  async decide(tx: Tx, id: string, decision: { state: PlanState; at: string; changeId?: string }): Promise<boolean> {
    const { state, at, changeId = null } = decision;
    return (await tx.query(DECIDE, [tx.scope.organizationId, id, state, at, changeId])).length > 0;
  }
}
