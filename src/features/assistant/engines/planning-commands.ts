import { Injectable } from '@nestjs/common';
import type { LeadSelection } from '../../crm/index.js';
import { plural } from '../answers/wording.js';
import { planText } from '../plans/plan-text.js';
import type { Command, Reference, Selection } from '../understanding/command.js';
import { patchOf, selectionOf } from './command-filter.js';
import { LeadsMeant } from './leads-meant.js';
import type { OutcomeOf } from './read-outcome.js';
import { faultText } from '../answers/fault-text.js';
import type { Talk } from './talk.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;
type Bulk = Of<'bulk-set' | 'bulk-move' | 'bulk-delete'>;

/** Most leads that are looked up to be deleted; one more than a plan takes says that it is too many. */
const MOST_LISTED = 100;

/** Commands whose effect is a plan that waits for a yes. */
@Injectable()
export class PlanningCommands {
  constructor(private readonly leads: LeadsMeant) {}

  async remove(talk: Talk, command: Of<'delete'>, waiting: readonly Command[]): Promise<void> {
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    sayPlan(talk, await this.leads.call(talk, 'delete_leads', { leadIds: [meant.id] }));
  }

  async bulk(talk: Talk, command: Bulk, waiting: readonly Command[]): Promise<void> {
    const which = await this.chosen(talk, command, waiting);
    if (!which) return;
    if (command.kind === 'bulk-move') {
      const [stage] = command.status.stages;
      return sayPlan(talk, await this.leads.call(talk, 'bulk_move', { which, status: stage?.name ?? command.status.text }));
    }
    if (command.kind === 'bulk-set')
      return sayPlan(talk, await this.leads.call(talk, 'bulk_update', { which, ...patchOf(command.changes) }));
    const leadIds = which.ids ?? (await this.idsOf(talk, which));
    if (!leadIds) return;
    if (leadIds.length === 0) return talk.fail('No lead fits that, so there is nothing to delete.');
    sayPlan(talk, await this.leads.call(talk, 'delete_leads', { leadIds: [...leadIds] }));
  }

  private async chosen(talk: Talk, command: Bulk, waiting: readonly Command[]): Promise<LeadSelection | undefined> {
    const selection: Selection = command.which;
    if (selection.kind === 'filter') return selectionOf(selection.filter, talk.turn.facts.timeZone);
    if (selection.kind === 'several') return this.several(talk, command, { who: selection.who, waiting });
    const listed = talk.dialogue.listed ?? [];
    if (listed.length > 0) return { ids: [...listed] };
    talk.fail('I have not listed any leads yet, so I do not know which ones you mean.');
    return undefined;
  }

  /** Each of several names; while one is not sure, those that are known are kept for when it is. */
  private async several(
    talk: Talk,
    command: Bulk,
    { who, waiting }: { who: readonly Reference[]; waiting: readonly Command[] },
  ): Promise<LeadSelection | undefined> {
    const ids: string[] = [];
    for (const [at, one] of who.entries()) {
      const known = [...ids.map((id): Reference => ({ kind: 'id', id })), ...who.slice(at)];
      const rest: Command[] = [{ ...command, which: { kind: 'several', who: known } }, ...waiting.slice(1)];
      const meant = await this.leads.one(talk, one, rest);
      if (!meant) return undefined;
      ids.push(meant.id);
    }
    return { ids: [...new Set(ids)] };
  }

  private async idsOf(talk: Talk, which: LeadSelection): Promise<string[] | undefined> {
    const outcome = await this.leads.call(talk, 'list_leads', { ...which, limit: MOST_LISTED });
    if (!outcome.ok) {
      talk.fail(faultText(outcome.error));
      return undefined;
    }
    const { items, total } = outcome.result;
    if (total <= items.length) return items.map(({ id }) => id);
    talk.fail(`${plural(total, 'lead')} fit. I delete at most ${MOST_LISTED} at once; narrow it down, for example by status or owner.`);
    return undefined;
  }
}

function sayPlan(talk: Talk, outcome: OutcomeOf<'delete_leads' | 'bulk_move' | 'bulk_update'>): void {
  if (!outcome.ok) return talk.fail(faultText(outcome.error));
  talk.say(planText(outcome.result));
  talk.suggest('yes', 'no');
}
