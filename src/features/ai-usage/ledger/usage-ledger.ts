import { Injectable } from '@nestjs/common';
import { AiLedger, type LedgerCall, type LedgerOutcome, type Reservation } from '../../../platform/ai/ai-ledger.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { LedgerRepository } from './ledger.repository.js';

/** Meters every AI call and keeps organizations to their budgets, one statement each. */
@Injectable()
export class UsageLedger extends AiLedger {
  constructor(
    private readonly db: Database,
    private readonly rows: LedgerRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
  }

  override reserve(scope: Scope, call: LedgerCall, mostMicros: bigint): Promise<Reservation> {
    return this.db.writeOne(scope, (tx) => this.rows.reserve(tx, call, { mostMicros, ceilingMicros: ceilingMicros(this.settings) }));
  }

  override settle(scope: Scope, call: LedgerCall, outcome: LedgerOutcome): Promise<'within' | 'soft-limit-passed'> {
    return this.db.writeOne(scope, (tx) => this.settleIn(tx, call, outcome));
  }

  override settleIn(tx: Tx, call: LedgerCall, outcome: LedgerOutcome): Promise<'within' | 'soft-limit-passed'> {
    const closing = { finishedAt: this.clock.now(), ceilingMicros: ceilingMicros(this.settings) };
    return this.rows.settle(tx, call, { ...outcome, ...closing });
  }
}

/** The most any organization may spend in a month, in millionths of a dollar. */
export function ceilingMicros({ aiBudgetCents }: Pick<Settings, 'aiBudgetCents'>): bigint {
  return BigInt(aiBudgetCents) * 10_000n;
}
