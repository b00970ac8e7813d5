import type { Command, FieldChange, FieldName, OwnerChoice } from './command.js';
import { refusal, tagAssignment } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { fieldNamed, withFieldsCorrected } from './lead-fields.js';
import { ownerNamed, ownerRefusal } from './members.js';
import { changed, type Target, targetIn } from './targets.js';
import { bestOf } from './change-rules.js';

const TAG = '(?:tags?|labels?)';
const ADDED = [
  `^(?:tag|label|mark) (?<who>.+?) (?:as|with|by|:)(?: (?:the |a )?${TAG}:?)? (?<tags>.+)$`,
  `^(?:add|put|attach|apply|give) (?:the |a |an |new )*${TAG}:? (?<tags>.+) (?:to|on|for|onto) (?<who>.+)$`,
  `^(?:add|put|attach|apply|stick) (?:the |a |an )?(?<tags>[^\\s']+(?: and [^\\s']+)?) ${TAG} (?:to|on|for|onto) (?<who>.+)$`,
  `^(?:give|add to) (?<who>.+?) (?:the |a )?${TAG}:? (?<tags>.+)$`,
  `^(?:give|add to) (?<who>.+?) (?:the |a |an )(?<tags>\\S+) ${TAG}$`,
  `^tag (?<who>.+) (?<tags>#?[\\p{L}\\p{N}_\\uE000-\\uEFFF-]+)$`,
];
const REMOVED = [
  `^(?:remove|delete|drop|take|take off|take away|strip|clear) (?:the |a )?${TAG}:? (?<tags>.+) (?:from|of|off|on) (?<who>.+)$`,
  `^(?:remove|delete|drop|take|take off|take away|strip|clear) (?:the |a )?(?<tags>\\S+) ${TAG} (?:from|of|off|on) (?<who>.+)$`,
  `^(?:remove|delete|drop) (?<who>.+?)(?:'s|') (?:${TAG}:? (?<tags>.+)|(?<tags2>\\S+) ${TAG})$`,
  `^(?:remove|delete|drop|take) (?:the )?(?<tags>.+) from (?<who>.+?)(?:'s|') ${TAG}$`,
  `^untag (?<tags>\\S+) from (?<who>.+)$`,
  `^untag (?<who>.+?)(?: as| from|:)? (?<tags>#?[\\p{L}\\p{N}_\\uE000-\\uEFFF-]+)$`,
];

/** Adds and removes tags. */
export const tagRule: Rule = (text, frame) => {
  const isLabel = !/^mark /i.test(text) || new RegExp(`\\b${TAG}\\b`, 'iu').test(text);
  const added = isLabel ? ADDED.map((form) => tagged(text, { form, mode: 'add' }, frame)) : [];
  return bestOf([...added, ...REMOVED.map((form) => tagged(text, { form, mode: 'remove' }, frame))]);
};

function tagged(text: string, { form, mode }: { form: string; mode: 'add' | 'remove' }, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, frame.pattern(form));
  const tags = groups?.tags ?? groups?.tags2;
  const target = groups?.who && tags ? targetIn(groups.who, frame) : undefined;
  if (!target || tags === undefined || /^(?:as|with|from|the|an?|all|all the|any|every|my|his|her|their|its)$/i.test(tags))
    return undefined;
  const assignment = tagAssignment(tags, mode, frame);
  return assignment.kind === 'field' ? [changed(target, [assignment.change])] : undefined;
}

const TO_MEMBER = `^(?:assign|reassign|give|hand|hand over|transfer|pass|allocate|delegate|move)(?: (?:the )?(?:owner|ownership) (?:of|for))? (?<who>.+?) (?:over )?to (?<member>[^,;]+)$`;
const MEMBER_FORMS = [
  `^(?:make|set|put|name|appoint|declare) (?<member>.+?) (?:as |be |to be )?(?:the )?(?:new )?(?:owner|in charge|responsible)(?: person)? (?:of|for|on) (?<who>.+)$`,
  `^(?:make|set) (?<member>.+?) (?<who>.+?)(?:'s|') (?:new )?owner$`,
  `^(?<who>.+?) (?:belongs to|goes to|is owned by|should belong to|should go to|is now owned by|is assigned to|should be assigned to) (?<member>.+?)(?: now)?$`,
  `^(?<member>.+?) (?:owns|now owns|takes over|will take over|takes|should own|is responsible for|is the owner of|is now the owner of|takes care of) (?<who>.+?)(?: now)?$`,
  `^(?:let) (?<member>.+?) (?:own|handle|take|take over|have) (?<who>.+)$`,
];

/** Puts somebody in charge: "assign John to Ann", "make Tom the owner of Acme". */
export const ownerRule: Rule = (text, frame) => {
  const given = owned(text, TO_MEMBER, frame);
  const isAssign = /^(?:assign|reassign|delegate|allocate)\b/i.test(text);
  if (given && (isAssign || given.every(({ kind }) => kind !== 'refused')))
    return given[0].kind === 'refused' ? (swapped(text, frame) ?? given) : given;
  const unassigned = groupsOf(text, /^unassign (?<who>.+?)(?: from .+)?$/iu);
  const target = unassigned?.who ? targetIn(unassigned.who, frame) : undefined;
  if (target) return [changed(target, [ownerChange({ kind: 'nobody' })])];
  return MEMBER_FORMS.map((form) => owned(text, form, frame)).find((one) => one?.every(({ kind }) => kind !== 'refused'));
};

/** "assign Ann to John Smith": the member came first. */
function swapped(text: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, /^(?:assign|reassign) (?<member>.+?) to (?<who>.+)$/iu);
  const owner = groups?.member ? ownerNamed(groups.member, frame.context) : undefined;
  const target = owner && groups?.who ? targetIn(groups.who, frame) : undefined;
  return owner && target ? [changed(target, [ownerChange(owner)])] : undefined;
}

function owned(text: string, form: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, frame.pattern(form));
  const target = groups?.who && groups.member ? targetIn(groups.who, frame) : undefined;
  if (!target || !groups?.member) return undefined;
  const owner = ownerNamed(frame.mask.plain(groups.member), frame.context);
  return owner ? [changed(target, [ownerChange(owner)])] : [ownerRefusal(frame.mask.plain(groups.member), frame.context)];
}

function ownerChange(value: OwnerChoice): FieldChange {
  return { field: 'owner', value };
}

const EMPTYING = '(?:clear|remove|delete|erase|empty|wipe|reset|blank|unset|drop|take out|forget|get rid of)';
const FIELDS = '(?<fields>FIELD(?:\\s*(?:,|and|&)\\s*(?:the |his |her |their |its )?FIELD)*)';
const CLEARED = [
  `^${EMPTYING} (?:out )?(?:the |a |any |all )*${FIELDS} (?:of|from|for|on|in) (?<who>.+)$`,
  `^${EMPTYING} (?:out )?(?<who>his|her|their|its) ${FIELDS}$`,
  `^${EMPTYING} (?:out )?(?<who>.+?)(?:'s|') ${FIELDS}$`,
  `^(?:set|make|leave) (?<who>.+?)(?:'s|') ${FIELDS} (?:to )?(?:empty|nothing|blank|null|none)$`,
  `^${EMPTYING} (?:out )?(?<who>.+) ${FIELDS}$`,
];

/** Empties fields: "remove John's phone", "clear the notes of Acme". */
export const clearRule: Rule = (given, frame) => {
  for (const text of new Set([given, withFieldsCorrected(`${given} `).trim()])) {
    for (const form of CLEARED) {
      const groups = groupsOf(text, frame.pattern(form));
      const who = groups?.who && ({ his: 'him', her: 'her', their: 'them', its: 'it' }[groups.who.toLowerCase()] ?? groups.who);
      const target = who ? targetIn(who, frame) : undefined;
      if (target && groups?.fields) return cleared(target, groups.fields, frame);
    }
  }
  return undefined;
};

function cleared(target: Target, words: string, { context }: Frame): readonly Command[] | undefined {
  const fields = words.split(/\s*(?:,|\band\b|&)\s*(?:the |his |her |their |its )?/iu).map((word) => fieldNamed(word, context));
  const changes = fields.map((field) => (field === undefined ? undefined : emptied(field)));
  if (changes.includes('never')) return [refusal('missing', 'The name and the status of a lead can be changed but not removed.')];
  const known = changes.filter((change) => change !== undefined && change !== 'never');
  return known.length === changes.length ? [changed(target, known)] : undefined;
}

function emptied(field: FieldName): FieldChange | 'never' {
  if (field === 'name' || field === 'status') return 'never';
  if (field === 'tags') return { field, mode: 'replace', value: [] };
  if (field === 'owner') return ownerChange({ kind: 'nobody' });
  if (field === 'value') return { field, value: null };
  if (field === 'company' || field === 'email' || field === 'phone' || field === 'notes' || field === 'source')
    return { field, value: null };
  return { field: 'custom', key: field.slice('custom:'.length), value: null };
}
