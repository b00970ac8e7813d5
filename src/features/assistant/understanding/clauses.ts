import { type Command, isChange, type UnknownReason } from './command.js';
import { setRule } from './change-rules.js';
import { createLeadRule, createRule } from './create-rules.js';
import { dialogueCommand, repeatsPlan } from './dialogue-rules.js';
import type { Frame, Rule } from './frame.js';
import { deleteRule, moveRule } from './move-rules.js';
import { mentionIn } from './mentions.js';
import { freeTextOf, negates } from './negation.js';
import { noteRule } from './note-rules.js';
import { opened } from './openings.js';
import { referenceIn } from './references.js';
import { countRule, findRule, listRule, showRule } from './read-rules.js';
import { clearRule, ownerRule, tagRule } from './tag-owner-rules.js';
import { taskRule } from './task-rules.js';
import { beginsWithVerb, withVerbCorrected } from './verbs.js';

/** Content can be long, a sentence that is an instruction cannot. */
const LONGEST_CLAUSE = 600;
const LONGEST_ANSWER = 100;
const MOST_CUTS = 24;

const READING: readonly Rule[] = [countRule, listRule, showRule, findRule];
const CHANGING: readonly Rule[] = [
  noteRule,
  taskRule,
  tagRule,
  ownerRule,
  clearRule,
  createLeadRule,
  setRule,
  moveRule,
  deleteRule,
  createRule,
];
/** Between two instructions of a sentence; only a verb behind it makes it one. */
const CUT =
  /(?:\s*[,;]?\s+(?:and then|so please|so|and after that|after that|afterwards|and also|and finally|then|also|and|&|plus|but)\s+|\s*,\s+)(?=\S)/giu;
const YES_NO =
  /^(?<answer>yes|yep|yeah|yup|sure|ok|okay|no|nope|nah|confirm|cancel|never mind|nevermind)(?:[,.!:–-]+\s*|\s+(?:and|but|please|then)\s+|\s+)(?<rest>\S.*)$/isu;

/** The commands of a message, sentence by sentence. */
export function clausesIn(sentences: readonly string[], frame: Frame): Command[] {
  const commands: Command[] = [];
  for (let index = 0; index < sentences.length; index++) {
    const text = sentences[index];
    const answer = index === 0 || sentences.length === 1 ? answerAndMore(text, frame) : undefined;
    const own = answer ?? sentenceCommands(text, frame);
    const content = noteThatGoesOn(own, sentences.slice(index + 1), frame);
    if (content) return [...commands, ...content];
    commands.push(...own);
  }
  return settled(commands, frame);
}

/** A note is content to the end of the message, except for further sentences that are plainly instructions. */
function noteThatGoesOn(own: readonly Command[], rest: readonly string[], frame: Frame): Command[] | undefined {
  const last = own.at(-1);
  if (last?.kind !== 'add-note' || rest.length === 0) return undefined;
  const following = clausesIn(rest, frame);
  const isInstruction =
    following[0].kind !== 'unknown' && following[0].kind !== 'small-talk' && beginsWithVerb(withVerbCorrected(opened(rest[0]).text));
  if (isInstruction) return [...own, ...following];
  const text = `${last.text.replace(/(?<![.!?])$/, '.')} ${frame.mask.raw(rest[0])}`;
  const longer: Command[] = [...own.slice(0, -1), { ...last, text }];
  return rest.length === 1 ? longer : (noteThatGoesOn(longer, rest.slice(1), frame) ?? longer);
}

/** "Yes, and show me the rest", "no, move him to lost instead". */
function answerAndMore(text: string, frame: Frame): Command[] | undefined {
  const groups = text.length > LONGEST_CLAUSE ? undefined : YES_NO.exec(text)?.groups;
  if (!groups) return undefined;
  const rest = sentenceCommands(groups.rest, frame);
  if (rest.some(({ kind }) => kind === 'unknown')) return undefined;
  if (/^(?:no|nah|cancel|never)/i.test(groups.answer)) return frame.context.hasPendingPlan ? [{ kind: 'decline' }, ...rest] : rest;
  if (!frame.context.hasPendingPlan || /^(?:ok|okay|sure)$/i.test(groups.answer)) return rest;
  if (rest.length === 1 && repeatsPlan(rest[0], frame.context)) return [{ kind: 'confirm' }];
  // A yes with another change behind it may agree to that one only.
  return rest.some(isChange) ? [unknown(text, 'unclear')] : [{ kind: 'confirm' }, ...rest];
}

/** "Yes. Delete John." says the plan again; anything else keeps what was read. */
function settled(commands: readonly Command[], { context }: Frame): Command[] {
  const [first, second, ...more] = commands;
  const isRepeated = first?.kind === 'confirm' && second && more.length === 0 && context.hasPendingPlan && repeatsPlan(second, context);
  if (isRepeated) return [first];
  const isMixed = first?.kind === 'confirm' && context.hasPendingPlan && commands.slice(1).some(isChange);
  return isMixed ? [unknown('', 'unclear')] : [...commands];
}

function sentenceCommands(sentence: string, frame: Frame): Command[] {
  const commands: Command[] = [];
  let start = 0;
  const cuts = sentence.length > 4 * LONGEST_CLAUSE ? [] : [...sentence.matchAll(CUT)].slice(0, MOST_CUTS);
  for (const cut of cuts) {
    if (cut.index < start) continue;
    const left = sentence.slice(start, cut.index);
    const right = sentence.slice(cut.index + cut[0].length);
    if (!isCut(cut[0], left, right, frame)) continue;
    commands.push(...clauseCommands(left, frame));
    start = cut.index + cut[0].length;
  }
  return [...commands, ...clauseCommands(sentence.slice(start), frame)];
}

/** Two instructions only when both sides are one: "move John and Mark to won" is a single one, whatever "mark" can mean. */
function isCut(joint: string, left: string, right: string, frame: Frame): boolean {
  const { text } = opened(right);
  if (!beginsWithVerb(withVerbCorrected(text)))
    return /\bthen\b/i.test(joint) && isClear(left, frame) && isClear(right.split(CUT)[0] ?? right, frame);
  // A capital letter inside of a sentence is a name's: "and Mark Weber".
  if (/^\p{Lu}\p{Ll}/u.test(text) && /^\p{Ll}/u.test(left) && !/then/i.test(joint)) return false;
  if (opened(left).isConditional || !(isClear(left, frame) || isPreface(joint, left, text))) return false;
  const [piece, second] = pieces(right);
  const isGood = isUnderstood(piece, frame) || (second !== undefined && isUnderstood(second, frame)) || isUnderstood(right, frame);
  // What deletes is not cut off the end of a free text.
  const isContent =
    clauseCommands(left, frame).some(({ kind }) => kind === 'add-note') && /^(?:delete|remove|erase|drop|purge|trash)\b/i.test(text);
  return isGood && (!isContent || /then/i.test(joint));
}

/** "Jane signed today, move her to won": told about one person, and then what to do. What deletes needs more than a comma. */
function isPreface(joint: string, left: string, right: string): boolean {
  const told = opened(left);
  if (!/,/.test(joint) || told.isQuestion || told.isConditional || beginsWithVerb(withVerbCorrected(told.text))) return false;
  return (
    mentionIn(left) !== undefined &&
    !/^(?:don'?t|do not|never|not|no)\b/iu.test(told.text) &&
    !/^(?:delete|remove|erase|drop|purge|trash|get rid)\b/iu.test(right)
  );
}

/** Up to the next joint, and up to the one after it. */
function pieces(text: string): [string, string | undefined] {
  const [first, second] = text.matchAll(CUT);
  return [first ? text.slice(0, first.index) : text, second ? text.slice(0, second.index) : undefined];
}

function isUnderstood(text: string, frame: Frame): boolean {
  return clauseCommands(text, { ...frame, note: () => undefined }).every(({ kind }) => kind !== 'unknown');
}

function isClear(text: string, frame: Frame): boolean {
  return clauseCommands(text, { ...frame, note: () => undefined }).every(({ kind }) => kind !== 'unknown' && kind !== 'refused');
}

function clauseCommands(clause: string, frame: Frame): readonly Command[] {
  let read = frame.read.get(clause);
  if (!read) {
    const readings: string[] = [];
    read = { commands: readClause(clause, { ...frame, note: (reading) => readings.push(reading) }), readings };
    frame.read.set(clause, read);
  }
  read.readings.forEach(frame.note);
  return read.commands;
}

/** What one clause asks for; a question, a negation or a condition is never a change. */
function readClause(clause: string, frame: Frame): Command[] {
  const short = clause.length <= LONGEST_ANSWER ? dialogueCommand(clause, frame.context) : undefined;
  if (short) return [short];
  const { text: bare, isQuestion, isConditional } = opened(clause);
  if (bare === '') return [unknown(clause, 'empty')];
  const inner = bare.length <= LONGEST_ANSWER ? dialogueCommand(bare, frame.context) : undefined;
  if (inner && inner.kind !== 'confirm') return [inner];
  const text = withVerbCorrected(bare);
  // Asking about the assistant's abilities or what would happen is answered with what it can do, never by doing it.
  const rules = isQuestion ? [...READING, ...CHANGING] : startsReading(text) ? [...READING, ...CHANGING] : [...CHANGING, ...READING];
  const commands = text.length > LONGEST_CLAUSE ? noteRule(text, frame) : firstOf(rules, text, frame);
  if (!commands) {
    const told = isQuestion || isConditional ? undefined : topicCommands(text, frame);
    if (told) return told;
    const why = isQuestion ? 'question' : isConditional ? 'unclear' : negates(text, false) ? 'negation' : 'not-understood';
    return [unknown(frame.mask.raw(clause), why)];
  }
  const why = doubt(commands, { text, isQuestion, isConditional });
  return why ? [unknown(frame.mask.raw(clause), why)] : [...commands];
}

const TOPIC =
  /^(?:(?:for|to|regarding|about|as for|on|with|concerning) (?<who>.+?)(?:\s*[,:]\s*|\s+)|(?<name>[^:,]{2,80}?)\s*:\s*)(?<rest>(?:please )?(?:add|set|change|update|move|mark|put|write|leave|assign|schedule|clear)\s.+)$/isu;

/** "For Jane Smith add a note: ...", "John Smith: move to won": about whom comes first. */
function topicCommands(text: string, frame: Frame): Command[] | undefined {
  const groups = TOPIC.exec(text)?.groups;
  const who = groups && referenceIn(groups.who ?? groups.name, frame);
  if (!groups || !who) return undefined;
  const commands = clauseCommands(groups.rest, frame);
  const isAboutIt = commands.every((command) => 'who' in command && command.who?.kind === 'pronoun');
  return isAboutIt ? commands.map((command) => ({ ...command, who }) as Command) : undefined;
}

function startsReading(text: string): boolean {
  return (
    /^(?:show|list|find|search|look|locate|count|how|what|what's|which|who|who's|where|display|view|tell|give me|get|see|read|any|total|sum|number|sort|order)\b/iu.test(
      text,
    ) && !/^(?:give me a reminder|get rid)\b/i.test(text)
  );
}

/** The first rule that gives a command; one that can only say what is wrong waits whether another gives more. */
function firstOf(rules: readonly Rule[], text: string, frame: Frame): readonly Command[] | undefined {
  let refused: readonly Command[] | undefined;
  for (const rule of rules) {
    const notes: string[] = [];
    const commands = rule(text, { ...frame, note: (reading) => notes.push(reading) });
    if (!commands) continue;
    if (commands.every(({ kind }) => kind !== 'refused')) {
      notes.forEach(frame.note);
      return commands;
    }
    refused ??= commands;
  }
  return refused;
}

function doubt(
  commands: readonly Command[],
  { text, isQuestion, isConditional }: { text: string; isQuestion: boolean; isConditional: boolean },
): UnknownReason | undefined {
  const isReading = !commands.some((command) => isChange(command) || command.kind === 'refused');
  const frameText = freeTextOf(commands).reduce((rest, free) => rest.replace(free, ' '), text);
  if (isReading) return negates(frameText, true) ? 'negation' : undefined;
  if (isQuestion) return 'question';
  if (negates(frameText, false)) return 'negation';
  const isStillConditional = isConditional && opened(frameText).isConditional;
  return isStillConditional ? 'unclear' : undefined;
}

function unknown(text: string, why: UnknownReason): Command {
  return { kind: 'unknown', text: text.slice(0, 300), why, suggestions: [] };
}
