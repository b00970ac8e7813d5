import type { Command } from './command.js';
import { refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { newLeadIn } from './new-lead.js';
import { CREATE } from './verbs.js';
import { statusNamed } from './statuses.js';

const NOUN = '(?:leads?|deals?|contacts?|customers?|clients?|prospects?|opportunit(?:y|ies)|records?|cards?|entry|person)';
const CALLED =
  '(?: today| yesterday| just now| this morning)?' +
  "(?:,? (?:called|named|by the name of|whose name is|with (?:the )?name(?: of)?|for|namely|it is|it's)|\\s*[:–=-]|,)?";
const FORMS = [
  `^(?:${CREATE})(?: me| us)?(?: (?:a|an|one|another|the|this|my|our|following))*(?: (?:new|fresh|potential|hot|following))* (?:(?<status>\\S+(?: \\S+)?) )?${NOUN}${CALLED}(?: (?<rest>.+))?$`,
  `^(?:there(?:'s| is)|here(?:'s| is)|we(?:'ve| have)?(?: got)?|i(?:'ve| have)?(?: got)?|got|i met|we met)(?: just)?(?: got)? (?:a |an |another )?new ${NOUN}${CALLED}(?: (?<rest>.+))?$`,
  `^(?:new |another )?${NOUN}\\s*:\\s*(?<rest>.+)$`,
];
const AS_LEAD = `^(?:${CREATE}|new) (?<name>.+?)(?:,)? (?:as (?:a |an |another )?(?:new |potential )?${NOUN}|to (?:the |my |our )?(?:leads|list|crm|pipeline|board|system|database|contacts|deals))(?:[,:]? (?<more>.+))?$`;
const IS_NEW = `^(?<name>.+?) is (?:a |an |our |my )?new ${NOUN}(?:[,:]? (?<more>.+))?$`;
const PLAIN = `^(?:create|add|register|onboard)(?: me)? (?<rest>.+)$`;
const OTHER_THING =
  /^(?:a |an |the |another |new )*(?:notes?|comments?|tasks?|to-?dos?|reminders?|tags?|labels?|sure|it|him|her|them|this|that|all|everything|fields?|columns?|stages?|status(?:es)?|pipelines?|users?|members?|report|company|companies|email|e-mail|phone|value)\b/iu;

/** "create a lead ...", "we have a new lead ...": said so plainly that nothing else can be meant. */
export const createLeadRule: Rule = (text, frame) =>
  frame.pattern(`^(?:${CREATE}|there|here|we|i|got|lead)\\b[^,:]{0,60}?\\b${NOUN}\\b`).test(text) ? createRule(text, frame) : undefined;

/** Makes a lead. */
export const createRule: Rule = (text, frame) => {
  const named = groupsOf(text, frame.pattern(AS_LEAD)) ?? groupsOf(text, frame.pattern(IS_NEW));
  if (named?.name && !OTHER_THING.test(named.name))
    return made([named.name, named.more].filter((part) => part !== undefined).join(', '), frame);
  for (const form of FORMS) {
    const groups = groupsOf(text, frame.pattern(form));
    if (!groups || (groups.status && !statusNamed(groups.status, frame.context))) continue;
    if (!groups.rest) return [refusal('missing', 'What is the name of the new lead?')];
    return made(groups.rest, frame, groups.status);
  }
  const rest = groupsOf(text, frame.pattern(PLAIN))?.rest;
  return rest === undefined || OTHER_THING.test(rest) ? undefined : made(rest, frame);
};

function made(rest: string, frame: Frame, status?: string): readonly Command[] | undefined {
  const read = newLeadIn(rest, frame);
  if (read === undefined) return undefined;
  if ('kind' in read) return [read];
  const stage = status === undefined ? undefined : statusNamed(status, frame.context);
  return [{ kind: 'create', lead: stage && !read.status ? { ...read, status: stage } : read }];
}
