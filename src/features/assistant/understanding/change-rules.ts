import type { Command, FieldChange, FieldName } from './command.js';
import { type Assignment, assignmentOf, refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { fieldNamed, withFieldsCorrected } from './lead-fields.js';
import { isSourceWord } from './sources.js';
import { changed, moved, type Target, targetIn } from './targets.js';
import { SET } from './verbs.js';

const ART = '(?:(?:the|his|her|their|its|a|an|new|current|correct|right) )*';
/** Without a name it is about the lead spoken of. */
const WITHOUT_LEAD = `^(?:${SET}) (?:(?<who>his|her|their|its|the) )?(?:new )?(?<field>FIELD) (?:from (?<old>.+?) to|to be|to|as|into|at|with|is|=|:) (?<value>.+)$`;
/** Forms of "set a field of a lead to a value", the most telling first. */
const FORMS = [
  `^(?:${SET}) ${ART}(?<field>FIELD) (?:of|for|on|in) (?<who>.+?) (?:from (?<old>.+?) to|to be|to|as|into|at|with|=|:) (?<value>.+)$`,
  `^(?:${SET}) ${ART}(?<field>FIELD) (?:of|for|on) (?<who>[^:=]+?)\\s*[:=]\\s*(?<value>.+)$`,
  `^(?:${SET}) ${ART}(?<field>FIELD)(?: from (?<old>.+?))?(?: to be\\b| to\\b| as\\b| =|:) ?(?<value>.+) (?:for|of|on) (?<who>.+?)$`,
  `^(?:${SET}|give|mark|record) (?<who>.+?)(?:'s|'|) ${ART}(?<field>FIELD) (?:from (?<old>.+?) to|to be|to|as|into|at|with|is|by|=|:) (?<value>.+)$`,
  `^(?:${SET}) (?<who>.+?)(?:'s|') ${ART}(?<field>FIELD)\\s*[:=]?\\s*(?<value>.+)$`,
  `^(?:add|attach|append|put|save|record|enter|set|write|store|note|register|log)(?: down)? ${ART}(?<field>FIELD)(?: address| of|:)? (?<value>.+) (?:to|for|on|of|into) (?<who>.+?)(?:'s (?:lead|record|card|profile|contact))?$`,
  `^(?:add|save|use|record|put|set|enter|store|register|note)(?: down)? (?<value>.+?) (?:as|for) ${ART}(?<field>FIELD) (?:of|for|to|on) (?<who>.+)$`,
  `^(?:add|save|use|record|put|set|enter|store|register|note)(?: down)? (?<value>.+?) (?:as|for) (?<who>.+?)(?:'s|') (?:new )?(?<field>FIELD)$`,
  `^(?:add|save|use|record|put|set|enter|store) (?<value>.+?) (?:as|for) (?<who>his|her|their|its) (?:new )?(?<field>FIELD)$`,
  `^(?:give|assign) (?<who>.+?) ${ART.replace(')*', ')+')}(?<field>FIELD)(?: of|:| =)? (?<value>.+)$`,
  `^(?:add|set) (?<who>.+?)(?:'s|') (?<field>FIELD) (?:as|to|is|:)? ?(?<value>.+)$`,
  WITHOUT_LEAD,
];
/** The same told as a fact: "John's new number is ...". */
const FACTS = [
  `^(?<who>.+?)(?:'s|') ${ART}(?<field>FIELD) (?:is now|is|are|should be|should read|must be|has to be|needs to be|was changed to|has changed to|changed to|will be|equals|=|->|:|to|became|has become) (?:now |actually )?(?<value>.+)$`,
  `^(?<who>his|her|their|its) ${ART}(?<field>FIELD) (?:is now|is|are|should be|must be|has changed to|changed to|will be|=|:|to|became) (?:now |actually )?(?<value>.+)$`,
  `^(?:the )?${ART}(?<field>FIELD) (?:of|for) (?<who>.+?) (?:is now|is|are|should be|must be|has changed to|changed to|will be|=|:) (?:now |actually )?(?<value>.+)$`,
  `^(?<who>.+?) (?:has|got|uses) ${ART.replace(')*', ')+')}(?<field>FIELD)(?: of|:|,| now| which is| namely)? (?<value>.+)$`,
];
/** Without a verb only where the value proves itself: an address, a number, an amount. */
const BARE = [
  `^(?:(?:${SET}) )?(?<who>.+?)(?:'s)?[,:]? (?<field>FIELD)\\s*[:=]?\\s*(?<value>.+)$`,
  `^(?:${SET}) ${ART}(?<field>FIELD)(?: of| for)? (?<who>.+?) (?<value>[\\uF000-\\uF8FF]|\\+?\\(?\\d.*|\\p{Sc}.+|[A-Z]{3} \\d.*)$`,
];
const PROVEN: ReadonlySet<string> = new Set(['email', 'phone', 'value']);

const POSSESSIVE: Readonly<Record<string, string>> = { his: 'him', her: 'her', their: 'them', its: 'it', the: 'it' };

/** Sets a field, or several: "set John's value to 5k", "change her e-mail and phone", "update Acme with ...". */
export const setRule: Rule = (text, frame) => calculated(text) ?? bestOf([attempt(text, frame), attemptCorrected(text, frame)]);

function calculated(text: string): readonly Command[] | undefined {
  const isSum =
    /^(?:double|triple|halve)\b|^(?:increase|raise|reduce|lower|decrease|bump|cut|add|subtract)\b.*\b(?:by|to the value|from the value)\b/iu.test(
      text,
    );
  return isSum ? [refusal('amount', 'I can set a value but not calculate with it: please say what the new value is.')] : undefined;
}

function attemptCorrected(text: string, frame: Frame): readonly Command[] | undefined {
  const corrected = withFieldsCorrected(text);
  return corrected === text ? undefined : attempt(corrected, frame);
}

function attempt(text: string, frame: Frame): readonly Command[] | undefined {
  return bestOf([
    ...FORMS.map((form) => filled(text, form, frame)),
    updated(text, frame),
    worth(text, frame),
    renamed(text, frame),
    ...FACTS.map((form) => aboutOne(filled(text, form, frame))),
    bare(text, frame),
  ]);
}

/** The first reading without a refusal, else the first at all. */
export function bestOf(readings: readonly (readonly Command[] | undefined)[]): readonly Command[] | undefined {
  return readings.find((one) => one && !one.some(({ kind }) => kind === 'refused')) ?? readings.find((one) => one !== undefined);
}

function filled(text: string, form: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, frame.pattern(form));
  const { field: word, who, value, old } = groups ?? {};
  const field = word === undefined ? undefined : fieldNamed(word, frame.context);
  if (field === undefined || value === undefined || (who === undefined && form !== WITHOUT_LEAD)) return undefined;
  // Behind "for" there may be a name that was not understood.
  if (who === undefined && /\s(?:for|of|on)\s/iu.test(value)) return undefined;
  // "set the value to 5k" is about the lead spoken of.
  const target = targetIn(who === undefined ? 'it' : (POSSESSIVE[who.toLowerCase()] ?? who), frame);
  if (!target) return undefined;
  if (old !== undefined && target.kind === 'many')
    return [refusal('field', 'Please say which leads in words I know, for example: all leads with source event.')];
  return done(target, [{ field, value }], frame);
}

/** What is told of many leads describes which are meant ("leads that came from ..."), and is no instruction. */
function aboutOne(commands: readonly Command[] | undefined): readonly Command[] | undefined {
  return commands?.some(({ kind }) => kind.startsWith('bulk-')) ? undefined : commands;
}

function bare(text: string, frame: Frame): readonly Command[] | undefined {
  const commands = bestOf([...BARE.map((form) => filled(text, form, frame)), labelled(text, frame)]);
  const isProven = commands?.every((one) => one.kind === 'set' && one.changes.every((change) => PROVEN.has(change.field)));
  return isProven ? commands : undefined;
}

/** "Email: x@y.z" alone, and "add x@y.z to John": one of the two is clear by itself. */
function labelled(text: string, frame: Frame): readonly Command[] | undefined {
  const label = groupsOf(text, frame.pattern(`^(?:the |his |her |their |its )?(?<field>FIELD)\\s*(?:[:=]|is)?\\s*(?<value>.+)$`));
  const field = label?.field === undefined ? undefined : fieldNamed(label.field, frame.context);
  const spokenOf = targetIn('it', frame);
  if (field !== undefined && label?.value && spokenOf) return done(spokenOf, [{ field, value: label.value }], frame);
  const contact = groupsOf(
    text,
    frame.pattern(`^(?:add|use|save|put|set|enter|record) (?<value>[\\uF000-\\uF8FF]|\\+[\\d\\s()./-]{6,40}) (?:to|for|on|of) (?<who>.+)$`),
  );
  const target = contact?.who ? targetIn(contact.who, frame) : undefined;
  if (!target || !contact?.value) return undefined;
  return done(target, [{ field: /^\+/.test(contact.value) ? 'phone' : 'email', value: contact.value }], frame);
}

interface Wanted {
  readonly field: FieldName;
  readonly value: string;
}

/** The commands for a target: one change of fields, and a move when the status is among them. */
function done(target: Target, given: readonly Wanted[], frame: Frame): readonly Command[] {
  const wanted = given.flatMap((one) => split(one, frame));
  const assignments: Assignment[] = wanted.map(({ field, value }) => assignmentOf(field, value, frame));
  const refused = assignments.find(({ kind }) => kind === 'refused');
  if (refused?.kind === 'refused') return [refused];
  const changes: FieldChange[] = assignments.flatMap((one) => (one.kind === 'field' ? [one.change] : []));
  const moves = assignments.flatMap((one) => (one.kind === 'status' ? [moved(target, one.status)] : []));
  return [...(changes.length > 0 ? [changed(target, changes)] : []), ...moves];
}

/** "x@y.z and phone to 123": a value that goes on with another field and its value. */
function split({ field, value }: Wanted, frame: Frame): Wanted[] {
  const more = frame
    .pattern(
      `^(?<value>.+?)(?:\\s*[,;]\\s*(?:and )?|\\s+(?:and|&|plus)\\s+)(?:change |set |update )?${ART}(?<field>FIELD)(?: to be\\b| to\\b| as\\b| is\\b| of\\b|:| =)? (?<rest>.+)$`,
    )
    .exec(value)?.groups;
  const next = more && fieldNamed(more.field, frame.context);
  if (!more || next === undefined) return [{ field, value }];
  return [{ field, value: more.value }, ...split({ field: next, value: more.rest }, frame)];
}

/** "update John: email x, phone y", "update John with value 5k". */
function updated(text: string, frame: Frame): readonly Command[] | undefined {
  const form = `^(?:update|change|edit|set|modify|fix|correct|amend|adjust) (?<who>.+?)(?:\\s*[:,–]|\\s+-|\\s+(?:with|so that|to have|using|by setting)) ${ART}(?<field>FIELD)(?: to be\\b| to\\b| as\\b| is\\b| of\\b|:| =)? ?(?<value>.+)$`;
  const groups = groupsOf(text, frame.pattern(form));
  const field = groups?.field && fieldNamed(groups.field, frame.context);
  const target = groups?.who && targetIn(groups.who, frame);
  return groups?.value && field && target ? done(target, [{ field, value: groups.value }], frame) : undefined;
}

/** An amount needs no word for its field: "set John to 5000 euros", "John is worth 5k". */
function worth(text: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(
    text,
    frame.pattern(
      `^(?:(?:${SET}|value|price|estimate) (?<who>.+?) (?:to|at|=|:|worth|to be worth) (?<value>.+)|(?<who2>.+?) (?:is|are|should be|must be|is now) (?:now )?(?:worth|valued at) (?:now )?(?<value2>.+))$`,
    ),
  );
  const [who, value, isSaid] = groups?.who2 ? [groups.who2, groups.value2, true] : [groups?.who, groups?.value, false];
  const target = who && value ? targetIn(who, frame) : undefined;
  if (!target || value === undefined) return undefined;
  const assignment = assignmentOf('value', value, frame);
  if (assignment.kind === 'refused' && !isSaid && !/\d/.test(value)) return undefined;
  return assignment.kind === 'field' ? [changed(target, [assignment.change])] : assignment.kind === 'refused' ? [assignment] : undefined;
}

function renamed(text: string, frame: Frame): readonly Command[] | undefined {
  const rename = groupsOf(text, /^rename (?<who>.+?) (?:to|as|into) (?<value>.+)$/iu);
  const called = groupsOf(text, /^(?<who>.+?) (?:is|should be) (?:now |actually )?(?:called|named) (?<value>.+?)(?: now)?$/iu);
  const work = groupsOf(text, /^(?<who>.+?) (?:now )?works (?:now )?(?:at|for) (?<value>.+?)(?: now)?$/iu);
  const found = rename ?? called ?? work ?? cameFrom(text);
  const target = found?.who ? targetIn(found.who, frame) : undefined;
  if (!target || !found?.value || (target.kind === 'many' && !rename)) return undefined;
  if (target.kind === 'many') return [refusal('too-many', 'Only one lead at a time can be renamed.')];
  return done(target, [{ field: (rename ?? called) ? 'name' : work ? 'company' : 'source', value: found.value }], frame);
}

function cameFrom(text: string): Readonly<Record<string, string | undefined>> | undefined {
  const groups = groupsOf(text, /^(?<who>.+?) (?:came|comes) (?:to us )?(?:from|via|through) (?:the |a |an )?(?<value>.+)$/iu);
  return groups?.value && isSourceWord(groups.value) ? groups : undefined;
}
