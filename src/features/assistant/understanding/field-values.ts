import { readMoneyText } from '../../../shared/money-text.js';
import { phoneMatchKey } from '../../../shared/text.js';
import type { FieldChange, FieldName, Refusal, RefusalReason, StatusChoice } from './command.js';
import type { Frame } from './frame.js';
import { isQuoted } from './masked-text.js';
import { ownerNamed, ownerRefusal } from './members.js';
import { statusNamed, statusRefusal } from './statuses.js';

/** A status is set by a move; everything else is a change of a field. */
export type Assignment =
  { readonly kind: 'field'; readonly change: FieldChange } | { readonly kind: 'status'; readonly status: StatusChoice } | Refusal;

const EMAIL = /^[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+$/u;
const PHONE = /^(?:[+\d][\d\s()./-]*|\([\d\s()./-]+)(?:(?:,?\s*(?:ext\.?|x)|#|;)\s*\d{1,8})?$/i;
const EMPTY = /^(?:nothing|none|null|empty|blank|nil|n\/a|-|"")$/i;
const LONGEST = { name: 200, company: 200, source: 100, notes: 10_000, custom: 1000, tag: 60 } as const;

/** True for a phone number as people write it. */
export function isPhoneText(text: string): boolean {
  return PHONE.test(text) && text.length <= 60 && phoneMatchKey(text) !== undefined;
}

export function isEmailText(text: string): boolean {
  return EMAIL.test(text) && text.length <= 254;
}

/** What a text makes of a field; a refusal when it cannot be a value of it. */
export function assignmentOf(field: FieldName, given: string, frame: Frame): Assignment {
  const text = frame.mask.plain(
    given.trim().replace(/^(?:now|the|a|an|be|to be)\s+(?=\S)/i, (word) => (field === 'notes' || field.startsWith('custom:') ? word : '')),
  );
  const isEmptied = EMPTY.test(given.trim()) || (isQuoted(given) && text === '');
  switch (field) {
    case 'status':
      return statusAssignment(text, frame);
    case 'owner':
      return ownerAssignment(text, frame);
    case 'value':
      return isEmptied ? { kind: 'field', change: { field, value: null } } : valueAssignment(text, frame);
    case 'email':
    case 'phone':
      return isEmptied ? { kind: 'field', change: { field, value: null } } : contactAssignment(field, text);
    case 'tags':
      return tagAssignment(given, isEmptied ? 'none' : 'replace', frame);
    case 'name':
      return isEmptied ? refusal('missing', 'A lead cannot be without a name.') : shortText(field, text);
    case 'company':
    case 'source':
    case 'notes':
      return isEmptied ? { kind: 'field', change: { field, value: null } } : shortText(field, text);
    default: {
      const key = field.slice('custom:'.length);
      if (text.length > LONGEST.custom) return refusal('too-long', `The ${key} may have ${LONGEST.custom} characters at most.`);
      return { kind: 'field', change: { field: 'custom', key, value: isEmptied ? null : text } };
    }
  }
}

function statusAssignment(text: string, { context }: Frame): Assignment {
  const status = statusNamed(text, context);
  return status ? { kind: 'status', status } : statusRefusal(text, context);
}

function ownerAssignment(text: string, { context }: Frame): Assignment {
  const owner = ownerNamed(text, context);
  return owner ? { kind: 'field', change: { field: 'owner', value: owner } } : ownerRefusal(text, context);
}

function valueAssignment(text: string, frame: Frame): Assignment {
  const read = readMoneyText(text, frame.habits);
  if ('fault' in read) return refusal('amount', read.reason);
  if (read.reading) frame.note(read.reading);
  return { kind: 'field', change: { field: 'value', value: read.money } };
}

function contactAssignment(field: 'email' | 'phone', text: string): Assignment {
  if (field === 'email') return isEmailText(text) ? made(field, text) : refusal('email', `"${short(text)}" is not an e-mail address.`);
  return isPhoneText(text) ? made(field, text) : refusal('phone', `"${short(text)}" is not a phone number.`);
}

function shortText(field: 'name' | 'company' | 'source' | 'notes', text: string): Assignment {
  if (text === '') return refusal('missing', `What should the ${field} be?`);
  if (text.length > LONGEST[field]) return refusal('too-long', `The ${field} may have ${LONGEST[field]} characters at most.`);
  return made(field, text);
}

function made(field: 'name' | 'company' | 'source' | 'notes' | 'email' | 'phone', value: string): Assignment {
  return { kind: 'field', change: { field, value } };
}

/** Tags in a text: "vip, priority and #cold". */
export function tagsIn(given: string, { mask }: Frame): string[] | undefined {
  const parts = given.split(/\s*(?:,|&|\+|\s(?:and|plus)\s)\s*/iu).map((part) => mask.plain(part).replace(/^#/, '').trim());
  const tags = [...new Set(parts.filter((part) => part !== ''))];
  const isGood = tags.length > 0 && tags.length <= 50 && tags.every((tag) => tag.length <= LONGEST.tag && tag.split(/\s+/).length <= 4);
  return isGood ? tags : undefined;
}

/** A change of tags. */
export function tagAssignment(given: string, mode: 'add' | 'remove' | 'replace' | 'none', frame: Frame): Assignment {
  if (mode === 'none') return { kind: 'field', change: { field: 'tags', mode: 'replace', value: [] } };
  const value = tagsIn(given, frame);
  return value
    ? { kind: 'field', change: { field: 'tags', mode, value } }
    : refusal('field', `"${short(frame.mask.plain(given))}" is not a list of tags.`);
}

export function refusal(why: RefusalReason, message: string): Refusal {
  return { kind: 'refused', why, message };
}

export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
