import type { LeadContent } from '../leads/lead.js';

/** How the value of a field is chosen among the leads of a merge; or the id of the lead it is taken from as it is, even if empty. */
export const MERGE_RULES = ['survivor', 'newest', 'oldest', 'longest', 'highest', 'union', 'concat'] as const;
export type MergeRuleName = (typeof MERGE_RULES)[number];
export type MergeRule = MergeRuleName | { readonly from: string };
export type MergeField = keyof LeadContent;
export type MergeRules = { readonly [F in MergeField]?: MergeRule | undefined };

/** A lead as merging sees it. */
export interface MergingLead {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly content: LeadContent;
}

/** Where the value of a field came from. */
export interface MergedField {
  readonly field: MergeField;
  readonly rule: MergeRuleName | 'from';
  readonly from: string[];
  /** Whether it is another value than the survivor had. */
  readonly changed: boolean;
}

export interface MergeFault {
  readonly field: MergeField;
  readonly code: 'too-long' | 'too-many' | 'currencies-differ';
  readonly message: string;
}

export interface MergedContent {
  readonly content: LeadContent;
  readonly fields: MergedField[];
  readonly faults: MergeFault[];
}

const ANY: readonly MergeRuleName[] = ['survivor', 'newest', 'oldest'];
const OF_TEXT: readonly MergeRuleName[] = [...ANY, 'longest'];

/** The rules each field may have; the first is used when none is given. */
export const RULES_OF_FIELD: Readonly<Record<MergeField, readonly MergeRuleName[]>> = {
  name: OF_TEXT,
  company: OF_TEXT,
  email: OF_TEXT,
  phone: OF_TEXT,
  value: [...ANY, 'highest'],
  notes: ['concat', ...OF_TEXT],
  source: OF_TEXT,
  tags: ['union', ...ANY],
  attributes: ['union', ...ANY],
  ownerId: ANY,
};

const LONGEST_NOTES = 10_000;
const MOST_TAGS = 50;
const MOST_ATTRIBUTES = 50;

type Chosen = { value: unknown; from: string[] };

const after = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const newestFirst = (a: MergingLead, b: MergingLead): number => after(b.updatedAt, a.updatedAt) || after(b.id, a.id);
const oldestFirst = (a: MergingLead, b: MergingLead): number => after(a.createdAt, b.createdAt) || after(a.id, b.id);

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** What a merge makes of the survivor's content. The order in which the other leads are named makes no difference. */
export function mergedContent(survivor: MergingLead, others: readonly MergingLead[], rules: MergeRules): MergedContent {
  const content: Record<string, unknown> = {};
  const fields: MergedField[] = [];
  const faults: MergeFault[] = [];
  for (const field of Object.keys(RULES_OF_FIELD) as MergeField[]) {
    const rule = rules[field] ?? RULES_OF_FIELD[field][0] ?? 'survivor';
    const chosen = choose(field, rule, survivor, others);
    if (chosen === undefined) {
      faults.push({ field, code: 'currencies-differ', message: 'cannot be compared, because the currencies differ; choose another rule' });
      continue;
    }
    content[field] = chosen.value;
    const changed = JSON.stringify(chosen.value) !== JSON.stringify(survivor.content[field]);
    fields.push({ field, rule: typeof rule === 'string' ? rule : 'from', from: chosen.from, changed });
  }
  const merged = content as unknown as LeadContent;
  return { content: merged, fields, faults: [...faults, ...limitFaults(merged)] };
}

function choose(field: MergeField, rule: MergeRule, survivor: MergingLead, others: readonly MergingLead[]): Chosen | undefined {
  const byRecency = [survivor, ...others.toSorted(newestFirst)];
  const all = [survivor, ...others];
  const firstFilled = (leads: readonly MergingLead[]): Chosen => {
    const holder = leads.find((lead) => !isEmpty(lead.content[field])) ?? survivor;
    return { value: holder.content[field], from: isEmpty(holder.content[field]) ? [] : [holder.id] };
  };
  if (typeof rule !== 'string') {
    const lead = all.find(({ id }) => id === rule.from) ?? survivor;
    return { value: lead.content[field], from: [lead.id] };
  }
  switch (rule) {
    case 'survivor':
      return firstFilled(byRecency);
    case 'newest':
      return firstFilled(all.toSorted(newestFirst));
    case 'oldest':
      return firstFilled(all.toSorted(oldestFirst));
    case 'longest':
      return firstFilled(byRecency.toSorted((a, b) => textOf(b, field).length - textOf(a, field).length));
    case 'highest':
      return highest(byRecency);
    case 'union':
      return field === 'tags' ? unitedTags(survivor, others) : unitedAttributes(byRecency);
    case 'concat':
      return joinedNotes(survivor, others);
  }
}

const textOf = ({ content }: MergingLead, field: MergeField): string => (typeof content[field] === 'string' ? content[field] : '');

/** Undefined when the amounts have no common measure. */
function highest(leads: readonly MergingLead[]): Chosen | undefined {
  const valued = leads.flatMap(({ id, content: { value } }) => (value ? [{ id, value }] : []));
  if (new Set(valued.map(({ value }) => value.currency)).size > 1) return undefined;
  const best = valued.reduce<(typeof valued)[number] | undefined>(
    (most, one) => (most && BigInt(most.value.amountMinor) >= BigInt(one.value.amountMinor) ? most : one),
    undefined,
  );
  return { value: best?.value ?? null, from: best ? [best.id] : [] };
}

function unitedTags(survivor: MergingLead, others: readonly MergingLead[]): Chosen {
  const leads = [survivor, ...others.toSorted(oldestFirst)];
  const held = leads.filter(({ content }) => content.tags.length > 0);
  return { value: [...new Set(held.flatMap(({ content }) => content.tags))], from: held.map(({ id }) => id) };
}

/** Of a custom field that several leads have, the survivor's value stays, then the newest. */
function unitedAttributes(byRecency: readonly MergingLead[]): Chosen {
  const united = new Map<string, string>();
  const from: string[] = [];
  for (const { id, content } of byRecency) {
    const fresh = Object.entries(content.attributes).filter(([key]) => !united.has(key));
    for (const [key, value] of fresh) united.set(key, value);
    if (fresh.length > 0) from.push(id);
  }
  return { value: Object.fromEntries(united), from };
}

function joinedNotes(survivor: MergingLead, others: readonly MergingLead[]): Chosen {
  const noted = [survivor, ...others.toSorted(oldestFirst)].flatMap(({ id, content: { notes } }) => (notes ? [{ id, notes }] : []));
  const fresh = noted.filter(({ notes }, at) => noted.findIndex((one) => one.notes === notes) === at);
  return { value: fresh.map(({ notes }) => notes).join('\n\n') || null, from: fresh.map(({ id }) => id) };
}

function limitFaults({ notes, tags = [], attributes = {} }: LeadContent): MergeFault[] {
  const keys = Object.keys(attributes).length;
  return [
    ...(notes && notes.length > LONGEST_NOTES
      ? [
          {
            field: 'notes',
            code: 'too-long',
            message: `would be ${notes.length} characters, ${LONGEST_NOTES} fit; choose another rule`,
          } as const,
        ]
      : []),
    ...(tags.length > MOST_TAGS
      ? [{ field: 'tags', code: 'too-many', message: `would be ${tags.length}, ${MOST_TAGS} fit; choose another rule` } as const]
      : []),
    ...(keys > MOST_ATTRIBUTES
      ? [{ field: 'attributes', code: 'too-many', message: `would be ${keys}, ${MOST_ATTRIBUTES} fit; choose another rule` } as const]
      : []),
  ];
}
