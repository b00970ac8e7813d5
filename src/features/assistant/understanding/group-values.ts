import { amountAt } from '../../../shared/money-text.js';
import type { ValueRange } from './command.js';
import type { Frame } from './frame.js';
import type { Draft, Eater } from './group-draft.js';

const COMPARE: readonly [RegExp, 'min' | 'max', boolean][] = [
  [/^(?:no|not) (?:more|higher|greater|bigger) than|^up to|^at most|^maximum(?: of)?|^max\.?|^<=|^≤|^not (?:over|above)/iu, 'max', false],
  [
    /^(?:no|not) (?:less|lower|smaller|fewer) than|^at least|^minimum(?: of)?|^min\.?|^>=|^≥|^starting (?:at|from)|^not (?:under|below)/iu,
    'min',
    false,
  ],
  [/^(?:over|above|more than|greater than|bigger than|higher than|larger than|exceeding|exceeds|beyond|>)/iu, 'min', true],
  [/^(?:under|below|less than|smaller than|lower than|cheaper than|fewer than|<)/iu, 'max', true],
];
const VALUE_WORDS =
  /^(?:(?:that |which )?(?:are |is )?(?:worth|valued(?: at)?|priced(?: at)?)|(?:with |of |whose |by )?(?:a |an |the |their )?(?:deal )?(?:value|amount|worth|size|budget)s?(?: (?:is|are|of|that is))?)(?=\s|$)/iu;

/** "worth more than 10k", "between 5 and 10k", "over £2,000". */
export const eatValue: Eater = (text, draft, frame) => {
  const words = VALUE_WORDS.exec(text)?.[0] ?? '';
  let at = words.length + (/^\s*/.exec(text.slice(words.length))?.[0].length ?? 0);
  const between = /^(?:(?:is |are )?between|from)\s+/iu.exec(text.slice(at));
  if (between && (words !== '' || /^between/i.test(between[0]))) {
    const length = eatBetween(text.slice(at + between[0].length), draft, frame);
    if (length > 0) return at + between[0].length + length;
  }
  const compare = COMPARE.map(([pattern, side, isStrict]) => ({ match: pattern.exec(text.slice(at)), side, isStrict })).find(
    ({ match }) => match,
  );
  if (!compare?.match && words === '') return 0;
  at += compare?.match?.[0].length ?? 0;
  at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
  const amount = amountAt(text.slice(at), frame.habits);
  if (!amount) return 0;
  const suffix =
    /^\s*(?:or more|or above|or over|and (?:more|above|over|up)|\+|or less|or under|or below|and (?:less|below|under))(?=$|[\s,.;])(?!\s*[\d\p{Sc}])/iu.exec(
      text.slice(at + amount.end),
    );
  const side = compare?.side ?? (suffix ? (/less|under|below/i.test(suffix[0]) ? 'max' : 'min') : undefined);
  if ('fault' in amount.read) draft.refusal = { kind: 'refused', why: 'amount', message: amount.read.reason };
  else {
    const { money, reading } = amount.read;
    if (reading) frame.note(reading);
    const bound: ValueRange =
      side === undefined ? { min: money, max: money, isStrict: false } : { [side]: money, isStrict: compare?.isStrict ?? false };
    draft.value = draft.value ? { ...draft.value, ...bound } : bound;
  }
  return at + amount.end + (suffix?.[0].length ?? 0);
};

function eatBetween(text: string, draft: Draft, frame: Frame): number {
  const split = /\s(?:and|to|-|–)\s/iu.exec(text);
  if (!split) return 0;
  const upper = text.slice(split.index + split[0].length);
  const high = amountAt(upper, frame.habits);
  const low = amountAt(text.slice(0, split.index), frame.habits);
  if (!high || !low || low.end < split.index || 'fault' in high.read || 'fault' in low.read) return 0;
  // "between 5 and 10k" and "between 5,000 and 10,000 euros" say scale and currency once, for both.
  const lowText = text.slice(0, split.index);
  const tail = upper.slice(0, high.end).replace(/^[^\d]*\d[\d.,'’]*/u, '');
  const shared = /^[\d.,\s]+$/.test(lowText) && /^\s*[\p{L}€£$]/u.test(tail) ? amountAt(`${lowText}${tail}`, frame.habits) : low;
  const min =
    shared && 'money' in shared.read && shared.end === lowText.length + (shared === low ? 0 : tail.length) ? shared.read : low.read;
  for (const { reading } of [min, high.read]) if (reading) frame.note(reading);
  if (min.money.currency !== high.read.money.currency) {
    draft.refusal = { kind: 'refused', why: 'amount', message: 'Both ends of a range of values must be in one currency.' };
  }
  draft.value = { min: min.money, max: high.read.money, isStrict: false };
  return split.index + split[0].length + high.end;
}
