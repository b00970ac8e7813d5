import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { ColumnBusy } from './pipelines.errors.js';
import { PipelinesRepository } from './pipelines.repository.js';
import { explainUnknownStage, NoDefaultPipeline, type StatusPlace } from './stage-lookup.js';
import { refusalProblem } from './stage-refusals.js';
import { type Entry, judgeEntry } from './stage-rules.js';
import { findRules, type KnownStage } from './stage-rules.repository.js';

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

/** Thrown in a transaction of one statement that found a stage with rules: it takes a transaction of several to judge by them. */
export class StageIsRuled extends Error {}

/** A lead on its way into a stage that was given by key or name; null is the first one. */
export type WantedEntry = Omit<Entry, 'to'> & { readonly pipelineId: string | null; readonly status: string | null };

const MOST_ATTEMPTS = 60;
const LONGEST_WAIT_MS = 100;

/** Ways into a column. The usual one costs nothing; here is what happens when it is closed. */
@Injectable()
export class StageEntry {
  constructor(
    private readonly db: Database,
    private readonly pipelines: PipelinesRepository,
  ) {}

  /**
   * Runs what puts a lead in a column: again while the column is busy, after making the default pipeline when it is missing, and when the
   * stage has rules with `isRuled`, which asks for a transaction in which `judge` finds room.
   */
  async enter<T>(scope: Scope, attempt: (isRuled: boolean) => Promise<T>): Promise<T> {
    let isRuled = false;
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(isRuled);
      } catch (error) {
        if (error instanceof StageIsRuled && !isRuled) {
          isRuled = true;
          continue;
        }
        if (!(error instanceof ColumnIsBusy || error instanceof StageMissing)) throw error;
        if (tries === MOST_ATTEMPTS) throw ColumnBusy({ retryAfterSeconds: 1, cause: error });
        if (error instanceof ColumnIsBusy) await wait(Math.random() * Math.min(LONGEST_WAIT_MS, 2 * tries ** 2));
        else await this.makeDefaultOrExplain(scope, error);
      }
    }
  }

  /** Lets a lead into a stage by its rules, or throws why not. The answer is good for this epoch of the stage. */
  async judge(tx: Tx, { pipelineId, status, ...entry }: WantedEntry): Promise<{ epoch: number; reason: string | null }> {
    const rules = await findRules(tx, pipelineId);
    const stage = rules && wantedStage(rules.stages, status);
    // It was there a moment ago.
    if (!rules || !stage) throw new ColumnIsBusy();
    const verdict = judgeEntry(rules, { ...entry, to: stage.key });
    if ('refusal' in verdict) throw refusalProblem(verdict.refusal, status ?? stage.key);
    return { epoch: stage.epoch, reason: verdict.reason };
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

/** The stage a statement would find for the same text: a key wins over the name of another stage. */
function wantedStage(stages: readonly KnownStage[], status: string | null): KnownStage | undefined {
  const active = stages.filter((stage) => !stage.isArchived);
  if (status === null) return active[0];
  return active.find(({ key }) => key === status) ?? active.find(({ name }) => name.toLowerCase() === status.toLowerCase());
}
