import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { ColumnIsBusy, StageEntry, StageMissing } from '../pipelines/stage-entry.js';
import { CROWDED_LENGTH, RebalanceColumn } from './leads.jobs.js';
import { LeadNotDeleted, LeadNotFound, NeighbourGone, PlaceAmbiguous } from './leads.errors.js';
import { LeadMovesRepository, type MoveOutcome, type Place } from './lead-moves.repository.js';
import type { MoveLead } from './lead-requests.shapes.js';

/** Moving leads on the board. */
@Injectable()
export class LeadMovesService {
  constructor(
    private readonly db: Database,
    private readonly moves: LeadMovesRepository,
    private readonly entry: StageEntry,
    private readonly jobs: Jobs,
  ) {}

  async move(scope: Scope, id: string, input: MoveLead): Promise<JsonText> {
    const outcome = await this.entry.enter(scope, () =>
      this.db.writeOne(scope, (tx) => this.moveIn(tx, { id, input, ifMatch: scope.ifMatch })),
    );
    await this.askForOrder(scope, [outcome]);
    return movedText(outcome, id);
  }

  async restore(scope: Scope, id: string): Promise<JsonText> {
    return movedText(await this.entry.enter(scope, () => this.db.writeOne(scope, (tx) => this.restoreIn(tx, id))), id);
  }

  /** Moves a lead in a transaction that is open. */
  async moveIn(tx: Tx, { id, input, ifMatch }: { id: string; input: MoveLead; ifMatch: number | undefined }): Promise<MoveOutcome> {
    const outcome = await this.moves.move(tx, { id, status: input.status, place: placeOf(input), ifMatch });
    if (outcome.json === null) throw refusal(outcome, { ...input, id }, ifMatch);
    return outcome;
  }

  /** Brings a deleted lead back in a transaction that is open. */
  async restoreIn(tx: Tx, id: string): Promise<MoveOutcome> {
    const outcome = await this.moves.restore(tx, id);
    if (outcome.json === null) throw refusal(outcome, { id, status: '' }, undefined);
    return outcome;
  }

  /** Has columns with long order keys put in order, after the moves and apart from them. */
  async askForOrder(scope: Scope, outcomes: readonly MoveOutcome[]): Promise<void> {
    for (const { rankLength, pipelineId, entered, epoch } of outcomes) {
      if ((rankLength ?? 0) <= CROWDED_LENGTH || pipelineId === null || entered === null || epoch === null) continue;
      await this.db.write({ ...scope, idempotency: undefined }, (tx) =>
        this.jobs.enqueue(tx, RebalanceColumn, { pipelineId, status: entered, epoch }, { visible: false }),
      );
    }
  }
}

function movedText({ json, version }: MoveOutcome, id: string): JsonText {
  return new JsonText(json ?? '', { id, ...(version === null ? {} : { version }) });
}

/** The place a request names; at most one may be named. */
export function placeOf({ position, before, after }: Pick<MoveLead, 'position' | 'before' | 'after'>): Place {
  const given = [position, before, after].filter((one) => one !== undefined);
  if (given.length > 1) throw PlaceAmbiguous();
  if (before !== undefined) return { at: 'before', leadId: before };
  if (after !== undefined) return { at: 'after', leadId: after };
  if (position === undefined) return { at: 'end' };
  return position === 0 ? { at: 'top' } : { at: 'index', index: position };
}

/** Why a move was not made; the first thing that stood in its way. */
function refusal(outcome: MoveOutcome, { id, status, before, after }: MoveLead & { id: string }, ifMatch: number | undefined): Error {
  if (outcome.alive) return LeadNotDeleted();
  if (outcome.seen === null) return LeadNotFound();
  if (ifMatch !== undefined && ifMatch !== outcome.seen) return EditConflict({ extra: { current: { version: outcome.seen } } });
  if (outcome.wanted === null) return new StageMissing(outcome.pipelineId, status);
  if (outcome.entered === null) return new ColumnIsBusy();
  if ((before ?? after)?.toLowerCase() === id.toLowerCase())
    return NeighbourGone({ detail: 'A lead cannot stand next to itself. Name another lead of the column.' });
  return NeighbourGone({ detail: 'Read the column again and choose a place.' });
}
