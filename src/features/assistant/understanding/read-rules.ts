import type { Command, FieldName, LeadFilter, ListSort } from './command.js';
import { refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { groupIn, type LeadGroup } from './lead-groups.js';
import { fieldNamed, withFieldsCorrected } from './lead-fields.js';
import { LEAD_NOUN, referenceIn, severalIn } from './references.js';

const SHOW =
  '(?:show|display|open|view|see|pull up|bring up|get|give|fetch|print|read|read out|load|look at|check|list|let me see|tell|tell me about|what do you know about|what do we know about|what about|how about|info(?:rmation)?(?: on| about)?|details(?: of| on| about| for)?|go to)';
const FIND =
  "(?:find|search|search for|look up|lookup|look for|locate|seek|hunt for|do (?:we|you|i) have|do (?:you|we) know|have (?:we|you) got|is there|are there|any|who is|who's|whos|where is|where's|where can i find|find out about|search out)";
const LIST =
  "(?:list|show|display|give|get|see|view|fetch|print|find|search|search for|look for|pull up|filter|tell|sort|order|which|what|who|whose|what are|who are|which are|are there|do (?:we|i|you) have|what's|whats)";
const ME = '(?: (?:me|us|out|up|by|for|to me))*';

/** How many, how much, which: questions about leads in general. */
export const countRule: Rule = (text, frame) => {
  const count = groupsOf(
    text,
    /^(?:(?:show|tell|give)(?: me| us)? )?(?:(?:what(?:'s| is) )?(?:the |a )?(?:total )?(?:number|count|amount)(?: of)?(?= (?:leads|deals|all|open|my|our|new|contacts|customers|won|lost|closed|opportunities))|how many|count(?: of| up)?|how much (?=leads|deals))(?: (?<rest>.+))?$/iu,
  );
  if (count) return grouped(count.rest ?? 'leads', frame, 'count');
  const total = groupsOf(
    text,
    /^(?:(?:show|tell|give)(?: me| us)? )?(?:what(?:'s| is| was| are) |calculate |compute |sum |sum up |add up |total )?(?:our |the |a |my )?(?:(?:total|overall|combined|aggregate|whole|summed|sum|complete)\b(?: (?:deal |pipeline |lead )?(?:value|worth|amount|sum|revenue|volume|money))?|(?:sum|value)(?: of(?: the)? values?)?|values?|sum)(?: of| for| in| from| is)?(?: (?<rest>.+))?$/iu,
  );
  const much = groupsOf(
    text,
    /^how much (?:money |value |revenue |in total )?(?:is|are|do|does|have|has|did)?(?: (?:there |we have |we got |i have |tied up |sitting ))?(?: ?(?<rest>.+))?$/iu,
  );
  const asked = total && isSum(text) ? total : much;
  if (asked) return summed(asked.rest, frame);
  const worth = groupsOf(text, /^(?:what|how much) (?:is|are|'s) (?<rest>.+?) (?:worth|valued at)(?: in total| altogether)?$/iu);
  return worth?.rest ? summed(worth.rest, frame) : pipeline(text, frame);
};

const isSum = (text: string): boolean =>
  /\b(?:total|sum|overall|combined|aggregate|values|how much|add up|worth)\b|\bvalue of (?:all|my|our|every|the (?:leads|deals)|leads|deals|open|won|lost)/iu.test(
    text,
  );

function pipeline(text: string, frame: Frame): readonly Command[] | undefined {
  if (
    !/^(?:what(?:'s| is) )?(?:the |our |my )?(?:pipeline (?:value|worth|total)|value of (?:the |our |my )?pipeline|pipeline worth)$/iu.test(
      text,
    )
  )
    return undefined;
  return grouped('open leads', frame, 'total');
}

function summed(rest: string | undefined, frame: Frame): readonly Command[] | undefined {
  const text = (rest ?? 'leads')
    .replace(/(?:\s*\b(?:worth|valued(?: at)?|in total|altogether|add up to|total|sum up to)\b)+\s*$/iu, '')
    .replace(/^(?:value|worth) (?:of|in|for) /iu, '');
  const commands = grouped(text === '' ? 'leads' : text, frame, 'total');
  const isEverything = /^(?:the |our |my )?(?:whole |entire |sales )?pipeline$/iu.test(text);
  return commands ?? (isEverything ? grouped('open leads', frame, 'total') : undefined);
}

function grouped(text: string, frame: Frame, kind: 'count' | 'total'): readonly Command[] | undefined {
  const group = groupIn(text, frame);
  if (!group || group.limit !== null) return undefined;
  return [group.refusal ?? { kind, filter: group.filter, groupBy: group.groupBy }];
}

/** Lists: anything that is a group of leads by its words. */
export const listRule: Rule = (text, frame) => {
  const match = groupsOf(text, frame.pattern(`^(?:${LIST}${ME} )?(?<rest>.+)$`));
  if (!match?.rest || /^all(?: of them)?$/i.test(match.rest))
    return /^(?:list|show|display|show me|list all|show all|show me all)$/i.test(text)
      ? [{ kind: 'list', filter: {}, sort: '-created', limit: null }]
      : undefined;
  const isAsked = match.rest.length < text.length;
  for (const rest of new Set([match.rest, text])) {
    const group = groupIn(rest, frame);
    if (!group || (!isAsked && !group.isNamed)) continue;
    if (!group.isNamed && !isGroupByItself(group)) continue;
    if (group.refusal) return [group.refusal];
    if (group.groupBy) return [{ kind: 'count', filter: group.filter, groupBy: group.groupBy }];
    return [{ kind: 'list', filter: group.filter, sort: sortOf(text, group), limit: group.limit ?? single(text, group) }];
  }
  return undefined;
};

/** "show me the won ones", "who has no e-mail", "what is in proposal sent": no noun, but a filter that cannot be a name. */
function isGroupByItself({ filter, sort }: LeadGroup): boolean {
  const telling: readonly (keyof LeadFilter)[] = ['status', 'owner', 'value', 'missing', 'tag', 'created', 'updated'];
  return telling.some((key) => filter[key] !== undefined) || sort !== null;
}

function sortOf(text: string, group: LeadGroup): ListSort {
  const isByValue = /^(?:sort|order)\b/i.test(text) && group.sort === null;
  return group.sort ?? (isByValue ? '-value' : '-created');
}

/** "the biggest deal" is one. */
function single(text: string, group: LeadGroup): number | null {
  return group.sort !== null && /\b(?:lead|deal|customer|contact|opportunity|prospect|client|one)$/iu.test(text) ? 1 : null;
}

/** One lead, or one field of it. */
export const showRule: Rule = (text, frame) => {
  const corrected = withFieldsCorrected(text);
  return (
    asked(text, frame) ??
    (corrected === text ? undefined : asked(corrected, frame)) ??
    (isFound(text, frame) ? undefined : shown(text, frame))
  );
};

const WHO_HAS =
  /^(?:who|which lead|whose) (?:has|is|uses|with) (?:the |this )?(?:e-?mail(?: address)?|phone(?: number)?|number)? ?(?<who>[\uF000-\uF8FF]|[+(]?\d[\d\s()./-]{5,})$/iu;
const ASKED: readonly (readonly [string, FieldName | null])[] = [
  [
    `^(?:what(?:'s| is| are| was)?|which is|show${ME}|tell${ME}|give${ME}|get${ME}|find${ME}|who(?:'s| is)|do (?:we|you) (?:have|know)|what do we have as|check|read|display|look up) (?:the |an? )?(?<field>FIELD) (?:of|for|from|is|on|do we have for|does) (?<who>.+?)(?: have| in| at)?$`,
    null,
  ],
  [
    `^(?:what(?:'s| is| are| was)?|which is|show${ME}|tell${ME}|give${ME}|get${ME}|find${ME}|who(?:'s| is)|do (?:we|you) (?:have|know)|check|read|display|look up) (?<who>.+?)(?:'s|'|(?<=\\w{3})s) (?:current |new )?(?<field>FIELD)$`,
    null,
  ],
  [
    `^(?:what(?:'s| is)|show${ME}|tell${ME}|give${ME}|who(?:'s| is)|do (?:we|you) (?:have|know)|check|get${ME}|read) (?<who>his|her|their|its) (?<field>FIELD)$`,
    null,
  ],
  [`^(?:what|which) (?<field>FIELD) (?:is|does|has|did|do we have for) (?<who>.+?)(?: (?:in|have|has|at|on|now|currently))*$`, null],
  [`^(?:in )?(?:what|which) (?<field>FIELD) is (?<who>.+)$`, null],
  [`^(?<who>.+?)(?:'s|') (?<field>FIELD)$`, null],
  [`^(?:does|do|has) (?<who>.+?) (?:have|got) (?:an? |any )?(?<field>FIELD)$`, null],
  [
    '^who (?:owns|is responsible for|is handling|handles|looks after|takes care of|is in charge of|has|is assigned to) (?<who>.+)$',
    'owner',
  ],
  ["^how much (?:is|are|'s) (?<who>.+?) (?:worth|valued at)$", 'value'],
  ["^what(?:'s| is) (?<who>.+?) worth$", 'value'],
  [
    '^(?:where (?:does|is)|what about|how far (?:along )?is|at what stage is) (?<who>.+?)(?: stand| now| standing| in (?:the|our) pipeline)$',
    'status',
  ],
  ['^(?:is|was|has) (?<who>.+?) (?:been )?(?:already )?(?:won|lost|closed|open|in .+)$', 'status'],
  ['^where does (?<who>.+?) work$', 'company'],
  ['^which company (?:is|does) (?<who>.+?) (?:from|with|at|work for|work at|belong to)$', 'company'],
  ['^how (?:can|do|could|should) (?:i|we) (?:reach|contact|call|get hold of) (?<who>.+)$', null],
];

function asked(text: string, frame: Frame): readonly Command[] | undefined {
  const holder = groupsOf(text, WHO_HAS)?.who;
  const held = holder === undefined ? undefined : referenceIn(holder, frame);
  if (held) return [{ kind: 'show', who: held, field: null }];
  for (const [form, about] of ASKED) {
    const groups = groupsOf(text, frame.pattern(form));
    if (!groups?.who) continue;
    const possessive: Readonly<Record<string, string>> = { his: 'him', her: 'her', their: 'them', its: 'it' };
    const who = referenceIn(possessive[groups.who.toLowerCase()] ?? groups.who, frame);
    const field = groups.field === undefined ? about : fieldNamed(groups.field, frame.context);
    if (who && field !== undefined) return [{ kind: 'show', who, field }];
  }
  return undefined;
}

function isFound(text: string, frame: Frame): boolean {
  return frame.pattern(`^${FIND}\\b`).test(text);
}

function shown(text: string, frame: Frame): readonly Command[] | undefined {
  const bare = text.replace(/(?:'s|')? (?:details?|info(?:rmation)?|data|record|profile|card|full record|contact details)$/iu, '');
  const groups = groupsOf(
    bare,
    frame.pattern(
      `^${SHOW}${ME} (?:(?:about|on|of|for) )?(?:(?:all )?(?:the )?(?:details?|info(?:rmation)?|data|record|profile|card|everything|all|full record|contact details|more)(?: (?:on|of|about|for|we have on|you have on|you know about|we know about))+ )?(?<who>.+)$`,
    ),
  );
  const several = groups?.who ? severalIn(groups.who, frame) : undefined;
  if (several?.kind === 'several') return several.who.map((who): Command => ({ kind: 'show', who, field: null }));
  const who = groups?.who ? referenceIn(groups.who, frame) : undefined;
  return who && [{ kind: 'show', who, field: null }];
}

/** Looks for a name: misspelt or only a part of it. */
export const findRule: Rule = (text, frame) => {
  const groups = groupsOf(
    text,
    frame.pattern(
      `^${FIND}${ME}(?: (?:for|if there is|a|an|any|the|some))* (?:(?:${LEAD_NOUN}|person|people|someone|somebody|anyone|anybody|record|data) )?(?:(?:called|named|with the name|by the name of|who is called|who is named|for|by)(?: the name)? )?(?<who>.+?)(?: in (?:the |our )?(?:crm|system|database|pipeline|list|leads))?$`,
    ),
  );
  if (!groups?.who) return /^(?:find|search)$/i.test(text) ? [refusal('missing', 'Whom should I look for?')] : undefined;
  const who = referenceIn(groups.who, frame);
  if (!who) return undefined;
  // An address or a number is one lead's; a name may be misspelt or that of several.
  if (who.kind !== 'name' && who.kind !== 'company') return [{ kind: 'show', who, field: null }];
  return [{ kind: 'find', text: who.kind === 'name' && who.company ? `${who.text} ${who.company}` : who.text }];
};
