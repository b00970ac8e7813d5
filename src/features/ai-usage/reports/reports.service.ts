import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidCursor, InvalidParameters } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import type { AiCallsQuery, AiCallView, AiUsageLine, AiUsageQuery, AiUsageReport, AiUsageTotals } from '../ai-usage.shapes.js';
import { BudgetService } from '../budget/budget.service.js';
import { monthsBetween, monthStart } from '../months.js';
import { ReportsRepository } from './reports.repository.js';

const MAX_MONTHS = 24;
/** No calendar has a year 0, and the database refuses it. */
const FIRST_MONTH = '0001-01';
const DEFAULT_LIMIT = 50;

/** What an organization used of AI. */
@Injectable()
export class ReportsService {
  private readonly cursorKey: Buffer;

  constructor(
    private readonly db: Database,
    private readonly reports: ReportsRepository,
    private readonly budgets: BudgetService,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.cursorKey = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async usage(scope: Scope, query: AiUsageQuery): Promise<AiUsageReport> {
    const current = monthStart(this.clock.now()).slice(0, 7);
    const to = query.to ?? (query.from !== undefined && query.from > current ? query.from : current);
    const from = query.from ?? to;
    if (from < FIRST_MONTH)
      throw InvalidParameters({
        errors: [{ parameter: query.from === undefined ? 'to' : 'from', code: 'range', message: 'must be a month that there was' }],
      });
    const months = monthsBetween(from, to);
    if (months < 1 || months > MAX_MONTHS) {
      const message = months < 1 ? 'must not be before `from`' : `must be at most ${MAX_MONTHS} months from \`from\`, both included`;
      throw InvalidParameters({ errors: [{ parameter: 'to', code: 'range', message }] });
    }
    const [items, budget] = await Promise.all([
      this.db.read(scope, (tx) => this.reports.lines(tx, `${from}-01`, `${to}-01`)),
      this.budgets.get(scope),
    ]);
    return { from, to, items, totals: totalsOf(items), budget };
  }

  /** Single calls, newest first. */
  async calls(scope: Scope, { status, cursor, limit = DEFAULT_LIMIT }: AiCallsQuery): Promise<PageOf<AiCallView>> {
    const context = JSON.stringify(['ai-calls', scope.organizationId, status]);
    const beforeId = cursor === undefined ? undefined : this.placeOf(cursor, context);
    const rows = await this.db.read(scope, (tx) => this.reports.calls(tx, { status, beforeId, limit: limit + 1 }));
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && rows.length > limit ? encodeCursor([last.id], context, this.cursorKey) : null };
  }

  private placeOf(cursor: string, context: string): string {
    const [id] = decodeCursor(cursor, context, this.cursorKey) ?? [];
    if (typeof id !== 'string') throw InvalidCursor();
    return id;
  }
}

function totalsOf(lines: readonly AiUsageLine[]): AiUsageTotals {
  const sum = (count: (line: AiUsageLine) => number): number => lines.reduce((total, line) => total + count(line), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    fallbacks: sum(({ fallbacks }) => fallbacks),
    tokensIn: sum(({ tokensIn }) => tokensIn),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    audioMs: sum(({ audioMs }) => audioMs),
    costMicros: lines.reduce((total, { costMicros }) => total + BigInt(costMicros), 0n).toString(),
  };
}
