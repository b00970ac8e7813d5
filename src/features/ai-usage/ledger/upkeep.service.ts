import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { Handles } from '../../../platform/messaging/handles.js';
import { AuditTrail } from '../../audit/index.js';
import { ForgetOldCalls, SettleAbandonedCalls } from './ai-usage.jobs.js';
import { LedgerRepository } from './ledger.repository.js';

/** Longer than any call may take with all its retries: the longest timeout of speech is four hours. */
const ABANDONED_MS = 14 * 3600_000;
const KEPT_MS = 396 * 24 * 3600_000;
const AT_ONCE = 500;

/** Keeps the ledger true and small. */
@Injectable()
export class UpkeepService {
  constructor(
    private readonly db: Database,
    private readonly rows: LedgerRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  @Handles(SettleAbandonedCalls)
  async settleAbandoned({ signal }: { readonly signal: AbortSignal }): Promise<{ settled: number }> {
    let settled = 0;
    for (let found = AT_ONCE; found === AT_ONCE && !signal.aborted; settled += found) found = await this.settleSome();
    return { settled };
  }

  @Handles(ForgetOldCalls)
  async forgetOld({ signal }: { readonly signal: AbortSignal }): Promise<{ forgotten: number }> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    let forgotten = 0;
    for (let found = AT_ONCE; found === AT_ONCE && !signal.aborted; forgotten += found) {
      found = await this.db.asSystem('forget old AI calls', systemScope('ai-usage.forget'), (tx) => this.rows.forget(tx, before, AT_ONCE));
    }
    return { forgotten };
  }

  private settleSome(): Promise<number> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - ABANDONED_MS);
    return this.db.asSystem('settle abandoned AI calls', systemScope('ai-usage.settle-abandoned'), async (tx) => {
      const calls = await this.rows.abandon(tx, before, AT_ONCE, now);
      const events = calls.map(({ organizationId, id, feature, task, costMicros }) => ({
        action: 'ai.abandoned',
        resourceType: 'ai-call',
        resourceId: id,
        after: { feature, task, costMicros },
        organizationId,
      }));
      await this.audit.recordMany(tx, events);
      return calls.length;
    });
  }
}
