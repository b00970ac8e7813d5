import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { PermissionDenied, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { jsonPointer } from '../../../shared/json.js';
import { StageEntry, StageMissing } from '../pipelines/stage-entry.js';
import type { BulkItemResult, BulkLeads, BulkOperation, BulkResult } from './bulk.shapes.js';
import { LeadMovesService } from './lead-moves.service.js';
import type { MoveOutcome } from './lead-moves.repository.js';
import { BulkNotApplied } from './leads.errors.js';
import { LeadsService } from './leads.service.js';

/** Many operations in one transaction. A declared failure has changed nothing, so the others can stay. */
@Injectable()
export class BulkService {
  constructor(
    private readonly db: Database,
    private readonly leads: LeadsService,
    private readonly moves: LeadMovesService,
    private readonly entry: StageEntry,
  ) {}

  async run(scope: Scope, { operations, atomic = false }: BulkLeads): Promise<BulkResult> {
    const permission = 'leads:delete';
    if (operations.some(({ op }) => op === 'delete' || op === 'restore') && !scope.permissions.has(permission)) {
      throw PermissionDenied({ detail: `Deleting and restoring need the permission ${permission}.`, extra: { permission } });
    }
    const [result, outcomes] = await this.entry.enter(scope, () => this.db.write(scope, (tx) => this.runIn(tx, operations, atomic)));
    await this.moves.askForOrder(scope, outcomes);
    return result;
  }

  private async runIn(tx: Tx, operations: readonly BulkOperation[], atomic: boolean): Promise<[BulkResult, MoveOutcome[]]> {
    const results: BulkItemResult[] = [];
    const outcomes: MoveOutcome[] = [];
    for (const [index, operation] of operations.entries()) {
      const { op, id } = operation;
      try {
        const version = await this.apply(tx, operation, outcomes);
        results.push({ op, id, ok: true, version, problem: null });
      } catch (error) {
        const failure = await this.problemOf(tx, error);
        const { code, status, title } = failure.definition;
        const problem = { code, status, title, detail: failure.details.detail ?? failure.details.errors?.[0]?.message ?? null };
        if (atomic)
          throw BulkNotApplied({
            detail: title,
            errors: [{ pointer: jsonPointer(['operations', index]), code, message: problem.detail ?? title }],
            extra: { index, problem },
          });
        results.push({ op, id, ok: false, version: null, problem });
      }
    }
    const succeeded = results.filter((result) => result.ok).length;
    return [{ succeeded, failed: results.length - succeeded, results }, outcomes];
  }

  private async apply(tx: Tx, operation: BulkOperation, outcomes: MoveOutcome[]): Promise<number | null> {
    const { op, id, version: ifMatch, changes, to } = operation;
    if (op === 'update') return (await this.leads.updateIn(tx, { id, patch: needed(changes, 'changes'), ifMatch })).facts.version ?? null;
    if (op === 'delete') {
      await this.leads.removeIn(tx, id, ifMatch);
      return null;
    }
    const outcome =
      op === 'move' ? await this.moves.moveIn(tx, { id, input: needed(to, 'to'), ifMatch }) : await this.moves.restoreIn(tx, id);
    outcomes.push(outcome);
    return outcome.version;
  }

  private async problemOf(tx: Tx, error: unknown): Promise<Problem> {
    const known = error instanceof StageMissing ? await this.entry.explained(tx, error) : error;
    if (known instanceof Problem && known.definition.status < 500) return known;
    throw known;
  }
}

function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw ValidationFailed({ detail: `This operation needs "${field}".` });
  return value;
}
