import { emailDomain, isFreeMailDomain } from '../../../shared/text.js';
import type { PreparedRecord, ValueKind } from './match-record.js';
import type { Outcome } from './compare-values.js';
import { commonKind, compareNameWords, compareValues, DIFFERENT, LEVELS, REORDERED, SAME, SWAPPED } from './compare-values.js';

/** One field of a pair where both sides hold a value. */
export type Comparison = { field: string; kind: ValueKind; outcome: Outcome; left: string; right: string; value: string };

export const FIRST_NAME = 'name.first';
export const LAST_NAME = 'name.last';
/** Names of more words than this are read as a title or an organization, as one text. */
const PERSON_WORDS = 4;

const rank = (found: Outcome): number => LEVELS.indexOf(found.level);
const better = (a: Outcome, b: Outcome): Outcome => (rank(b) < rank(a) ? b : a);

function best(word: string, others: readonly string[]): Outcome {
  return others.map((other) => compareNameWords(word, other)).reduce(better, DIFFERENT);
}

function named(field: string, outcome: Outcome, left: string, right: string): Comparison {
  return { field, kind: 'person', outcome, left, right, value: outcome === SAME ? left : '' };
}

/** A turned-round name still agrees, but a little less than one in the same order. */
const turned = (found: Outcome): Outcome => (found.level === 'exact' ? REORDERED : found);

function compareNames(a: PreparedRecord, b: PreparedRecord): Comparison[] {
  const [left, right] = [a.nameParts, b.nameParts];
  const [firstA, firstB] = [left[0], right[0]];
  if (firstA === undefined || firstB === undefined) return [];
  const [lastA, lastB] = [left.at(-1) ?? '', right.at(-1) ?? ''];
  const [wholeA, wholeB] = [left.join(''), right.join('')];
  if (Math.max(left.length, right.length) > PERSON_WORDS) {
    const text = (folded: string) => ({ kind: 'text' as const, folded, shown: folded });
    return [named(LAST_NAME, compareValues(text(left.join(' ')), text(right.join(' '))), left.join(' '), right.join(' '))];
  }
  if (left.length === 1 || right.length === 1) {
    // One word alone may be either part, or both written together; it speaks for one part only.
    const outcome = better(left.length === 1 ? best(lastA, right) : best(lastB, left), wholeA === wholeB ? SAME : DIFFERENT);
    return [
      { ...named(LAST_NAME, outcome, left.join(' '), right.join(' ')), value: outcome === SAME ? (left.length === 1 ? lastA : lastB) : '' },
    ];
  }
  const straight = [compareNameWords(firstA, firstB), compareNameWords(lastA, lastB)] as const;
  const crossed = [compareNameWords(firstA, lastB), compareNameWords(lastA, firstB)] as const;
  if (rank(crossed[0]) + rank(crossed[1]) < rank(straight[0]) + rank(straight[1])) {
    const [one, other] = [named(FIRST_NAME, turned(crossed[0]), firstA, lastB), named(FIRST_NAME, turned(crossed[1]), lastA, firstB)];
    // The worse half stands first whichever record was named first, so that the score is the same both ways.
    return rank(one.outcome) >= rank(other.outcome) ? [one, { ...other, field: LAST_NAME }] : [other, { ...one, field: LAST_NAME }];
  }
  // A middle name used as the first one is common enough to look for.
  const first =
    straight[0] === DIFFERENT && left.length + right.length > 4
      ? turned(better(best(firstA, right.slice(0, -1)), best(firstB, left.slice(0, -1))))
      : straight[0];
  return [named(FIRST_NAME, first, firstA, firstB), named(LAST_NAME, straight[1], lastA, lastB)];
}

/** Two texts that stand in each other's field count as a near agreement of both. */
function settleSwaps(found: Comparison[], a: PreparedRecord, b: PreparedRecord): void {
  const open = found.filter((one) => one.outcome.level === 'different' && (one.kind === 'text' || one.kind === 'company'));
  open.sort((one, other) => (one.field < other.field ? -1 : 1));
  for (const [at, one] of open.entries()) {
    for (const other of open.slice(at + 1)) {
      const [oneA, oneB, otherA, otherB] = [
        a.fields.get(one.field),
        b.fields.get(one.field),
        a.fields.get(other.field),
        b.fields.get(other.field),
      ];
      if (!oneA || !oneB || !otherA || !otherB || one.outcome === SWAPPED || other.outcome === SWAPPED) continue;
      if (rank(compareValues(oneA, otherB)) > 1 || rank(compareValues(otherA, oneB)) > 1) continue;
      one.outcome = SWAPPED;
      other.outcome = SWAPPED;
    }
  }
}

/** Two mailboxes of one company's domain speak for the company, where the records do not name it themselves. */
function compareDomains(a: PreparedRecord, b: PreparedRecord): Comparison[] {
  const [left, right] = [emailDomain(a.fields.get('email')?.folded ?? ''), emailDomain(b.fields.get('email')?.folded ?? '')];
  const isNamed = a.fields.has('company') && b.fields.has('company');
  if (isNamed || left === undefined || left !== right || isFreeMailDomain(left)) return [];
  if (a.fields.get('email')?.folded === b.fields.get('email')?.folded) return [];
  return [{ field: 'domain', kind: 'company', outcome: SAME, left, right, value: '' }];
}

/** Every field that both records hold, with its grade of agreement. */
export function compareRecords(a: PreparedRecord, b: PreparedRecord): Comparison[] {
  const found = [...compareNames(a, b), ...compareDomains(a, b)];
  for (const [field, left] of a.fields) {
    const right = b.fields.get(field);
    if (!right) continue;
    const outcome = compareValues(left, right);
    const value = outcome.level === 'exact' ? (left.folded < right.folded ? left.folded : right.folded) : '';
    found.push({ field, kind: commonKind(left.kind, right.kind), outcome, left: left.shown, right: right.shown, value });
  }
  settleSwaps(found, a, b);
  return found;
}
