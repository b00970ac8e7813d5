import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/json.js';
import { EditConflict, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { LeadContent } from '../leads/lead.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { LeadsToMergeUnknown, MergeNotPossible, MergePreviewStale } from './duplicate-review.errors.js';
import type { WholeLead } from './lead-merges.repository.js';
import type { MergeLeads } from './lead-merges.shapes.js';
import { mergedContent, type MergedField, type MergeField, type MergeRule, type MergeRules, type MergingLead } from './merge-fields.js';

/** A merge that can be made: what it starts from and what comes of it. */
export interface MergePlan {
  readonly survivor: WholeLead;
  readonly absorbed: readonly WholeLead[];
  readonly content: LeadContent;
  readonly fields: MergedField[];
  readonly fingerprint: string;
}

/** What people say of a lead, out of its view. A view that was kept as jsonb has its keys in another order. */
export function contentOf({ name, company, email, phone, value, notes, source, tags, attributes, ownerId }: LeadView): LeadContent {
  const money = value && { amountMinor: value.amountMinor, currency: value.currency };
  return { name, company, email, phone, value: money, notes, source, tags, attributes, ownerId };
}

function merging({ view }: WholeLead): MergingLead {
  return { id: view.id, createdAt: view.createdAt, updatedAt: view.updatedAt, content: contentOf(view) };
}

/** Checks what is asked of a merge against the leads as they are, and says what would come of it. */
export function mergePlan(id: string, input: MergeLeads, leads: ReadonlyMap<string, WholeLead>, ifMatch: number | undefined): MergePlan {
  const living = (one: string): WholeLead | undefined => {
    const lead = leads.get(one.toLowerCase());
    return lead?.view.deletedAt === null ? lead : undefined;
  };
  const survivor = living(id);
  if (!survivor) throw LeadNotFound();
  if (ifMatch !== undefined && ifMatch !== survivor.view.version) throw EditConflict({ extra: { current: survivor.view } });
  const absorbed = input.absorb.map((one, at) => {
    const pointer = `/absorb/${at}`;
    if (one.toLowerCase() === survivor.view.id)
      throw ValidationFailed({ errors: [{ pointer, code: 'itself', message: 'is the lead that stays' }] });
    const lead = living(one);
    if (!lead) throw LeadsToMergeUnknown({ errors: [{ pointer, code: 'lead-not-found', message: 'is no lead, or was deleted' }] });
    return lead;
  });
  const rules = checkedRules(input, [survivor, ...absorbed]);
  const { content, fields, faults } = mergedContent(merging(survivor), absorbed.map(merging), rules);
  if (faults.length > 0)
    throw MergeNotPossible({ errors: faults.map(({ field, code, message }) => ({ pointer: `/rules/${field}`, code, message })) });
  const fingerprint = fingerprintOf([survivor, ...absorbed], rules);
  if (input.fingerprint !== undefined && input.fingerprint !== fingerprint)
    throw MergePreviewStale({ detail: 'Look at the preview again.' });
  return { survivor, absorbed, content, fields, fingerprint };
}

function checkedRules({ rules = {} }: MergeLeads, leads: readonly WholeLead[]): MergeRules {
  const ids = new Set(leads.map(({ view }) => view.id));
  const given = Object.entries(rules) as [MergeField, MergeRule][];
  const lowered = given.map(([field, rule]) => [field, typeof rule === 'string' ? rule : { from: rule.from.toLowerCase() }] as const);
  const errors = lowered.flatMap(([field, rule]) =>
    typeof rule !== 'string' && !ids.has(rule.from)
      ? [{ pointer: `/rules/${field}/from`, code: 'not-in-merge', message: 'is none of the leads that are merged' }]
      : [],
  );
  if (errors.length > 0) throw ValidationFailed({ errors });
  return Object.fromEntries(lowered);
}

/** The same for the same leads in the same versions, the same survivor and the same rules, whatever order they are named in. */
function fingerprintOf([survivor, ...absorbed]: readonly WholeLead[], rules: MergeRules): string {
  const versions = absorbed.map(({ view }) => `${view.id} ${view.version}`).sort();
  const text = canonicalJson([survivor?.view.id ?? '', survivor?.view.version ?? 0, versions, rules]);
  return createHash('sha256').update(text).digest('hex');
}
