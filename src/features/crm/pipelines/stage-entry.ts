import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { ColumnBusy } from './pipelines.errors.js';
import { PipelinesRepository } from './pipelines.repository.js';
import { explainUnknownStage, NoDefaultPipeline, type StatusPlace } from './stage-lookup.js';

/** Thrown in a transaction that found the column of a lead being put in order or archived: it is worth trying again soon. */
export class ColumnIsBusy extends Error {}

/** Thrown in a transaction that did not find the stage it was asked for. */
export class StageMissing extends Error {
  constructor(
    readonly pipelineId: string | null,
    readonly status: string | null,
    readonly place: StatusPlace = 'body',
  ) {
    super('no such stage');
  }
}

const MOST_ATTEMPTS = 60;
const LONGEST_WAIT_MS = 100;

/** Ways into a column. The usual one costs nothing; here is what happens when it is closed. */
@Injectable()
export class StageEntry {
  constructor(
    private readonly db: Database,
    private readonly pipelines: PipelinesRepository,
  ) {}

  /** Runs what puts a lead in a column: again while the column is busy, and after making the default pipeline when it is missing. */
  async enter<T>(scope: Scope, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof ColumnIsBusy || error instanceof StageMissing)) throw error;
        if (tries === MOST_ATTEMPTS) throw ColumnBusy({ retryAfterSeconds: 1, cause: error });
        if (error instanceof ColumnIsBusy) await wait(Math.random() * Math.min(LONGEST_WAIT_MS, 2 * tries ** 2));
        else await this.makeDefaultOrExplain(scope, error);
      }
    }
  }

  /** Makes the default pipeline of the organization unless it has one. */
  async ensureDefault(scope: Scope): Promise<void> {
    // Not the request's own write: an Idempotency-Key belongs to that one.
    await this.db.writeOne({ ...scope, idempotency: undefined }, (tx) => this.pipelines.insertDefault(tx, newId()));
  }

  /** The problem a missing stage is, for whoever cannot start over. */
  async explained(tx: Tx, missing: StageMissing): Promise<Error> {
    return (await explainUnknownStage(tx, missing)) ?? new ColumnIsBusy();
  }

  private async makeDefaultOrExplain(scope: Scope, missing: StageMissing): Promise<void> {
    const why = await this.db.read(scope, (tx) => explainUnknownStage(tx, missing));
    if (why instanceof NoDefaultPipeline) return this.ensureDefault(scope);
    // Undefined: another request made it in the meantime.
    if (why) throw why;
  }
}
