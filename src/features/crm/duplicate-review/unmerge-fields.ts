import type { LeadContent } from '../leads/lead.js';

/** The survivor's content when a merge is undone, and what was edited since the merge and is therefore kept. */
export interface UnmergedContent {
  readonly content: LeadContent;
  /** Names of fields, custom ones as `attributes.name`. */
  readonly keptFields: string[];
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * Takes back what a merge did to a lead, given the content before it, after it, and now: what nobody has touched since gets its old value,
 * what was edited since stays. Tags and custom fields are judged one by one.
 */
export function unmergedContent(before: LeadContent, after: LeadContent, now: LeadContent): UnmergedContent {
  const keptFields: string[] = [];
  const content: Record<string, unknown> = { ...now };
  for (const field of Object.keys(before) as (keyof LeadContent)[]) {
    if (same(now[field], after[field])) content[field] = before[field];
    else if (field === 'tags') [content[field]] = [unmergedTags(before.tags, after.tags, now.tags), keptFields.push('tags')];
    else if (field === 'attributes') content[field] = unmergedAttributes(before, after, { now, keptFields });
    else keptFields.push(field);
  }
  return { content: content as unknown as LeadContent, keptFields };
}

function unmergedTags(before: readonly string[], after: readonly string[], now: readonly string[]): string[] {
  const removed = new Set(after.filter((tag) => !now.includes(tag)));
  const added = now.filter((tag) => !after.includes(tag));
  return [...new Set([...before.filter((tag) => !removed.has(tag)), ...added])];
}

function unmergedAttributes(
  before: LeadContent,
  after: LeadContent,
  { now, keptFields }: { now: LeadContent; keptFields: string[] },
): Record<string, string> {
  const names = new Set([before, after, now].flatMap(({ attributes }) => Object.keys(attributes)));
  const entries = [...names].flatMap((name) => {
    const isKept = now.attributes[name] !== after.attributes[name];
    if (isKept) keptFields.push(`attributes.${name}`);
    const value = isKept ? now.attributes[name] : before.attributes[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
