import { canonicalJson } from '../../../shared/json.js';
import type { CreateLead, CreateTask, LeadChanges, LeadView, MoveLead, Neighbours, UpdateLead } from '../../crm/index.js';

/** What is to be done to one lead; `version` is what it was decided on. */
export type Wish =
  | { readonly op: 'create'; readonly input: CreateLead }
  | { readonly op: 'update'; readonly leadId: string; readonly changes: UpdateLead; readonly version?: number | undefined }
  | { readonly op: 'move'; readonly leadId: string; readonly to: MoveLead; readonly version?: number | undefined }
  | { readonly op: 'delete'; readonly leadId: string; readonly version?: number | undefined }
  | { readonly op: 'note'; readonly leadId: string; readonly body: string }
  | { readonly op: 'task'; readonly leadId: string; readonly task: CreateTask };

/** Fields that a change can touch, as the lead shows them. */
export type LeadFacts = Partial<Omit<LeadView, 'version' | 'createdAt' | 'updatedAt' | 'deletedAt' | 'id'>>;

interface OfLead {
  readonly leadId: string;
  readonly name: string;
}

/** What was done to one lead, with all that taking it back needs. */
export type ChangeStep =
  | (OfLead & { readonly op: 'create'; readonly after: LeadFacts })
  | (OfLead & { readonly op: 'update'; readonly before: LeadFacts; readonly after: LeadFacts })
  | (OfLead & { readonly op: 'move'; readonly before: LeadFacts; readonly after: LeadFacts; readonly beside?: Neighbours })
  | (OfLead & { readonly op: 'delete'; readonly before: LeadFacts })
  /** Something was written beside the lead. */
  | (OfLead & { readonly op: 'note'; readonly entryId: string })
  | (OfLead & { readonly op: 'task'; readonly entryId: string });

/** A difference between a lead as a change left it and as it is now. */
export interface Difference {
  readonly leadId: string;
  readonly name: string;
  readonly field: string;
  readonly expected: unknown;
  readonly current: unknown;
}

const FACTS = [
  'name',
  'company',
  'email',
  'phone',
  'value',
  'notes',
  'source',
  'tags',
  'attributes',
  'ownerId',
  'pipelineId',
  'status',
] as const;

export function factsOf(lead: LeadView): LeadFacts {
  return Object.fromEntries(FACTS.map((name) => [name, lead[name]]));
}

// Steps are stored as jsonb, which puts members in an order of its own.
const isSame = (left: unknown, right: unknown): boolean => canonicalJson(left ?? null) === canonicalJson(right ?? null);

/** The facts in which two states of a lead differ, before and after. */
export function changedFacts(before: LeadView, after: LeadView): { before: LeadFacts; after: LeadFacts } {
  const names = FACTS.filter((name) => !isSame(before[name], after[name]));
  const pick = (lead: LeadView): LeadFacts => Object.fromEntries(names.map((name) => [name, lead[name]]));
  return { before: pick(before), after: pick(after) };
}

/** What somebody else has made of what a step left behind; nothing when it can be taken back. `current` is undefined for a deleted lead. */
export function differences(step: ChangeStep, current: LeadView | undefined): Difference[] {
  const { leadId, name } = step;
  // What stands beside the lead is looked at by those who take it away.
  if (step.op === 'note' || step.op === 'task') return [];
  if (step.op === 'delete') {
    return current ? [{ leadId, name, field: 'deleted', expected: true, current: false }] : [];
  }
  if (!current) return [{ leadId, name, field: 'deleted', expected: false, current: true }];
  return Object.entries(step.after).flatMap(([field, expected]) => {
    const now = current[field as keyof LeadView];
    return isSame(expected, now) ? [] : [{ leadId, name, field, expected, current: now }];
  });
}

/** Does one thing to one lead; the step is undefined when there was nothing to change. */
export async function perform(leads: LeadChanges, wish: Wish): Promise<{ lead: LeadView; step: ChangeStep | undefined }> {
  if (wish.op === 'create') {
    const lead = await leads.create(wish.input);
    return { lead, step: { op: 'create', leadId: lead.id, name: lead.name, after: factsOf(lead) } };
  }
  const { leadId } = wish;
  const before = await leads.lock(leadId);
  if (wish.op === 'note' || wish.op === 'task') {
    const entry = wish.op === 'note' ? await leads.addNote(leadId, wish.body) : await leads.addTask(leadId, wish.task);
    const lead = before as LeadView;
    return { lead, step: { op: wish.op, leadId, name: lead.name, entryId: entry.id } };
  }
  const { version } = wish;
  if (wish.op === 'delete') {
    // Without the lead the use case itself says that there is none.
    await leads.remove(leadId, version);
    const lead = before as LeadView;
    return { lead, step: { op: 'delete', leadId, name: lead.name, before: factsOf(lead) } };
  }
  const beside = wish.op === 'move' ? await leads.neighbours(leadId) : undefined;
  const lead = wish.op === 'move' ? await leads.move(leadId, wish.to, version) : await leads.update(leadId, wish.changes, version);
  const changed = changedFacts(before ?? lead, lead);
  if (Object.keys(changed.after).length === 0) return { lead, step: undefined };
  if (wish.op === 'update') return { lead, step: { op: 'update', leadId, name: lead.name, ...changed } };
  // A stage is one of a pipeline: a lead that was brought to another pipeline since is not where the move left it.
  const [from, to] = [before?.pipelineId ?? lead.pipelineId, lead.pipelineId];
  const places = { before: { ...changed.before, pipelineId: from }, after: { ...changed.after, pipelineId: to } };
  return { lead, step: { op: 'move', leadId, name: lead.name, ...places, ...(beside ? { beside } : {}) } };
}

/** Takes one step back, in the transaction in which its differences were looked at. */
export async function takeBack(leads: LeadChanges, step: ChangeStep): Promise<void> {
  const { leadId } = step;
  switch (step.op) {
    case 'create':
      return leads.remove(leadId);
    case 'delete':
      await leads.restore(leadId);
      return;
    case 'note':
      return leads.removeNote(step.entryId);
    case 'task':
      return leads.removeTask(step.entryId);
    case 'move':
      await leads.moveBack(leadId, step.before.status ?? '', step.beside);
      return;
    case 'update':
      await leads.update(leadId, patchTo(step));
      return;
  }
}

/** The merge patch that gives a lead its old facts again; custom fields that were new are removed one by one. */
function patchTo({ before, after }: { before: LeadFacts; after: LeadFacts }): UpdateLead {
  const { attributes, ...plain } = before;
  if (!attributes) return plain;
  const cleared = Object.fromEntries(Object.keys(after.attributes ?? {}).map((key) => [key, null]));
  return { ...plain, attributes: { ...cleared, ...attributes } };
}
