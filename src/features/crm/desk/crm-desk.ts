import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { LeadListsService } from '../leads/lead-lists.service.js';
import type { SearchQuery } from '../leads/lead-requests.shapes.js';
import type { LeadSort } from '../leads/lead-sorts.js';
import type { LeadView, SearchHit } from '../leads/leads.shapes.js';
import type { StageKind } from '../pipelines/pipeline.js';
import { PipelinesService } from '../pipelines/pipelines.service.js';
import { DeskChanges } from './desk-changes.js';
import type { LeadChanges } from './lead-changes.js';
import type { LeadSelection } from './lead-selection.shapes.js';
import { LeadSelectionRepository, type Grouping, type LeadGroup } from './lead-selection.repository.js';
import { type NameScore, scoreName } from './lead-score.js';

export { WriteNote } from '../activities/notes/notes.shapes.js';
export { CreateTask } from '../activities/tasks/tasks.shapes.js';
export { CreateLead, MoveLead, SearchQuery, UpdateLead } from '../leads/lead-requests.shapes.js';
export { LeadSelection, StageChoice } from './lead-selection.shapes.js';
export { scoreName } from './lead-score.js';
export type { CreatedLead, LeadView } from '../leads/leads.shapes.js';
export { LEAD_SORTS, type LeadSort } from '../leads/lead-sorts.js';
export { GROUPINGS, type Grouping, type LeadGroup } from './lead-selection.repository.js';
export type { LeadChanges } from './lead-changes.js';
export type { Neighbours } from './neighbours.repository.js';

/** A lead that was found by name, and how surely it is the one. */
export type FoundLead = SearchHit & Pick<NameScore, 'score' | 'kind'>;

/** A stage that is not archived, with its pipeline. */
export interface DeskStage {
  readonly pipelineId: string;
  readonly key: string;
  readonly name: string;
  readonly kind: StageKind;
}

/**
 * Leads for those who work on them by other ways than the REST routes: the same use cases, under the caller's scope. Whether the caller
 * may is asked by whoever calls, as the routes do.
 */
@Injectable()
export class CrmDesk {
  constructor(
    private readonly db: Database,
    private readonly lists: LeadListsService,
    private readonly selections: LeadSelectionRepository,
    private readonly changes: DeskChanges,
    private readonly pipelines: PipelinesService,
  ) {}

  /** Leads by name, company or e-mail, the surest name first; forgives typing errors. */
  async search(scope: Scope, query: SearchQuery): Promise<FoundLead[]> {
    const { items } = JSON.parse((await this.lists.search(scope, query)).text) as { items: SearchHit[] };
    const scored = items.map((hit) => ({ ...hit, ...scoreName(query.q, hit.name) }));
    // The order of the search decides between equals.
    return scored.sort((a, b) => b.score - a.score);
  }

  /** One lead; undefined when there is none. */
  async get(scope: Scope, id: string): Promise<LeadView | undefined> {
    return (await this.list(scope, { ids: [id] }, { sort: '-created', limit: 1 }))[0];
  }

  async list(scope: Scope, selection: LeadSelection, page: { sort: LeadSort; limit: number }): Promise<LeadView[]> {
    const items = await this.db.read(scope, (tx) => this.selections.items(tx, selection, page));
    return JSON.parse(`[${items}]`) as LeadView[];
  }

  count(scope: Scope, selection: LeadSelection): Promise<number> {
    return this.db.read(scope, (tx) => this.selections.count(tx, selection));
  }

  /** How many there are and what they are worth, by group and currency. */
  groups(scope: Scope, selection: LeadSelection, by?: Grouping): Promise<LeadGroup[]> {
    return this.db.read(scope, (tx) => this.selections.groups(tx, selection, by));
  }

  /** The default pipeline first, each in board order; makes the default one on first use. */
  async stages(scope: Scope): Promise<DeskStage[]> {
    const { items } = await this.pipelines.list(scope);
    const ordered = [...items].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
    return ordered.flatMap(({ id, stages }) => stages.map(({ key, name, kind }) => ({ pipelineId: id, key, name, kind })));
  }

  customFields(scope: Scope): Promise<string[]> {
    return this.db.read(scope, (tx) => this.selections.customFields(tx));
  }

  /** One transaction in which leads change; it is run again while a column is busy, so it must do nothing outside of it. */
  change<T>(scope: Scope, body: (leads: LeadChanges, tx: Tx) => Promise<T>): Promise<T> {
    return this.changes.run(scope, body);
  }
}
