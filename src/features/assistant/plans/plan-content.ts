import { mergePatch } from '../../../shared/json.js';
import type { LeadView } from '../../crm/index.js';
import { joined, plural, type Wording } from '../answers/wording.js';
import type { Wish } from '../changes/change-steps.js';

/** One thing of a plan: a wish with the version of the lead it was decided on. */
export type PlanStep = Extract<Wish, { op: 'update' | 'move' | 'delete' }> & { readonly version: number };

export interface PlannedLine {
  readonly leadId: string;
  readonly name: string;
  /** With the company. */
  readonly lead: string;
  readonly change: string;
}

/** What a plan says of itself. */
export interface PlanContent {
  /** "Move 3 leads to Closed win and delete 1 lead". */
  readonly title: string;
  /** The same when it is done: "Moved 3 leads to Closed win and deleted 1 lead". */
  readonly done: string;
  readonly lines: readonly PlannedLine[];
  readonly steps: readonly PlanStep[];
}

export const MOST_LINES = 20;

/** Puts a plan into plain words. Leads that are not there any more are left out. */
export function planContent(wishes: readonly PlanStep[], leads: ReadonlyMap<string, LeadView>, words: Wording): PlanContent {
  const known = wishes.flatMap((wish) => {
    const lead = leads.get(wish.leadId);
    return lead ? [{ wish, lead }] : [];
  });
  return {
    title: titleOf(known, words, 'now'),
    done: titleOf(known, words, 'past'),
    lines: known.slice(0, MOST_LINES).map(({ wish, lead }) => ({
      leadId: lead.id,
      name: lead.name,
      lead: words.lead(lead).slice(0, 300),
      change: shortened(changeOf(wish, lead, words)),
    })),
    steps: known.map(({ wish, lead }) => ({ ...wish, version: lead.version })),
  };
}

/** True when a lead is not as it was when the plan was made. */
export function isOutdated(step: PlanStep, lead: LeadView | undefined): boolean {
  return lead?.version !== step.version;
}

type Known = readonly { readonly wish: PlanStep; readonly lead: LeadView }[];

const VERBS = {
  now: { delete: 'delete', move: 'move', update: 'change' },
  past: { delete: 'deleted', move: 'moved', update: 'changed' },
} as const;
const LONGEST_TITLE = 300;

function titleOf(known: Known, words: Wording, tense: keyof typeof VERBS): string {
  const groups = new Map<string, { verb: string; rest: string; leads: Set<LeadView> }>();
  for (const { wish, lead } of known) {
    const rest = wish.op === 'move' ? ` to ${words.stage(wish.to.status, lead.pipelineId)}` : '';
    const group = groups.get(wish.op + rest) ?? { verb: VERBS[tense][wish.op], rest, leads: new Set() };
    group.leads.add(lead);
    groups.set(wish.op + rest, group);
  }
  const parts = [...groups.values()].map(({ verb, rest, leads }) => {
    const [first] = leads;
    return `${verb} ${leads.size === 1 && first ? words.lead(first) : plural(leads.size, 'lead')}${rest}`;
  });
  const text = joined(parts);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`.slice(0, LONGEST_TITLE);
}

function changeOf(wish: PlanStep, lead: LeadView, words: Wording): string {
  if (wish.op === 'delete') {
    const facts = [words.stage(lead.status, lead.pipelineId), ...(lead.value ? [words.money(lead.value)] : [])];
    return `would be deleted (${facts.join(', ')})`;
  }
  if (wish.op === 'move') {
    return words.changes({ status: lead.status }, { status: wish.to.status }, lead.pipelineId);
  }
  const patch = wish.changes as Record<string, unknown>;
  const after = Object.fromEntries(
    Object.keys(patch).map((name) => [name, name === 'attributes' ? mergePatch(lead.attributes, patch[name]) : patch[name]]),
  );
  return words.changes(lead, after, lead.pipelineId);
}

const LONGEST_CHANGE = 1_000;

function shortened(text: string): string {
  return text.length > LONGEST_CHANGE ? `${text.slice(0, LONGEST_CHANGE - 3)}...` : text;
}
