import { type Command, type DialogueContext, isChange, type Reference, type Understood, type UnknownReason } from './command.js';
import { clausesIn } from './clauses.js';
import { choiceByPlace, choiceByText, dialogueCommand } from './dialogue-rules.js';
import { frameOf } from './frame.js';
import { maskText } from './masked-text.js';
import { sentencesOf } from './sentences.js';
import { opened } from './openings.js';
import { beginsWithVerb, withVerbCorrected } from './verbs.js';
import { mentionIn } from './mentions.js';

/** Longer messages are refused as they are; a note may have 10,000 characters. */
const LONGEST = 16_000;
const LONGEST_ANSWER = 100;
const MOST_COMMANDS = 50;

/**
 * Says what a message asks for, without any model: the same message in the same conversation always means the same. When in doubt nothing is
 * changed. A question, a negation or a condition never is a change, and what is quoted never is an instruction.
 */
export function understand(text: string, context: DialogueContext): Understood {
  if (text.length > LONGEST) {
    const message = `The message is too long: ${LONGEST} characters are read at most.`;
    return { commands: [{ kind: 'refused', why: 'too-long', message }], readings: [] };
  }
  const mask = maskText(text);
  const masked = mask.text.trim();
  if (!/[\p{L}\p{N}\uE000-\uF8FF?]/u.test(masked)) return { commands: [unknown('', 'empty')], readings: [] };
  const readings: string[] = [];
  const frame = frameOf(context, mask, (reading) => readings.push(reading));
  const answer = answered(masked, context);
  if (answer) return { commands: [answer], readings };
  const sentences = sentencesOf(masked);
  if (!sentences) return { commands: [tooMany()], readings };
  const commands = clausesIn(sentences, frame);
  const choice = context.candidates && mayChoose(masked, commands) ? choiceByText(masked, frame) : undefined;
  if (choice) return { commands: [{ kind: 'choose', choice }], readings: [] };
  if (commands.length > MOST_COMMANDS) return { commands: [tooMany()], readings: [] };
  const safe = withReferences(withoutLooseEnds(commands, masked));
  return { commands: safe, readings: safe.some(({ kind }) => kind !== 'unknown') ? [...new Set(readings)] : [] };
}

function answered(masked: string, context: DialogueContext): Command | undefined {
  if (masked.length > LONGEST_ANSWER) return undefined;
  const choice = context.candidates ? choiceByPlace(masked) : undefined;
  if (choice) return { kind: 'choose', choice };
  return dialogueCommand(masked, context);
}

/** "The one from Acme" could be a list, were it not for the question that it answers; "list leads from Acme" is none. */
function mayChoose(masked: string, commands: readonly Command[]): boolean {
  const isNothingElse = commands.every(({ kind }) => kind === 'unknown' || kind === 'find');
  return isNothingElse || (commands.every(({ kind }) => kind === 'list' || kind === 'show') && !beginsWithVerb(masked.toLowerCase()));
}

function tooMany(): Command {
  return { kind: 'refused', why: 'too-many', message: 'These are too many instructions for one message; please send them in parts.' };
}

function unknown(text: string, why: UnknownReason): Command {
  return { kind: 'unknown', text, why, suggestions: [] };
}

/**
 * Behind something that was not understood "him" may be somebody else: "I met Jane. Move her to won" is about Jane, whoever was spoken of
 * before. With one name in that sentence it is this one, otherwise nobody is changed.
 */
function withoutLooseEnds(commands: readonly Command[], masked: string): Command[] {
  const result: Command[] = [];
  let isLoose = false;
  let mention: Reference | undefined;
  for (const command of commands) {
    if (command.kind === 'unknown' || command.kind === 'refused') {
      isLoose = true;
      mention = command.kind === 'unknown' && isTalk(command) ? mentionIn(command.text) : undefined;
      result.push(command);
    } else if (isLoose && isChange(command) && leansOnBefore(command)) {
      result.push(
        mention && 'who' in command && command.who ? { ...command, who: mention } : unknown(masked.slice(0, LONGEST_ANSWER), 'unclear'),
      );
    } else {
      isLoose = isLoose && !('who' in command && command.who !== null);
      result.push(command);
    }
  }
  // Talk around an instruction needs no answer of its own.
  const isTalkOnly = (command: Command): boolean => (command.kind === 'unknown' ? isTalk(command) : command.kind === 'small-talk');
  const told = result.filter((command) => !isTalkOnly(command));
  return told.length > 0 ? told : result.slice(0, 1);
}

/**
 * "Move Jane to won and delete her": the second is about Jane as well when no Jane is found, and never about whoever was spoken of before.
 * After a lead was made or renamed the pronoun stays, because the name may be another one's, too.
 */
function withReferences(commands: readonly Command[]): Command[] {
  let named: Reference | undefined;
  return commands.map((command) => {
    const isPronoun = 'who' in command && command.who?.kind === 'pronoun';
    if (isPronoun && named) return { ...command, who: named };
    if (!isPronoun) named = namedBy(command);
    return command;
  });
}

function namedBy(command: Command): Reference | undefined {
  if (command.kind === 'find')
    return command.text.includes('@') ? { kind: 'email', text: command.text } : { kind: 'name', text: command.text };
  const isRenamed = command.kind === 'set' && command.changes.some(({ field }) => field === 'name');
  return 'who' in command && command.who && !isRenamed ? command.who : undefined;
}

/** A sentence that begins like an instruction is told apart: it was meant as one, and nothing came of it. */
function isTalk({ why, text }: Extract<Command, { kind: 'unknown' }>): boolean {
  return (
    (why === 'not-understood' || why === 'negation') &&
    !beginsWithVerb(withVerbCorrected(opened(text).text)) &&
    !/^(?:please )?(?:don'?t|do not|never)\b/iu.test(text)
  );
}

function leansOnBefore(command: Command): boolean {
  if ('who' in command) return command.who?.kind === 'pronoun';
  return (
    'which' in command &&
    (command.which.kind === 'listed' || (command.which.kind === 'several' && command.which.who.some(({ kind }) => kind === 'pronoun')))
  );
}
