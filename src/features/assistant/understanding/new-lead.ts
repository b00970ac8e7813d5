import { amountAt } from '../../../shared/money-text.js';
import type { NewLead, Refusal } from './command.js';
import { assignmentOf, isPhoneText, refusal, short, tagsIn } from './field-values.js';
import type { Frame } from './frame.js';
import { fieldNamed } from './lead-fields.js';
import { ADDRESS, isQuoted, QUOTED } from './masked-text.js';
import { ownerNamed } from './members.js';
import { isNameLike } from './references.js';
import { isSourceWord } from './sources.js';
import { statusNamed } from './statuses.js';

type Draft = { -readonly [K in keyof NewLead]?: NewLead[K] };
type Slot =
  | 'name'
  | 'company'
  | 'email'
  | 'phone'
  | 'value'
  | 'notes'
  | 'source'
  | 'tags'
  | 'owner'
  | 'status'
  | 'positional'
  | 'from'
  | 'in'
  | 'for'
  | `custom:${string}`;

interface Piece {
  readonly slot: Slot;
  readonly text: string;
}

/** Words before a value that say which field it is, besides the names of the fields. */
const LEADS_IN: readonly [string, Slot][] = [
  ['(?:who |that )?(?:works|working) (?:at|for)|representing|employed (?:by|at)|at|of the company|of', 'company'],
  ['(?:who |that )?(?:came|comes|coming) (?:from|via|through)|(?:who )?found us (?:via|through|on|by)|via|through|sourced from', 'source'],
  ['from', 'from'],
  ['tagged(?: as| with)?|labell?ed(?: as| with)?', 'tags'],
  ['(?:and )?(?:assigned|assign (?:it |him |her |them )?|belonging) to|owned by|handled by', 'owner'],
  ['worth|valued at|priced at|deal of', 'value'],
  ['saying(?: that)?|noting(?: that)?', 'notes'],
  ['(?:straight |directly |and (?:put|place) (?:it|him|her|them) )?(?:in|into)(?: the)?', 'in'],
  ['reachable (?:at|on|by|via)|contact|with|for|under|at around', 'positional'],
];

/** Reads what was said of a new lead: name first, then fields in any order and any of the usual ways. */
export function newLeadIn(given: string, frame: Frame): NewLead | Refusal | undefined {
  const draft: Draft = {};
  for (const piece of pieces(given, frame)) {
    const problem = put(piece, draft, frame);
    if (problem) return problem;
  }
  const { name, ...rest } = draft;
  if (name === undefined) return Object.keys(rest).length > 0 ? refusal('missing', 'What is the name of the new lead?') : undefined;
  return { name, ...rest };
}

/** The text cut before every word that announces a field, and at commas. */
function pieces(given: string, frame: Frame): Piece[] {
  const alternatives = LEADS_IN.map(([source], index) => `(?<lead${index}>${source})`).join('|');
  const announced = `(?:(?:with|and|has|whose|he|she|they|who|which|that|is|his|her|their|its|the|a|an|set|having|plus|add|use)\\s+)*(?:(?<field>FIELD)(?:\\s*(?:is|of|:|=|to|as|being|called|number|address)(?=\\s|$))*[:=]?|(?:${alternatives}))\\s+`;
  const found: { slot: Slot; start: number; end: number }[] = [];
  const pattern = new RegExp(frame.pattern(`(?:^|(?<=[\\s,;(]))${announced}`).source, 'giu');
  for (const match of given.matchAll(pattern)) {
    const slot = slotOf(match.groups ?? {}, frame);
    if (slot) found.push({ slot, start: match.index, end: match.index + match[0].length });
  }
  // What follows "notes:" is content to the end, unless a comma and another "field:" come.
  const cuts = found.filter(
    (cut, index) => !found.slice(0, index).some((note) => note.slot === 'notes' && !/[,;]\s*$/.test(given.slice(note.end, cut.start))),
  );
  const head: Piece[] = [{ slot: 'positional', text: given.slice(0, cuts[0]?.start ?? given.length) }];
  const tail = cuts.map((cut, index) => ({ slot: cut.slot, text: given.slice(cut.end, cuts[index + 1]?.start ?? given.length) }));
  return [...head, ...tail]
    .flatMap(divided)
    .map(trimmed)
    .filter(({ text }) => text !== '');
}

function slotOf(groups: Readonly<Record<string, string | undefined>>, frame: Frame): Slot | undefined {
  if (groups.field !== undefined) return fieldNamed(groups.field, frame.context);
  const index = LEADS_IN.findIndex((_, at) => groups[`lead${at}`] !== undefined);
  return index < 0 ? undefined : LEADS_IN[index][1];
}

/** "Acme, Inc., 5000 euros": commas part values, but not a company from its legal form. */
function divided({ slot, text }: Piece): Piece[] {
  if (slot === 'notes' || slot === 'tags') return [{ slot, text }];
  const [first, ...others] = text.split(/,\s+(?!(?:inc|ltd|llc|gmbh|corp|plc|ag|sa|co|kg|bv|oy|ab)\b)|;\s*/iu);
  return [{ slot, text: first }, ...others.map((other): Piece => ({ slot: 'positional', text: other }))];
}

function trimmed({ slot, text }: Piece): Piece {
  return {
    slot,
    text: text
      .replace(/^[\s,;]+/, '')
      .replace(/(?:[\s,;(]+|\s+(?:and|with|plus|&|has|whose|his|her|their|set|a|an|the))+$/iu, '')
      .replace(/^(?:and|with|plus|the|a|an)\s+(?=\S)/iu, ''),
  };
}

function put({ slot, text }: Piece, draft: Draft, frame: Frame): Refusal | undefined {
  const { mask } = frame;
  const bare = slot === 'from' || slot === 'in' || slot === 'positional' || slot === 'for' ? undefined : slot;
  if (bare === undefined) return place(slot, text, draft, frame);
  if (bare === 'name') return named(text, draft, frame);
  // "email john@x.com 5000 euros": the value ends where it proves itself, and the rest is something else.
  const proven = bare === 'email' ? new RegExp(`^(${ADDRESS})\\s+(?<rest>\\S.*)$`, 'u').exec(text)?.groups?.rest : undefined;
  if (proven !== undefined) {
    draft.email = mask.plain(text[0]);
    return put({ slot: 'positional', text: proven }, draft, frame);
  }
  if (bare === 'tags') {
    const tags = tagsIn(text, frame);
    if (!tags) return refusal('field', `"${short(mask.plain(text))}" is not a list of tags.`);
    draft.tags = tags;
    return undefined;
  }
  const assignment = assignmentOf(bare, text, frame);
  if (assignment.kind === 'refused') return bare === 'company' ? place('positional', text, draft, frame) : assignment;
  if (assignment.kind === 'status') draft.status = assignment.status;
  else if (assignment.change.field === 'owner') draft.owner = assignment.change.value;
  else if (assignment.change.field === 'custom') draft.custom = { ...draft.custom, [assignment.change.key]: assignment.change.value ?? '' };
  else if (bare === 'company') return company(text, draft, frame);
  else Object.assign(draft, { [assignment.change.field]: assignment.change.value ?? undefined });
  return undefined;
}

/** A value that does not say what it is. */
function place(slot: Slot, text: string, draft: Draft, frame: Frame): Refusal | undefined {
  const { mask, context } = frame;
  const plain = mask.plain(text);
  if (new RegExp(`^${ADDRESS}$`, 'u').test(text) && plain.includes('@')) {
    draft.email = plain;
    return undefined;
  }
  if (slot === 'in') {
    const status = statusNamed(plain, context);
    if (status) draft.status = status;
    return status ? undefined : refusal('field', `I do not know what "${short(plain)}" is: please name the field.`);
  }
  if (slot === 'from') return isSourceWord(plain) ? void (draft.source = plain) : company(text, draft, frame);
  const amount = amountAt(text, frame.habits);
  const isPhone = isPhoneText(plain) && (/^\+|^0|^\(/.test(plain) || plain.replace(/\D/g, '').length > 8);
  if (isPhone && draft.phone === undefined) return void (draft.phone = plain);
  if (amount?.end === text.length && /\d|\p{Sc}|hundred|thousand|million|billion/iu.test(text) && draft.value === undefined) {
    const assignment = assignmentOf('value', text, frame);
    if (assignment.kind === 'refused') return assignment;
    if (assignment.kind === 'field' && assignment.change.field === 'value') draft.value = assignment.change.value ?? undefined;
    return undefined;
  }
  if (draft.name === undefined) return named(text, draft, frame);
  return leftover(text, draft, frame);
}

/** Names may be followed by an address, a number or an amount without any comma. */
function named(text: string, draft: Draft, frame: Frame): Refusal | undefined {
  const bracketed = /^(?<name>[^()]+?)\s*\((?<company>[^()]+)\)\s*(?<rest>\S.*)$/u.exec(text)?.groups;
  if (bracketed)
    return named(`${bracketed.name} (${bracketed.company})`, draft, frame) ?? place('positional', bracketed.rest, draft, frame);
  const tail = new RegExp(`^(?<name>.+?)\\s+(?<rest>(?:${ADDRESS}|\\+?\\(?\\d|\\p{Sc}\\s?\\d|[A-Z]{3} ?\\d).*)$`, 'u').exec(text)?.groups;
  const bracket = /^(?<name>[^()]+?)\s*\((?<company>[^()]+)\)?$/u.exec(text)?.groups;
  const name = frame.mask
    .plain(tail?.name ?? bracket?.name ?? text)
    .replace(/^(?:called|named)\s+/i, '')
    .trim();
  const isGood = isQuoted(tail?.name ?? text) || (isNameLike(name) && !/^\d/.test(name) && !/\S\s\S+\sand\s\S+\s\S/i.test(name));
  if (!isGood || draft.name !== undefined)
    return refusal('missing', `I do not understand "${short(frame.mask.plain(text))}" as part of a new lead.`);
  if (name.length > 200) return refusal('too-long', 'The name may have 200 characters at most.');
  draft.name = name;
  if (tail)
    return tail.rest
      .split(/\s+(?=[\uF000-\uF8FF])|(?<=[\uF000-\uF8FF])\s+/u)
      .map((rest) => place('positional', rest, draft, frame))
      .find((one) => one !== undefined);
  if (!bracket) return undefined;
  const isContact = new RegExp(`^${ADDRESS}$`, 'u').test(bracket.company.trim()) || isPhoneText(bracket.company.trim());
  return isContact ? place('positional', bracket.company.trim(), draft, frame) : company(bracket.company, draft, frame);
}

function leftover(text: string, draft: Draft, frame: Frame): Refusal | undefined {
  const { mask, context } = frame;
  const plain = mask.plain(text);
  const status = statusNamed(plain, context);
  if (status && draft.status === undefined) return void (draft.status = status);
  if (isQuoted(text) && draft.notes === undefined) return void (draft.notes = plain);
  if (draft.company === undefined) return company(text, draft, frame);
  if (isSourceWord(plain) && draft.source === undefined) return void (draft.source = plain);
  const owner = ownerNamed(plain, context);
  if (owner && draft.owner === undefined) return void (draft.owner = owner);
  return refusal('field', `I do not know what "${short(plain)}" is: please name the field.`);
}

function company(given: string, draft: Draft, frame: Frame): Refusal | undefined {
  const text = given.replace(/^(?:the )?company\s+(?:called |named )?(?=\S)/i, '');
  const tail = new RegExp(`^(?<name>.+?)\\s+(?<rest>${ADDRESS}|\\p{Sc}\\s?\\d.*|\\+\\d.*)$`, 'u').exec(text)?.groups;
  const name = frame.mask.plain(tail?.name ?? text);
  const isGood = new RegExp(QUOTED).test(text) || (name.length <= 200 && /[\p{L}\p{N}]/u.test(name) && name.split(/\s+/).length <= 8);
  if (!isGood || draft.company !== undefined) return refusal('field', `I do not know what "${short(name)}" is: please name the field.`);
  draft.company = name;
  return tail ? place('positional', tail.rest, draft, frame) : undefined;
}
