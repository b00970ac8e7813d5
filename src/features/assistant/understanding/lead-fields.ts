import { foldText } from '../../../shared/text.js';
import type { DialogueContext, FieldName } from './command.js';
import { correctedWord } from './typing-errors.js';

const WORDS = {
  name: 'name|full name',
  company: 'company|company name|organisation|organization|employer|firm|business',
  email: 'email|e-mail|mail|email address|e-mail address|mail address|email adress|e mail',
  phone:
    'phone|phone number|telephone|telephone number|number|mobile|mobile number|mobile phone|cell|cell number|cell phone|tel|contact number|phone no',
  value: 'value|amount|deal size|deal value|deal amount|deal worth|worth|budget|price|revenue|size|potential|estimated value|lead value',
  notes: 'notes|note|comment|comments|remarks|remark|description',
  source: 'source|lead source|origin|channel',
  tags: 'tags|tag|label|labels',
  owner: 'owner|lead owner|responsible|assignee|account manager|sales rep|salesperson|responsible person',
  status: 'status|stage|column|state|phase|pipeline stage|lead status|pipeline status|step',
} as const;

const BY_WORD = new Map(
  (Object.entries(WORDS) as [keyof typeof WORDS, string][]).flatMap(([field, words]) =>
    words.split('|').map((word) => [word, field] as const),
  ),
);
const SINGLE = [...BY_WORD.keys()].filter((word) => /^[a-z]{4,}$/.test(word));

const longestFirst = (words: readonly string[]): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replaceAll(' ', '\\s+'))
    .join('|');

/** Source of a regular expression for the words of every field, custom ones too: for the flags `iu`. */
export function fieldPattern({ customFields }: DialogueContext): string {
  const custom = customFields.filter((key) => /^[\p{L}\p{N}_ -]{2,60}$/u.test(key)).flatMap((key) => [key, key.replace(/[_-]+/g, ' ')]);
  return `(?:${longestFirst([...BY_WORD.keys(), ...custom])})(?![\\p{L}\\p{N}_])`;
}

/** The field a word stands for. */
export function fieldNamed(text: string, { customFields }: DialogueContext): FieldName | undefined {
  const word = foldText(text);
  const spaced = (key: string): string => foldText(key).replace(/[_-]+/g, ' ');
  // The organization's own word for a field comes before ours.
  const custom = customFields.find((key) => spaced(key) === word.replace(/[_-]+/g, ' '));
  if (custom !== undefined && !BY_WORD.has(word)) return `custom:${custom}`;
  return BY_WORD.get(word);
}

/** A text whose misspelt field words are put right where a field is due: behind a possessive or before "to", "is", "of", ":" and the like. */
export function withFieldsCorrected(text: string): string {
  return text
    .replace(/(?<=(?:'s|s'|\b(?:his|her|their|its|the|an?|new)) )(\p{Ll}{4,12})(?= |$|[:=])/gu, fixed)
    .replace(/(?<= )(\p{Ll}{4,12})(?= (?:to|is|of|for|as|from|should|number|address)\b|\s*[:=])/gu, fixed);
}

function fixed(word: string): string {
  return BY_WORD.has(word) ? word : (correctedWord(word, SINGLE) ?? word);
}
