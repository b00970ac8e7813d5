import { emailMatchKey, foldText, phoneMatchKey } from '../../../shared/text.js';
import { mergePatch } from '../../../shared/json.js';
import type { Money } from '../../../shared/money.js';

/** What people say of a lead: everything that is not its place on the board or bookkeeping. */
export interface LeadContent {
  readonly name: string;
  readonly company: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly value: Money | null;
  readonly notes: string | null;
  readonly source: string | null;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly ownerId: string | null;
}

/** Folded forms that searching and comparing look at. */
export interface LeadKeys {
  readonly nameKey: string;
  readonly emailKey: string | null;
  readonly phoneKey: string | null;
  readonly searchText: string;
}

/** Content as it may be given: what is missing, null or blank is not there. */
export type GivenContent = { readonly name: string } & { readonly [K in Exclude<keyof LeadContent, 'name'>]?: LeadContent[K] | undefined };

/** B-tree entries end at 2,700 bytes; a key of this length stays below whatever letters it has. */
const LONGEST_KEY = 200;

const trimmed = (text: string | null | undefined): string | null => text?.trim() || null;

/** Content with every field, texts without surrounding blanks. */
export function leadContent(given: GivenContent): LeadContent {
  return {
    name: given.name.trim(),
    company: trimmed(given.company),
    email: trimmed(given.email),
    phone: trimmed(given.phone),
    value: given.value ?? null,
    notes: trimmed(given.notes),
    source: trimmed(given.source),
    tags: given.tags ?? [],
    attributes: given.attributes ?? {},
    ownerId: given.ownerId ?? null,
  };
}

/** The folded forms of a lead. */
export function leadKeys({ name, company, email, phone }: Pick<LeadContent, 'name' | 'company' | 'email' | 'phone'>): LeadKeys {
  const nameKey = foldText(name).slice(0, LONGEST_KEY);
  return {
    nameKey,
    emailKey: email === null ? null : emailMatchKey(email).slice(0, LONGEST_KEY),
    phoneKey: phone === null ? null : (phoneMatchKey(phone) ?? null),
    searchText: [nameKey, foldText(company ?? ''), foldText(email ?? '')].filter((part) => part !== '').join(' '),
  };
}

/** Content after a merge patch (RFC 7396); custom fields merge one by one. */
export function patchedContent(content: LeadContent, patch: object): LeadContent {
  return leadContent(mergePatch(content, patch) as GivenContent);
}

/** Names of the fields in which two contents differ. */
export function changedFields(before: LeadContent, after: LeadContent): (keyof LeadContent)[] {
  const names = Object.keys(after) as (keyof LeadContent)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
