import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { ColumnIsBusy, StageEntry, StageIsRuled, StageMissing } from '../pipelines/stage-entry.js';
import { CROWDED_LENGTH, RebalanceColumn } from './leads.jobs.js';
import { LeadNotDeleted, LeadNotFound, NeighbourGone, PlaceAmbiguous } from './leads.errors.js';
import { ANY_WAY, type Closing, judgedPermit, LeadMovesRepository, type MoveOutcome, type Place } from './lead-moves.repository.js';
import type { TransferLead } from './lead-moves.shapes.js';
import type { MoveLead } from './lead-requests.shapes.js';

/** A move as somebody wants it. */
export interface WantedMove {
  readonly id: string;
  readonly input: MoveLead | TransferLead;
  readonly ifMatch: number | undefined;
  /** Takes a move back: where a lead came from it may always go. */
  readonly isUndo?: boolean;
}

interface Judged {
  readonly permit?: string;
  readonly closing?: Closing;
}

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
    return this.carry(scope, { id, input, ifMatch: scope.ifMatch });
  }

  /** Moves a lead to another pipeline: to the end of a stage there. */
  async transfer(scope: Scope, id: string, input: TransferLead): Promise<JsonText> {
    return this.carry(scope, { id, input, ifMatch: scope.ifMatch });
  }

  async restore(scope: Scope, id: string): Promise<JsonText> {
    return movedText(await this.entry.enter(scope, () => this.db.writeOne(scope, (tx) => this.restoreIn(tx, id))), id);
  }

  /** Moves a lead in a transaction that is open, by the rules of the stage it comes to. */
  async moveIn(tx: Tx, wanted: WantedMove): Promise<MoveOutcome> {
    const outcome = await this.attempt(tx, wanted, wanted.isUndo ? { permit: ANY_WAY } : {});
    if (outcome.json !== null) return outcome;
    const judged = await this.attempt(tx, wanted, await this.judged(tx, wanted));
    // The rules changed while they were looked at.
    if (judged.json === null) throw new ColumnIsBusy();
    return judged;
  }

  /** Brings a deleted lead back in a transaction that is open. */
  async restoreIn(tx: Tx, id: string): Promise<MoveOutcome> {
    const outcome = await this.moves.restore(tx, id);
    if (outcome.json === null) throw refusal(outcome, { id, input: { status: '' }, ifMatch: undefined });
    return outcome;
  }

  /** The usual way is one statement; only a stage with rules takes a transaction. */
  private async carry(scope: Scope, wanted: WantedMove): Promise<JsonText> {
    const outcome = await this.entry.enter(scope, (isRuled) => {
      if (isRuled) return this.db.write(scope, (tx) => this.moveIn(tx, wanted));
      return this.db.writeOne(scope, async (tx) => {
        const made = await this.attempt(tx, wanted, {});
        if (made.json === null) throw new StageIsRuled();
        return made;
      });
    });
    await this.askForOrder(scope, [outcome]);
    return movedText(outcome, wanted.id);
  }

  /** The move, or why it cannot be; without JSON when it only has to be judged first. */
  private async attempt(tx: Tx, wanted: WantedMove, judged: Judged): Promise<MoveOutcome> {
    const { id, input, ifMatch } = wanted;
    const isTold = trimmed(input.reason) !== null || trimmed(input.reasonNote) !== null;
    // Whatever is told has to be judged, also for a stage without rules.
    const move = { id, ifMatch, ...(isTold ? { closing: { reason: null, reasonNote: null } } : {}), ...judged };
    const outcome =
      'pipelineId' in input
        ? await this.moves.transfer(tx, { ...move, status: input.status ?? null, pipelineId: input.pipelineId })
        : await this.moves.move(tx, { ...move, status: input.status, place: placeOf(input) });
    if (outcome.json === null && !isAsked(outcome, ifMatch)) throw refusal(outcome, wanted);
    return outcome;
  }

  private async judged(tx: Tx, { id, input }: WantedMove): Promise<Judged> {
    const lead = await this.moves.lead(tx, id);
    if (!lead) throw LeadNotFound();
    const pipelineId = 'pipelineId' in input ? input.pipelineId : lead.pipelineId;
    const from = pipelineId === lead.pipelineId ? lead.status : null;
    const told = { reason: trimmed(input.reason), reasonNote: trimmed(input.reasonNote) };
    const { epoch, reason } = await this.entry.judge(tx, { lead, pipelineId, from, status: input.status ?? null, ...told });
    const isTold = reason !== null || told.reasonNote !== null;
    return { permit: judgedPermit(epoch, lead.version), ...(isTold ? { closing: { ...told, reason } } : {}) };
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

const trimmed = (text: string | undefined): string | null => text?.trim() || null;

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

/** True when nothing stood in the way but that the stage has rules, or that something was told. */
function isAsked({ alive, seen, entered, anchored }: MoveOutcome, ifMatch: number | undefined): boolean {
  return !alive && seen !== null && (ifMatch === undefined || ifMatch === seen) && entered !== null && anchored;
}

/** Why a move was not made; the first thing that stood in its way. */
function refusal(outcome: MoveOutcome, { id, input, ifMatch }: WantedMove): Error {
  if (outcome.alive) return LeadNotDeleted();
  if (outcome.seen === null) return LeadNotFound();
  if (ifMatch !== undefined && ifMatch !== outcome.seen) return EditConflict({ extra: { current: { version: outcome.seen } } });
  if (outcome.wanted === null) {
    return new StageMissing('pipelineId' in input ? input.pipelineId : outcome.pipelineId, input.status ?? null);
  }
  if (outcome.entered === null) return new ColumnIsBusy();
  const { before, after }: Partial<MoveLead> = input;
  if ((before ?? after)?.toLowerCase() === id.toLowerCase())
    return NeighbourGone({ detail: 'A lead cannot stand next to itself. Name another lead of the column.' });
  return NeighbourGone({ detail: 'Read the column again and choose a place.' });
}
