import type { Scope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import type { AiTask, EngineName } from './ai-types.js';

/** What is known of a call before it is made. */
export interface LedgerCall {
  readonly id: string;
  readonly feature: string;
  readonly task: AiTask;
  readonly promptName: string | null;
  readonly promptVersion: number | null;
  readonly startedAt: Date;
}

/** What a call came to; written once. */
export interface LedgerOutcome {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly engine: EngineName;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly audioSeconds: number;
  readonly costMicros: bigint;
  /** Version of the price table the cost was computed from. */
  readonly prices: string;
  readonly isEstimated: boolean;
  readonly isFallback: boolean;
  /** Requests sent to engines, retries included. */
  readonly attempts: number;
  readonly durationMs: number;
}

export type Reservation = 'reserved' | 'exhausted';

/**
 * Where calls are metered and budgets are kept; the ai-usage feature is it. Neither the texts of a call nor of its answer are given to
 * it. Costs are millionths of a US dollar.
 */
export abstract class AiLedger {
  /** Sets aside the most a call can cost, in one step with the check of the budget, so that no two calls get the same money. */
  abstract reserve(scope: Scope, call: LedgerCall, mostMicros: bigint): Promise<Reservation>;
  /** Writes what the call came to and gives back what was set aside and not used. */
  abstract settle(scope: Scope, call: LedgerCall, outcome: LedgerOutcome): Promise<'within' | 'soft-limit-passed'>;
  /** The same in a transaction that is open, for calls whose answer is written down with them; nothing was set aside for those. */
  abstract settleIn(tx: Tx, call: LedgerCall, outcome: LedgerOutcome): Promise<'within' | 'soft-limit-passed'>;
}
