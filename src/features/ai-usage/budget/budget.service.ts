import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { EditConflict, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { AiBudgetView, SetAiBudget } from '../ai-usage.shapes.js';
import { ceilingMicros } from '../ledger/usage-ledger.js';
import { monthStart } from '../months.js';
import { budgetState, dollars, limitsInForce, wantedLimits } from './budget-rules.js';
import { BudgetRepository, type BudgetRow } from './budget.repository.js';

/** What an organization may spend on engines in a month. */
@Injectable()
export class BudgetService {
  constructor(
    private readonly db: Database,
    private readonly budgets: BudgetRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async get(scope: Scope): Promise<AiBudgetView> {
    const month = monthStart(this.clock.now());
    const row = await this.db.read(scope, (tx) => this.budgets.now(tx, month));
    return this.view(row, month);
  }

  async set(scope: Scope, wanted: SetAiBudget): Promise<AiBudgetView> {
    const limits = wantedLimits(wanted, ceilingMicros(this.settings));
    if ('errors' in limits) throw ValidationFailed({ errors: limits.errors });
    const isWritten = await this.db.writeOne(scope, (tx) => this.budgets.put(tx, limits, this.clock.now()));
    if (!isWritten) throw EditConflict({ detail: 'Somebody else has changed the budget. Look at it again.' });
    return this.get(scope);
  }

  private view(row: BudgetRow, month: string): AiBudgetView {
    const ceiling = ceilingMicros(this.settings);
    const chosen =
      row.softMicros === null || row.hardMicros === null
        ? undefined
        : { softMicros: BigInt(row.softMicros), hardMicros: BigInt(row.hardMicros) };
    const limits = limitsInForce(chosen, ceiling);
    return {
      softLimit: dollars(limits.softMicros),
      hardLimit: dollars(limits.hardMicros),
      ceiling: dollars(ceiling),
      isDefault: chosen === undefined,
      month: month.slice(0, 7),
      spentMicros: row.spentMicros,
      reservedMicros: row.reservedMicros,
      state: budgetState(limits, BigInt(row.spentMicros), BigInt(row.reservedMicros)),
      updatedAt: row.updatedAt,
      version: row.version ?? 0,
    };
  }
}
