import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { AuditTrail } from '../audit/index.js';

/** What somebody tried to change. */
export interface Attempt {
  readonly resourceType: 'organization' | 'member' | 'role' | 'invitation';
  readonly resourceId?: string;
}

/** Records what the rules of this feature refuse, such as an attempt to gain rights; the guard records what it refuses itself. */
@Injectable()
export class Refusals {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** Does the work; when it is forbidden, that is recorded after the work's own transaction is undone. */
  async recorded<T>(scope: Scope, attempt: Attempt, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // The claim of the request's Idempotency-Key belongs to the work; a refusal is not stored as an answer.
      if (isForbidden(error)) await this.db.writeOne({ ...scope, idempotency: undefined }, (tx) => this.record(tx, attempt, error));
      throw error;
    }
  }

  /** Records one refusal among many outcomes, with the work that goes on. */
  async note(tx: Tx, attempt: Attempt, problem: Problem): Promise<void> {
    if (isForbidden(problem)) await this.record(tx, attempt, problem);
  }

  private record(tx: Tx, { resourceType, resourceId = '' }: Attempt, { definition, details }: Problem): Promise<void> {
    const after = { problem: definition.code, ...details.extra };
    return this.audit.record(tx, { action: 'access.denied', resourceType, resourceId: resourceId || null, before: null, after });
  }
}

function isForbidden(error: unknown): error is Problem {
  return error instanceof Problem && error.definition.status === 403;
}
