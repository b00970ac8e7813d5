import { phoneMatchKey } from '../../../shared/text.js';
import { isId } from '../../../shared/ids.js';
import type { Reference, Selection } from './command.js';
import type { Frame } from './frame.js';
import { ADDRESS, isQuoted, QUOTED } from './masked-text.js';

export const LEAD_NOUN = '(?:leads?|deals?|contacts?|customers?|clients?|prospects?|opportunit(?:y|ies)|records?|cards?|entry|entries)';

const PRONOUN =
  /^(?:him|her|he|she|it|his|hers|its|them|they|that|this|(?:that|this|the same|the|the last|the latest|the current|the previous|the above|the selected)(?: (?:one|lead|deal|contact|customer|client|prospect|opportunity|record|card|person|guy|man|woman|lady|company))|same one|the same)$/i;
const LISTED =
  /^(?:(?:all|both|each|every one|any)(?: of)? (?:them|these|those|that)|them all|them both|these|those|all|(?:all )?(?:these|those|the listed|the above) (?:leads|deals|contacts|customers|ones|records|cards|two|three)|both|(?:all )?of (?:these|those|them)|they all)$/i;
const PHONE = /^[+(]?\d[\d\s()./-]{5,}$/;
const TITLE = /^(?:(?:mr|mrs|ms|miss|dr|prof|sir|madam)\.?\s+)(?=\S)/i;
const LEADING = new RegExp(
  `^(?:(?:the|my|our|a|an)\\s+)?(?:(?:${LEAD_NOUN}|person|guy|company)\\s+)?(?:(?:of|for|called|named|with the name|by the name of|(?:with|having|has|who has) (?:the |an? )?(?:e-?mail(?: address)?|phone(?: number)?|number)|:)\\s+)?`,
  'iu',
);
const TRAILING = new RegExp(`(?:\\s+|'s\\s+)(?:lead|deal|contact|customer|record|card|entry|opportunity|one)$`, 'iu');
const COMPANY_ONLY = new RegExp(
  `^(?:the |that |our )?(?:${LEAD_NOUN}|one|person|guy|man|woman|someone|company|people)?\\s*(?:from|at|of|with|working at|working for|who works (?:at|for)|at company|from company)\\s+(?:the )?(?:company )?(?<company>.+)$`,
  'iu',
);
const FROM_COMPANY =
  /^(?<name>.+?)(?:,)?\s+(?:from|at|of|with|who works (?:at|for)|working (?:at|for))\s+(?:the company |company )?(?<company>.+)$/iu;
const BRACKETED = /^(?<name>[^()]+?)\s*\((?<company>[^()]+)\)$/u;

/** Words that are in no name unless it is quoted; one of them means that something of the sentence was not understood. */
const NOT_IN_NAMES =
  /(?:^|\s)(?:a|an|by|in|on|into|create|add|register|double|halve|increase|to|into|onto|if|unless|when|while|because|since|except|but|not|don't|dont|doesn't|never|no|without|all|every|each|any|everyone|everybody|everything|nobody|somebody|someone|anyone|anybody|who|whom|whose|which|what|where|why|how|that|this|these|those|is|are|was|were|be|been|am|has|have|had|do|does|did|should|would|could|can|shall|must|might|then|than|or|with|as|me|you|i|we|us|they|them|he|she|him|his|her|its|it|leads|deals|customers|contacts|delete|remove|move|set|change|update|please|about|between|over|under|worth|status|stage|name|company|source|value|email|phone|owner|source|tags?|notes?|tasks?|reminder|named|called|saying|instead|rather|only|just|maybe|perhaps|also|too|the|tomorrow|yesterday|tonight)(?=$|\s|[,.])/iu;
const PLACE = /^(?:first|second|third|fourth|fifth|last|next|previous|other|others|\d+(?:st|nd|rd|th)|#\d+)(?: (?:one|two|three|lead))?$/i;
const COMPANY_PAIR = /\band (?:sons?|daughters?|co|company|partners?|brothers?|bros|associates|sisters|family|friends|more|beyond)\b/i;

/** A name as people would write one: short, without words of the grammar. */
export function isNameLike(text: string): boolean {
  return (
    text.length <= 120 &&
    /[\p{L}\p{N}]/u.test(text) &&
    !/[?!;:=<>\n]/.test(text) &&
    text.split(/\s+/).length <= 8 &&
    !NOT_IN_NAMES.test(text) &&
    !PLACE.test(text)
  );
}

/** The one lead a text points at; undefined when it points at none, or at several. */
export function referenceIn(given: string, frame: Frame): Reference | undefined {
  const text = given.trim().replace(/^[,:]\s*|\s*[,:.]$/g, '');
  if (text === '') return undefined;
  const { plain } = frame.mask;
  if (PRONOUN.test(text)) return { kind: 'pronoun', text: text.toLowerCase() };
  if (isQuoted(text)) return { kind: 'name', text: plain(text) };
  const bare = text.replace(LEADING, '').replace(TRAILING, '').replace(TITLE, '').trim();
  const whole = addressed(bare, frame) ?? addressed(text, frame);
  if (whole) return whole;
  const company = COMPANY_ONLY.exec(text)?.groups?.company ?? companyLead(text);
  if (company !== undefined) {
    const name = plain(company.replace(TRAILING, ''));
    return isNameLike(name) || isQuoted(company) ? { kind: 'company', text: name } : undefined;
  }
  return named(bare, frame);
}

function addressed(text: string, { mask }: Frame): Reference | undefined {
  const address = text.replace(/^(?:email|e-mail|phone|number)\s+/i, '');
  if (new RegExp(`^${ADDRESS}$`).test(address) && mask.plain(address).includes('@')) return { kind: 'email', text: mask.plain(address) };
  if (PHONE.test(address) && phoneMatchKey(address) !== undefined) return { kind: 'phone', text: address };
  return isId(address.toLowerCase()) ? { kind: 'id', id: address.toLowerCase() } : undefined;
}

/** "the Acme lead": what stands between article and noun is more likely a company than a person; the one who looks it up tries both. */
function companyLead(text: string): string | undefined {
  const match = new RegExp(`^(?:the|our|that)\\s+(?<company>.+?)\\s+(?:lead|deal|account|opportunity)$`, 'iu').exec(text);
  return match?.groups?.company;
}

function named(text: string, { mask }: Frame): Reference | undefined {
  const parts = BRACKETED.exec(text)?.groups ?? FROM_COMPANY.exec(text)?.groups;
  if (parts) {
    const [name, company] = [mask.plain(parts.name), mask.plain(parts.company.replace(/^the /i, ''))];
    return isNameLike(name) && isNameLike(company) ? { kind: 'name', text: name, company } : undefined;
  }
  const name = mask.plain(text.replace(/'s$/, ''));
  if (/\s(?:and|&)\s/i.test(text) && !COMPANY_PAIR.test(text)) return undefined;
  return isNameLike(new RegExp(QUOTED).test(text) ? 'x' : name) ? { kind: 'name', text: name } : undefined;
}

/** Several leads by name ("Ann, Bob and Cy"), or those listed last ("all of them"). */
export function severalIn(given: string, frame: Frame): Selection | undefined {
  const text = given.trim();
  if (LISTED.test(text)) return { kind: 'listed' };
  if (/^(?:them|they|those ones|these ones)$/i.test(text) && frame.context.focus.length !== 1) return { kind: 'listed' };
  if (COMPANY_PAIR.test(text) || !/,|\s(?:and|&|plus)\s/i.test(text)) return undefined;
  const parts = text.replace(/^(?:both|the leads|leads)\s+/i, '').split(/\s*,\s*(?:and\s+|&\s+)?|\s+(?:and|&|plus)\s+(?:also\s+)?/i);
  const who = parts.filter((part) => part.trim() !== '').map((part) => referenceIn(part, frame));
  return who.length > 1 && who.length <= 50 && who.every((one) => one !== undefined) ? { kind: 'several', who } : undefined;
}
