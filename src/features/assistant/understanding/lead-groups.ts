import type { FieldName, Grouping, LeadFilter, ListSort, Refusal } from './command.js';
import { addDays } from '../../../shared/dates.js';
import { daysAt } from './day-ranges.js';
import type { Frame } from './frame.js';
import { type Draft, type Eater, END } from './group-draft.js';
import { eatLimit, eatSort } from './group-order.js';
import { eatValue } from './group-values.js';
import { fieldNamed } from './lead-fields.js';
import { ownerNamed } from './members.js';
import { isNameLike, LEAD_NOUN } from './references.js';
import { isSourceWord } from './sources.js';
import { statusesNamed } from './statuses.js';
import { beginsWithVerb } from './verbs.js';

/** Leads that have something in common, in words: "my open deals over 10k from the website, newest first". */
export interface LeadGroup {
  readonly filter: LeadFilter;
  readonly sort: ListSort | null;
  readonly limit: number | null;
  readonly groupBy: Grouping | null;
  /** A word for leads in general was said ("leads", "everything"); without one it is a name as likely as not. */
  readonly isNamed: boolean;
  readonly refusal?: Refusal;
}

const NEXT = String.raw`(?=\s*$|\s*[,;]|\s+(?:and|that|which|who|with|without|in|at|on|from|over|under|above|below|worth|valued|owned|assigned|tagged|created|added|updated|changed|sorted|ordered|by|per|sort|order|newest|oldest|leads?|deals?|not)\b)`;
const FILLER = new RegExp(
  String.raw`^(?:the|of|for|our|us|all|every|each|any|that|which|who|whose|are|is|be|have|has|been|were|was|currently|still|right now|now|now that|and|also|in total|altogether|overall|get|receive|do (?:we|i|you) have|did (?:we|i)|have (?:we|i)(?: got)?|are there|there are|there|we(?:'ve)? (?:have|got)|we|i(?:'ve)? (?:have|got)|i have|exist|got|in (?:the |our |my )?(?:pipeline|system|crm|database|board|list)|on the board|those|a list of|list of|first|kind of|with|to|please|me|,|:|-)${END}`,
  'iu',
);
const eatFiller: Eater = (text) => FILLER.exec(text)?.[0].length ?? 0;

const eatNoun: Eater = (text, draft) => {
  const match = new RegExp(`^(?:(?:other )?${LEAD_NOUN}|people|persons?|ones?|everything|everyone|everybody|all of them)${END}`, 'iu').exec(
    text,
  );
  if (!match) return 0;
  draft.isNamed = true;
  return match[0].length;
};

const eatGrouping: Eater = (text, draft) => {
  const match =
    /^(?:(?:(?:broken down |grouped |split |listed )?by|per|in each|for each|for every|in every|by each|each|for all|at each|across (?:all )?(?:the )?)\s+(?:the )?(?:different )?)(?<what>status(?:es)?|stages?|columns?|pipeline stages?|owners?|members?|persons?|people|sales ?reps?|reps?|salesperson|users?|team members?|sources?|channels?|origin)(?=$|[\s,.;])/iu.exec(
      text,
    );
  const what = match?.groups?.what.toLowerCase();
  if (!match || what === undefined) return 0;
  draft.groupBy = /^(?:status|stage|column|pipeline)/.test(what) ? 'status' : /^(?:source|channel|origin)/.test(what) ? 'source' : 'owner';
  return match[0].length;
};

const HOLDS = /^\s+(?:have|own|owned|got|handle|handling|working on|look after)(?=$|[\s,.;])/iu;

const eatOwner: Eater = (text, draft, { context }) => {
  const mine =
    /^(?:(?:that )?(?:i own|i'm responsible for|i am responsible for|belong(?:ing)? to me|(?:are |is )?(?:assigned|given) to me|(?:are )?owned by me|of mine|(?:are )?mine)|my(?: own)?)(?=$|[\s,.;])/iu.exec(
      text,
    );
  const none =
    /^(?:(?:are |is )?un(?:assigned|owned)|(?:without|with no|that have no|having no|has no|have no|no|missing) (?:an? |any )?owners?|(?:are |is )?not assigned(?: to (?:anyone|anybody|someone))?|(?:that )?(?:nobody|no one) (?:owns|is responsible for)|(?:are |is )?(?:owned by|assigned to) (?:nobody|no one))(?=$|[\s,.;])/iu.exec(
      text,
    );
  if (mine) draft.owner = { kind: 'member', id: context.me.id, name: context.me.name };
  if (none) draft.owner = { kind: 'nobody' };
  if (mine ?? none) return (mine ?? none)?.[0].length ?? 0;
  const led =
    /^(?:(?:are |is |was )?(?:owned|handled|looked after|taken care of|worked|managed|held) by|(?:are |is )?(?:assigned|given) to|belong(?:ing|s)? to|of|for|from|(?:with )?(?:the )?owner(?: is|:)?|under)\s+/iu.exec(
      text,
    );
  const lead = led?.[0].length ?? 0;
  const asked = led ? null : /^(?:does|do|did|has|have|is)\s+/iu.exec(text);
  const found = memberAt(text.slice(lead + (asked?.[0].length ?? 0)), context);
  if (asked && found) {
    draft.owner = found.owner;
    const rest = text.slice(asked[0].length + found.end);
    return asked[0].length + found.end + (HOLDS.exec(rest)?.[0].length ?? 0);
  }
  if (!found) return 0;
  const behind = text.slice(lead + found.end);
  const owns = /^(?:'s?| (?:owns|has|is responsible for|is handling|handles|is working on|looks after))(?=$|[\s,.;])/iu.exec(behind);
  if (lead === 0 && !owns) return 0;
  draft.owner = found.owner;
  return lead + found.end + (owns?.[0].length ?? 0);
};

function memberAt(text: string, context: Frame['context']): { owner: NonNullable<LeadFilter['owner']>; end: number } | undefined {
  const words = [...text.matchAll(/[^\s,.;:!?]+/gu)].slice(0, 4);
  for (let count = words.length; count > 0; count--) {
    const last = words[count - 1];
    const end = last.index + last[0].length;
    const bare = text.slice(0, end).replace(/'s?$/, '');
    const owner = ownerNamed(bare, context);
    if (owner?.kind === 'member') return { owner, end: bare.length };
  }
  return undefined;
}

const eatMissing: Eater = (text, draft, frame) => {
  const match = frame
    .pattern(
      `^(?:without|with no|that have no|that has no|which have no|who have no|have no|having no|has no|lacking|missing|that (?:don't|do not) have|with(?:out)? missing|no)\\s+(?:an? |any |the |their )?(?<fields>FIELD(?:\\s*(?:,|and|or|nor|&)\\s*(?:an? |any )?FIELD)*)`,
    )
    .exec(text);
  if (!match?.groups) return 0;
  const names = match.groups.fields.split(/\s*(?:,|\band\b|\bor\b|\bnor\b|&)\s*(?:an? |any )?/iu);
  const fields = names.map((name) => fieldNamed(name, frame.context));
  if (!fields.every((field): field is FieldName => field !== undefined && field !== 'status')) return 0;
  draft.missing = [...(draft.missing ?? []), ...fields];
  return match[0].length;
};

const eatTag: Eater = (text, draft, { mask }) => {
  const match =
    /^(?:(?:that |which )?(?:are |is |were )?(?:tagged|labell?ed|marked with)(?: as| with)?(?: the tag)?|with (?:the |a )?(?:tags?|labels?)|(?:having|that have|which have|have) the tag|tags?(?: is|:)?)\s+(?:is |of |called )?(?<tag>#?[\p{L}\p{N}_\uE000-\uEFFF-]{1,60})/iu.exec(
      text,
    ) ??
    /^(?:with|having|that have|which have|have|in) (?:the |a )?(?<tag>#?[\p{L}\p{N}_\uE000-\uEFFF-]{1,60}) (?:tag|label)(?=$|[\s,.;])/iu.exec(
      text,
    );
  if (!match?.groups) return 0;
  draft.tag = mask.plain(match.groups.tag).replace(/^#/, '');
  return match[0].length;
};

/** "in interest or meeting booked": one more status, never one less. */
const eatMoreStatus: Eater = (text, draft, frame) => {
  const joint = /^(?:and|or|&|\/)\s+(?:the |in |at )*/iu.exec(text)?.[0];
  if (joint === undefined || !draft.status) return 0;
  const more: Draft = {};
  const length = eatStatus(`in ${text.slice(joint.length)}`, more, frame);
  if (length <= 3 || !more.status) return 0;
  const words = `${draft.status.text} or ${more.status.text}`;
  draft.status = {
    text: words,
    stages: [
      ...draft.status.stages,
      ...more.status.stages.filter(
        (stage) => !draft.status?.stages.some(({ key, pipelineId }) => key === stage.key && pipelineId === stage.pipelineId),
      ),
    ],
  };
  return joint.length + length - 3;
};

const eatStatus: Eater = (text, draft, { context, mask }) => {
  const led =
    /^(?:(?:currently )?(?:in|at|on|from|into|inside|within)(?: the)?(?: (?:status|stage|column|phase|step)(?: of)?)?|(?:with|having|whose|where|and|of)(?: the| a)? (?:status|stage)(?: is| of|=|:)?|(?:status|stage)(?: is| of|=|:)?|(?:that |which |who )?(?:are|is|were|was|have been|has been)(?: currently| now| marked as| in)?(?: the)?|marked(?: as)?|sitting (?:in|at))\s+/iu.exec(
      text,
    );
  const lead = led?.[0].length ?? 0;
  const words = [...text.slice(lead).matchAll(/[^\s,.;:!?]+/gu)].slice(0, 5);
  for (let count = words.length; count > 0; count--) {
    const last = words[count - 1];
    const end = last.index + last[0].length;
    const span = text.slice(lead, lead + end);
    if (
      /\b(?:leads?|deals?|and|or|the|is|are|has|have|one|by|per|of|in|to|we|for|with)$/iu.test(span) ||
      /^(?:and|the|leads?|deals?|all|list|one)\b/iu.test(span)
    )
      continue;
    const behind = text.slice(lead + end);
    const isStage = /^\s*(?:stage|column|status|phase|step)\b/iu.exec(behind);
    // A bare status stands before the noun or the end ("won deals", "which are lost"); elsewhere the word is something else.
    if (lead === 0 && !isStage && !new RegExp(`^(?:\\s*$|\\s+(?:${LEAD_NOUN}|ones?|and|or)${END})`, 'iu').test(behind)) continue;
    const status = statusesNamed(mask.plain(span), context);
    if (!status || draft.status) continue;
    draft.status = status;
    return lead + end + (isStage?.[0].length ?? 0);
  }
  return 0;
};

const eatSourceOrCompany: Eater = (text, draft, { mask }) => {
  const match = new RegExp(
    String.raw`^(?:(?:that |which |who )?(?:come |came |coming )?(?<from>from|via|through|by way of|at|of|working (?:at|for)|who work (?:at|for)|that work (?:at|for))|(?:with |whose |where )?(?:the )?(?<field>source|company|lead source|origin)(?: is| of|:|=)?)\s+(?!(?:my|our|all|mine|every|each|these|those)\b)(?:the |an? |company |source )?(?<text>.+?)${NEXT}`,
    'iu',
  ).exec(text);
  if (!match?.groups) return 0;
  const name = mask.plain(match.groups.text);
  const { from = '', field = '' } = match.groups;
  const isSource = /source|origin/i.test(field) || /via|through|way/i.test(from) || (/from/i.test(from) && isSourceWord(name));
  if (!isNameLike(name) && !/^[\uE000-\uEFFF]$/.test(match.groups.text)) return 0;
  if (isSource ? draft.source !== undefined : draft.company !== undefined) return 0;
  if (isSource) draft.source = name;
  else draft.company = name;
  return match[0].length;
};

const eatDays: Eater = (text, draft, { context }) => {
  const led =
    /^(?:(?:that |which |who )?(?:were |was |have been |has been |we |i )?(?:recently )?(?<verb>created|added|made|entered|registered|new|opened|came in|come in|arrived|joined|got|updated|changed|modified|edited|touched)\s+(?:in |on |since |during )?(?=\S))?/iu.exec(
      text,
    );
  const lead = led?.[0].length ?? 0;
  const found =
    daysAt(text.slice(lead), context) ?? (lead > 0 ? daysAt(text.slice(lead).replace(/^(?:in|on)\s/i, ''), context) : undefined);
  const since = /since\s+$/i.test(led?.[0] ?? '') ? daysAt(`since ${text.slice(lead)}`, context) : undefined;
  const days = since ? { range: since.range, end: since.end - 6 } : found;
  if (!days) return 0;
  if (/^(?:updated|changed|modified|edited|touched)$/i.test(led?.groups?.verb ?? '')) draft.updated = days.range;
  else draft.created = days.range;
  return lead + days.end;
};

const STALE =
  /^(?:that |which |who )?(?:were |was |have been |has been |have |has )?(?:not|never|haven't|hasn't)(?: been)? (?:updated|changed|modified|edited|touched)\s+(?:for |in |during |within )?(?:more than |over |at least )?(?=\S)/iu;

const eatStale: Eater = (text, draft, { context }) => {
  const lead = STALE.exec(text)?.[0].length ?? 0;
  if (lead === 0) return 0;
  const rest = text.slice(lead);
  const isCounted = /^(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten) (?:day|week|month)/iu.test(rest);
  const days = daysAt(isCounted ? `last ${rest}` : rest, context);
  if (!days?.range.from) return 0;
  draft.updated = { to: addDays(days.range.from, -1) };
  return lead + days.end - (isCounted ? 'last '.length : 0);
};

const NO_TAG =
  /^(?:the|all|every|each|any|some|no|not|more|most|many|few|several|other|others|same|different|old|older|stale|good|bad|better|worse|worst|small|smaller|smallest|big|bigger|large|important|inactive|duplicate|duplicated|similar|wrong|right|empty|random|half|both|these|those|this|that|and|or|two|three|four|five|six|seven|eight|nine|ten|\d+|total|average|cheap|cheapest|expensive|next|previous|remaining|selected|won't|which|what|whose|who|how|is|are|our|your|their|his|her|its|delete|deleted|existing|current|potential|about|with|for|from|sales)$/iu;

/** A word in front of "leads" that is nothing else is most likely a tag; the answer says so. */
const eatAdjective: Eater = (text, draft, frame) => {
  const word = new RegExp(`^(?<word>#?[\\p{L}\\p{N}_-]{2,30})(?= ${LEAD_NOUN}${END})`, 'iu').exec(text)?.groups?.word;
  if (word === undefined || draft.tag !== undefined || NO_TAG.test(word) || beginsWithVerb(word)) return 0;
  draft.tag = word.replace(/^#/, '');
  frame.note(`I read "${draft.tag}" as a tag.`);
  return word.length;
};

const eatNew: Eater = (text, draft) => {
  const match = /^new(?= (?:leads?|deals?|contacts?|customers?|ones)\b)/iu.exec(text);
  if (match) draft.sort ??= '-created';
  return match?.[0].length ?? 0;
};

const EATERS: readonly Eater[] = [
  eatMoreStatus,
  eatStale,
  eatMissing,
  eatOwner,
  eatGrouping,
  eatLimit,
  eatSort,
  eatNew,
  eatDays,
  eatValue,
  eatTag,
  eatStatus,
  eatNoun,
  eatSourceOrCompany,
  eatFiller,
  eatAdjective,
];

/** Reads a whole text as a group of leads; undefined when a single word of it stays unexplained. */
export function groupIn(given: string, frame: Frame): LeadGroup | undefined {
  const draft: Draft = {};
  let rest = given.trim();
  for (let bites = 0; rest !== '' && bites < 60; bites++) {
    const eaten = EATERS.reduce((length, eat) => (length > 0 ? length : eat(rest, draft, frame)), 0);
    if (eaten === 0) return undefined;
    rest = rest.slice(eaten).replace(/^[\s,.]+/, '');
  }
  if (rest !== '') return undefined;
  const { sort, limit, groupBy, isNamed, refusal, ...filter } = draft;
  return {
    filter,
    sort: sort ?? null,
    limit: limit ?? null,
    groupBy: groupBy ?? null,
    isNamed: isNamed ?? false,
    ...(refusal ? { refusal } : {}),
  };
}
