import type { Tx } from '../../../platform/database/tx.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import type { ActivitiesService } from '../activities/activities.service.js';
import type { NoteView } from '../activities/notes/notes.shapes.js';
import type { CreateTask, TaskView } from '../activities/tasks/tasks.shapes.js';
import type { CreateLead, MoveLead, UpdateLead } from '../leads/lead-requests.shapes.js';
import type { MoveOutcome } from '../leads/lead-moves.repository.js';
import type { LeadMovesService } from '../leads/lead-moves.service.js';
import type { LeadsRepository } from '../leads/leads.repository.js';
import type { CreatedLead, LeadView } from '../leads/leads.shapes.js';
import { NeighbourGone } from '../leads/leads.errors.js';
import type { LeadsService } from '../leads/leads.service.js';
import { type Neighbours, neighboursOf } from './neighbours.repository.js';

const NOBODY: Neighbours = { above: null, below: null };

export interface ChangeTools {
  readonly leads: LeadsService;
  readonly moves: LeadMovesService;
  readonly rows: LeadsRepository;
  readonly activities: ActivitiesService;
}

/** The changes of single leads, all in the one transaction it was made for; each is the use case the REST route has. */
export class LeadChanges {
  /** Moves made so far; columns they left crowded are put in order after the commit. */
  readonly outcomes: MoveOutcome[] = [];

  constructor(
    readonly tx: Tx,
    private readonly tools: ChangeTools,
  ) {}

  /** The lead, locked until the end of the transaction; undefined when there is none. */
  async lock(id: string): Promise<LeadView | undefined> {
    const row = await this.tools.rows.lock(this.tx, id);
    return row && (JSON.parse(row.json) as LeadView);
  }

  /** Several leads, locked in one order whatever the order asked for, so that two such changes never wait for each other. */
  async lockAll(ids: readonly string[]): Promise<ReadonlyMap<string, LeadView>> {
    const found = new Map<string, LeadView>();
    for (const id of [...new Set(ids)].sort()) {
      const lead = await this.lock(id);
      if (lead) found.set(id, lead);
    }
    return found;
  }

  async create(input: CreateLead): Promise<CreatedLead> {
    return JSON.parse((await this.tools.leads.createIn(this.tx, input)).text) as CreatedLead;
  }

  async update(id: string, patch: UpdateLead, ifMatch?: number): Promise<LeadView> {
    return JSON.parse((await this.tools.leads.updateIn(this.tx, { id, patch, ifMatch })).text) as LeadView;
  }

  async move(id: string, input: MoveLead, ifMatch?: number): Promise<LeadView> {
    return this.moved(await this.tools.moves.moveIn(this.tx, { id, input, ifMatch }));
  }

  /** Where a lead stands now, for putting it back there. */
  neighbours(id: string): Promise<Neighbours | undefined> {
    return neighboursOf(this.tx, id);
  }

  /**
   * Puts a lead back where it came from, which the rules of stages never forbid: between its old neighbours, beside the one that is still
   * there, else at the end of the column.
   */
  async moveBack(id: string, status: string, { above, below }: Neighbours = NOBODY): Promise<LeadView> {
    const places = [...(below === null ? [] : [{ before: below }]), ...(above === null ? [] : [{ after: above }])];
    for (const place of places) {
      const lead = await this.movedBack(id, { status, ...place });
      if (lead) return lead;
    }
    return this.moved(await this.tools.moves.moveIn(this.tx, { id, input: { status }, ifMatch: undefined, isUndo: true }));
  }

  remove(id: string, ifMatch?: number): Promise<void> {
    return this.tools.leads.removeIn(this.tx, id, ifMatch);
  }

  /** Brings a deleted lead back, at the end of its column. */
  async restore(id: string): Promise<LeadView> {
    return this.moved(await this.tools.moves.restoreIn(this.tx, id));
  }

  addNote(leadId: string, body: string): Promise<NoteView> {
    return this.tools.activities.addNote(this.tx, { leadId, body });
  }

  removeNote(id: string): Promise<void> {
    return this.tools.activities.removeNote(this.tx, id);
  }

  addTask(leadId: string, task: CreateTask): Promise<TaskView> {
    return this.tools.activities.addTask(this.tx, { ...task, leadId });
  }

  removeTask(id: string): Promise<void> {
    return this.tools.activities.removeTask(this.tx, id);
  }

  /** Undefined when the neighbour is not in that column any more. */
  private async movedBack(id: string, input: MoveLead): Promise<LeadView | undefined> {
    try {
      return this.moved(await this.tools.moves.moveIn(this.tx, { id, input, ifMatch: undefined, isUndo: true }));
    } catch (error) {
      if (error instanceof Problem && error.definition.code === NeighbourGone.definition.code) return undefined;
      throw error;
    }
  }

  private moved(outcome: MoveOutcome): LeadView {
    this.outcomes.push(outcome);
    return JSON.parse(outcome.json ?? 'null') as LeadView;
  }
}
