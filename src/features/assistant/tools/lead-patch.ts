import { canonicalJson, mergePatch } from '../../../shared/json.js';
import type { LeadView, UpdateLead } from '../../crm/index.js';

interface Patch {
  readonly changes: UpdateLead;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

/** The merge patch for one lead: tags that come and go are reckoned with those it has; case does not count. */
export function patchFor({ tags }: Pick<LeadView, 'tags'>, { changes, addTags = [], removeTags = [] }: Patch): UpdateLead {
  if (addTags.length === 0 && removeTags.length === 0) return changes;
  const gone = new Set(removeTags.map((tag) => tag.toLowerCase()));
  const kept = (changes.tags ?? tags).filter((tag) => !gone.has(tag.toLowerCase()));
  const known = new Set(kept.map((tag) => tag.toLowerCase()));
  return { ...changes, tags: [...kept, ...addTags.filter((tag) => !known.has(tag.toLowerCase()))] };
}

/** True when a lead has all that a patch would give it. */
export function isNoChange(lead: LeadView, patch: UpdateLead): boolean {
  return Object.entries(patch).every(([name, value]) => {
    const current = lead[name as keyof LeadView] ?? null;
    const after = name === 'attributes' ? mergePatch(current, value) : (value as unknown);
    return canonicalJson(current) === canonicalJson(after ?? null);
  });
}
