import type { ListSort } from './command.js';
import { type Eater, END } from './group-draft.js';

/** "top 5", "the three newest", "limit 10". */
export const eatLimit: Eater = (text, draft) => {
  const match =
    /^(?:(?:the )?(?<edge>top|first|last|latest|newest|oldest|biggest|largest|best|next) (?<count>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten)|(?:limit(?:ed)?(?: to)?|at most|max(?:imum)?|only|just) (?<limit>\d{1,3})(?=\s*(?:$|leads|deals|results))|(?<bare>\d{1,3}|two|three|four|five|ten)(?= (?:newest|latest|oldest|biggest|largest|most|best|highest|recent|leads|deals|contacts|customers|open|of)))(?![\p{L}\d])/iu.exec(
      text,
    );
  if (!match?.groups) return 0;
  const { edge, count, limit, bare } = match.groups;
  const words = 'zero one two three four five six seven eight nine ten'.split(' ');
  const number = (count ?? limit ?? bare).toLowerCase();
  draft.limit = Math.max(1, words.includes(number) ? words.indexOf(number) : Number(number));
  const sorts: Readonly<Record<string, ListSort>> = {
    top: '-value',
    last: '-created',
    latest: '-created',
    newest: '-created',
    oldest: 'created',
    biggest: '-value',
    largest: '-value',
    best: '-value',
  };
  const sort = sorts[edge?.toLowerCase() ?? ''];
  if (sort) draft.sort = sort;
  return match[0].length;
};

const SORTS: readonly [RegExp, ListSort][] = [
  [
    /^(?:newest|latest|most recent(?:ly created)?|recent(?:ly (?:added|created))?|last(?: (?:added|created))?)(?: ones?)?(?: first)?/iu,
    '-created',
  ],
  [/^oldest(?: ones?)?(?: first)?/iu, 'created'],
  [/^(?:most |last )?recently (?:updated|changed|modified)(?: first)?|^last (?:updated|changed)/iu, '-updated'],
  [
    /^(?:with the )?(?:biggest|largest|highest(?:[- ]valued?)?|most valuable|worth (?:the )?most|most expensive|best|greatest)(?: (?:value|amount|deal size))?s?(?: ones?)?(?: first)?/iu,
    '-value',
  ],
  [/^alphabetical(?:ly)?(?: order)?|^(?:a to z|a-z)/iu, 'name'],
  [
    /^(?:(?:sorted|ordered|sort|order|ranked|arranged)(?: them)? )?by (?:their |the )?(?:value|amount|deal size|size|worth)(?: desc(?:ending)?| descending| falling|,? (?:highest|largest|biggest) first)?/iu,
    '-value',
  ],
  [/^(?:(?:sorted|ordered|sort|order|arranged)(?: them)? )?by (?:their |the )?names?(?: asc(?:ending)?)?/iu, 'name'],
  [
    /^(?:(?:sorted|ordered|sort|order|arranged)(?: them)? )?by (?:their |the )?(?:creation )?(?:date|age|created)(?: created)?(?: desc(?:ending)?| descending)?/iu,
    '-created',
  ],
  [
    /^(?:(?:sorted|ordered|sort|order|arranged)(?: them)? )?by (?:their |the )?(?:last )?(?:update|updated|change|changed|activity)/iu,
    '-updated',
  ],
];

/** "newest first", "by value". */
export const eatSort: Eater = (text, draft) => {
  for (const [pattern, sort] of SORTS) {
    const match = new RegExp(`(?:${pattern.source})${END}`, 'iu').exec(text);
    if (match?.index !== 0) continue;
    draft.sort = sort;
    return match[0].length;
  }
  return 0;
};
