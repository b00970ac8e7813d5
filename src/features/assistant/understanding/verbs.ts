import { correctedWord } from './typing-errors.js';

/** Alternatives for regular expressions. */
export const DELETE = 'delete|remove|erase|trash|discard|purge|bin|wipe|eliminate|scrap|get rid of|throw away|throw out|drop';
export const MOVE =
  'reopen|move|put|shift|push|transfer|drag|switch|bring|advance|promote|place|send|return|progress|bump|demote|take|change|update|set|pull|reassign';
export const MARK = 'mark|flag|set|change|update|count|treat|declare|make|close|put|move|switch|turn|record|classify|categori[sz]e|label';
export const SET =
  'set|change|update|edit|modify|correct|fix|adjust|alter|amend|make|put|raise|increase|lower|reduce|decrease|revise|bump|switch|replace|reset|enter|write|save|record';
export const CREATE =
  'create|add|make|register|insert|enter|open|set up|start|save|put in|put|new|record|capture|log|onboard|generate|store';

const HEADS =
  'delete remove erase trash discard purge wipe eliminate scrap throw move shift push transfer drag switch bring advance promote place send return progress mark flag change update edit modify correct adjust alter amend make raise increase lower reduce decrease revise replace reset enter write save record create register insert open start capture assign reassign unassign rename untag find search look locate show display view list count total remind schedule follow clear empty leave undo revert reopen cancel confirm close give tell attach append note comment help'.split(
    ' ',
  );
const SHORT_HEADS =
  'add put set tag get log new sum win use hand pass fix plan book call drop bin let who how what do is are tags task tell sort'.split(' ');
const GERUNDS: Readonly<Record<string, string>> = Object.fromEntries(
  [...HEADS, 'add', 'tag', 'log', 'call', 'book', 'plan', 'drop', 'put', 'set', 'get'].flatMap((verb) => {
    const stem = verb.replace(/e$/, '');
    return [`${stem}ing`, `${verb}ing`, `${verb}${verb.at(-1)}ing`].map((form) => [form, verb]);
  }),
);
const KNOWN: ReadonlySet<string> = new Set([...HEADS, ...SHORT_HEADS]);
const AS_TYPED: ReadonlySet<string> = new Set(
  'not nor never dont cannot cant wont but for may might must maybe why yet now new nice one only once off our own let lets any all and are was has had the this there here where what when which whose them then this that these those with from into over under have should would could shall does john james leads lead deals deal mean more most some such same note notes name value email phone owner source status stage yes yeah sure okay please thanks hello'.split(
    ' ',
  ),
);

/** The text with its first word as the verb it is: "delte John" and "deleting John" are "delete John". Names are left alone. */
export function withVerbCorrected(text: string): string {
  const match = /^(?<word>\p{L}{3,14})(?=$|[\s:,])(?!'s)/u.exec(text);
  const word = match?.groups?.word;
  if (word === undefined) return text;
  const lower = word.toLowerCase();
  if (KNOWN.has(lower) || AS_TYPED.has(lower)) return text;
  const verb = GERUNDS[lower] ?? correctedWord(lower, HEADS);
  return verb === undefined ? text : verb + text.slice(word.length);
}

/** True for a text that begins with a verb of the grammar, exactly spelt. */
export function beginsWithVerb(text: string): boolean {
  const word = /^(?<word>\p{L}+)/u.exec(text)?.groups?.word.toLowerCase();
  return word !== undefined && (KNOWN.has(word) || GERUNDS[word] !== undefined);
}
