import { Injectable } from '@nestjs/common';
import type { LedgerCall, LedgerOutcome, Reservation } from '../../../platform/ai/ai-ledger.js';
import type { Tx } from '../../../platform/database/tx.js';
import { auditParameters } from '../../audit/index.js';
import { monthStart } from '../months.js';
import { ABANDON, FORGET, RESERVE, SETTLE } from './ledger-statements.js';

export interface AbandonedCall {
  readonly organizationId: string;
  readonly id: string;
  readonly feature: string;
  readonly task: string;
  readonly costMicros: string;
}

interface Closing extends LedgerOutcome {
  readonly finishedAt: Date;
  readonly ceilingMicros: bigint;
}

/** Rows of calls and of what they cost. */
@Injectable()
export class LedgerRepository {
  async reserve(
    tx: Tx,
    call: LedgerCall,
    { mostMicros, ceilingMicros }: { mostMicros: bigint; ceilingMicros: bigint },
  ): Promise<Reservation> {
    const { scope } = tx;
    const row = await tx.first<{ status: string }>(RESERVE, [
      scope.organizationId,
      monthStart(call.startedAt),
      mostMicros.toString(),
      ceilingMicros.toString(),
      call.id,
      call.startedAt.toISOString(),
      call.feature,
      call.task,
      call.promptName,
      call.promptVersion,
      scope.actor.type,
      scope.actor.userId,
      scope.requestId,
      ...auditParameters(scope),
    ]);
    return row?.status === 'running' ? 'reserved' : 'exhausted';
  }

  async settle(tx: Tx, call: LedgerCall, outcome: Closing): Promise<'within' | 'soft-limit-passed'> {
    const { scope } = tx;
    const row = await tx.first<{ budget: 'within' | 'soft-limit-passed' }>(SETTLE, [
      scope.organizationId,
      monthStart(call.startedAt),
      call.id,
      call.startedAt.toISOString(),
      call.feature,
      call.task,
      call.promptName,
      call.promptVersion,
      scope.actor.type,
      scope.actor.userId,
      scope.requestId,
      ...amounts(outcome),
      outcome.finishedAt.toISOString(),
      ...auditParameters(scope),
      outcome.ceilingMicros.toString(),
    ]);
    return row?.budget ?? 'within';
  }

  /** Calls that began before a moment and were never closed; at most `limit` at once. For the system role. */
  abandon(tx: Tx, startedBefore: Date, limit: number, now: Date): Promise<AbandonedCall[]> {
    return tx.query(ABANDON, [startedBefore.toISOString(), limit, now.toISOString()]);
  }

  /** Removes single calls of long ago; the sums of their months stay. For the system role. */
  async forget(tx: Tx, startedBefore: Date, limit: number): Promise<number> {
    return (await tx.query(FORGET, [startedBefore.toISOString(), limit])).length;
  }
}

/** `$12` to `$23` of the statement. */
function amounts(outcome: LedgerOutcome): unknown[] {
  return [
    outcome.status,
    outcome.engine,
    outcome.model,
    outcome.tokensIn,
    outcome.tokensOut,
    Math.round(outcome.audioSeconds * 1000),
    outcome.costMicros.toString(),
    outcome.prices,
    outcome.isEstimated,
    outcome.isFallback,
    outcome.attempts,
    outcome.durationMs,
  ];
}
