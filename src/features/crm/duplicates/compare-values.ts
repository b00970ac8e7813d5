import type { FieldValue, ValueKind } from './match-record.js';
import { editDistance, isTransposition, jaroWinkler, soundex, wordOverlap } from './text-distance.js';

/** Grades of agreement, best first; a missing value is no grade: it is no evidence at all. */
export const LEVELS = ['exact', 'close', 'similar', 'different'] as const;
export type Level = (typeof LEVELS)[number];

/** How the values agree: the grade and the words for it. */
export type Outcome = { level: Level; words: string };

const outcome = (level: Level, words: string): Outcome => ({ level, words });
export const SAME = outcome('exact', 'is the same');
export const DIFFERENT = outcome('different', 'is different');
export const SWAPPED = outcome('close', 'is in the other field, as if both were swapped');
export const REORDERED = outcome('close', 'has the same words in another order');
const ONE_LETTER = outcome('close', 'differs by one letter');
const TURNED_LETTERS = outcome('close', 'has two letters swapped');
const ONE_DIGIT = outcome('close', 'differs by one digit');
const TURNED_DIGITS = outcome('close', 'has two digits swapped');
const TURNED_DATE = outcome('close', 'has day and month swapped');
const SAME_LOCAL_PART = outcome('similar', 'has the same name at another domain');
const INITIAL = outcome('similar', 'is given as an initial on one side');
const SHORTENED = outcome('similar', 'is shortened on one side');
const SOUNDS_ALIKE = outcome('similar', 'sounds alike');
const SPELT_ALIKE = outcome('similar', 'is spelt alike');
const SHARES_WORDS = outcome('similar', 'shares most of its words');
const TWO_DIGITS = outcome('similar', 'differs by two digits');
const SAME_MONTH = outcome('similar', 'is in the same month');
export const SHARED_MAILBOX = outcome('similar', 'is the same, but a shared mailbox');

/** Mailboxes that belong to a role rather than to a person. */
export const ROLE_MAILBOX =
  /^(info|sales|contact|office|admin|hello|mail|support|service|help|team|enquir(y|ies)|inquir(y|ies)|billing|accounts?|accounting|invoices?|marketing|hr|jobs|careers|press|noreply|no-reply|kontakt|vertrieb|buero|verkauf|post|webmaster|postmaster)([+.\-_].*)?@/;

/** One word of a person's name against another. */
export function compareNameWords(a: string, b: string): Outcome {
  if (a === b) return SAME;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 1) return long.startsWith(short) ? INITIAL : DIFFERENT;
  if (isTransposition(a, b)) return TURNED_LETTERS;
  const distance = editDistance(a, b, 2);
  if (distance === 1 && long.length >= 3) return ONE_LETTER;
  if (short.length >= 3 && long.startsWith(short)) return SHORTENED;
  const likeness = jaroWinkler(a, b);
  if (likeness >= 0.92 || (distance === 2 && short.length >= 6)) return SPELT_ALIKE;
  return likeness >= 0.8 && soundex(a) === soundex(b) ? SOUNDS_ALIKE : DIFFERENT;
}

function compareTexts(a: string, b: string): Outcome {
  const [left, right] = [a.replaceAll(' ', ''), b.replaceAll(' ', '')];
  if (left === right) return SAME;
  const longest = Math.max(left.length, right.length);
  if (longest <= 3) return DIFFERENT;
  if (isTransposition(left, right)) return TURNED_LETTERS;
  const distance = editDistance(left, right, Math.max(2, Math.floor(longest / 6)));
  if (distance === 1) return ONE_LETTER;
  const overlap = wordOverlap(a, b);
  if (overlap === 1) return REORDERED;
  if (overlap >= 0.6) return SHARES_WORDS;
  if (longest >= 6 && distance <= Math.max(2, Math.floor(longest / 6))) return SPELT_ALIKE;
  return longest >= 6 && jaroWinkler(left, right) >= 0.92 ? SPELT_ALIKE : DIFFERENT;
}

function compareCodes(a: string, b: string): Outcome {
  if (a === b) return SAME;
  const longest = Math.max(a.length, b.length);
  if (longest < 3) return DIFFERENT;
  if (isTransposition(a, b)) return TURNED_DIGITS;
  const distance = editDistance(a, b, 2);
  if (distance === 1) return ONE_DIGIT;
  return distance === 2 && longest >= 7 ? TWO_DIGITS : DIFFERENT;
}

function compareDates(a: string, b: string): Outcome {
  if (a === b) return SAME;
  if (a.slice(0, 4) === b.slice(0, 4)) {
    if (a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)) return TURNED_DATE;
    if (a.slice(4, 6) === b.slice(4, 6) && editDistance(a, b, 1) > 1) return SAME_MONTH;
  }
  return compareCodes(a, b);
}

function compareEmails(a: string, b: string): Outcome {
  if (a === b) return ROLE_MAILBOX.test(a) ? SHARED_MAILBOX : SAME;
  if (ROLE_MAILBOX.test(a) || ROLE_MAILBOX.test(b)) return DIFFERENT;
  if (editDistance(a, b, 1) === 1) return ONE_LETTER;
  const [localA, localB] = [a.slice(0, a.lastIndexOf('@')), b.slice(0, b.lastIndexOf('@'))];
  return localA === localB && localA.length >= 5 ? SAME_LOCAL_PART : DIFFERENT;
}

/** The kind under which two values are compared when they do not look the same. */
export function commonKind(a: ValueKind, b: ValueKind): ValueKind {
  if (a === b) return a;
  const codes: readonly ValueKind[] = ['date', 'identifier', 'short-code'];
  return codes.includes(a) && codes.includes(b) ? 'identifier' : 'text';
}

/** Grades the agreement of two values of one field. */
export function compareValues(a: FieldValue, b: FieldValue): Outcome {
  switch (commonKind(a.kind, b.kind)) {
    case 'email':
      return compareEmails(a.folded, b.folded);
    case 'date':
      return compareDates(a.folded, b.folded);
    case 'phone':
    case 'identifier':
    case 'short-code':
      return compareCodes(a.folded, b.folded);
    default:
      return compareTexts(a.folded, b.folded);
  }
}
