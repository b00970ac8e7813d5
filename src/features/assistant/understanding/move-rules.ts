import type { Command, LeadFilter, StatusChoice } from './command.js';
import { refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { statusesNamed, statusNamed, statusRefusal } from './statuses.js';
import { deleted, moved, type Target, targetIn } from './targets.js';
import { DELETE, MARK, MOVE } from './verbs.js';

const JOINT =
  /\s+(?:(?:back |over |forward |on |up |down |straight |directly |along )?(?:to|into|in|onto|under|as|in to)|->|=>|→)\s+(?:be(?:ing)? )?/giu;
const STATUS_OF = '(?:(?:the )?(?:status|stage|column)(?: to| of| as)? )?';
/** A verb of moving says that what follows is a status, so a wrong one is worth telling. */
const SURE = [
  `^(?:mark|flag|declare|count|treat|classify|record|label) (?<who>.+?) as (?:being |to be )?(?<status>.+)$`,
  `^close (?<who>.+?) (?:as|to|with) (?:a )?(?<status>.+)$`,
];
/** Only when the status is one: these say many other things, too. */
const UNSURE = [
  `^(?:${MARK}) (?<who>.+?) (?:as|to be|as being|to|into|in) ${STATUS_OF}(?<status>.+)$`,
  `^(?:${MARK}|close) (?<who>.+) (?<status>\\S+(?: \\S+)?)$`,
  `^(?<who>.+?) (?:is now|is|are now|are|was|were|has been|have been|goes|go|moves|moved|went|should go|should be|should move|needs to go|needs to be|has to be|must be|wants to be|can go|has|belongs)(?: marked| moved| put| set| now)?(?: back| over)?(?: (?:as|to|into|in|at))? (?:an? |the )?(?<status>.+?)(?: now)?$`,
  `^(?<who>.+?)\\s*(?:->|=>|→|–>|:)\\s*(?<status>.+)$`,
  `^(?<who>.+?) (?:to|into) (?<status>.+)$`,
];
const OUTCOME =
  /^(?:we(?:'ve| have)? |i(?:'ve| have)? |they )?(?:just )?(?<what>won|win|lost|lose)(?: the deal with| the lead| the deal| over)? (?<who>.+?)(?: deal| as (?:a )?(?:customer|client))?$/iu;
const CLOSE_ONLY = /^(?:close|finish|complete)(?: the deal(?: with)?)? (?<who>.+)$/iu;
const NEXT_ONLY =
  /^(?:move|advance|promote|push|bump|progress|put)(?: on)? (?<who>.+?)(?: forward| ahead| on| along| up| (?:in)?to (?:the )?(?:next|previous|following) (?:stage|status|step|column|one))?$/iu;

/** Moves to a status: "move John to won", "mark her as lost", "put all leads in interest into meeting booked". */
export const moveRule: Rule = (text, frame) => {
  const pair = pairs(text, frame) ?? statusFirst(text, frame);
  if (pair) return pair;
  const split = splitAt(text, frame);
  if (split && split[0].kind !== 'refused') return split;
  let refused = split;
  for (const [form, isSure] of [...SURE.map((one) => [one, true] as const), ...UNSURE.map((one) => [one, false] as const)]) {
    const commands = placed(text, form, frame);
    if (commands?.[0].kind !== 'refused') {
      if (commands) return commands;
    } else if (isSure || /ambiguous/.test(commands[0].why)) refused ??= commands;
  }
  return outcome(text, frame) ?? (isFieldTalk(text, frame) ? undefined : refused) ?? withoutStatus(text, frame);
};

/** "put 5000 as value" or "set John's value to abc" is about a field, and its own rule explains what is wrong with it. */
function isFieldTalk(text: string, frame: Frame): boolean {
  return (
    /^(?:set|change|update|put|label|record|take)\b/i.test(text) &&
    frame.pattern(`(?:'s|'|\\b(?:the|his|her|their|its)|^\\w+) FIELD(?! (?:to|as) )`).test(text) &&
    !/\b(?:status|stage|column)\b/i.test(text)
  );
}

/** "move all leads in interest to meeting booked": each of the little words may part lead and status, the last one most likely. */
function splitAt(text: string, frame: Frame): readonly Command[] | undefined {
  const verb = frame.pattern(`^(?:${MOVE}|mark|close)(?= )`).exec(text)?.[0].length;
  if (verb === undefined) return undefined;
  const alone = /^ (?:it )?(?:to|into|as|in) (?<status>.+)$/iu.exec(text.slice(verb))?.groups?.status;
  const only = alone === undefined ? undefined : statusNamed(frame.mask.plain(alone), frame.context);
  if (only) return [{ kind: 'move', who: { kind: 'pronoun', text: 'it' }, status: only }];
  const rest = text.slice(verb).trimStart();
  const joints = [...rest.matchAll(JOINT)].slice(0, 8).reverse();
  const readings = joints.map((joint) => {
    const [who, words] = [rest.slice(0, joint.index), rest.slice(joint.index + joint[0].length)];
    return { who, words, target: origin(who, frame), status: statusNamed(frame.mask.plain(words), frame.context) };
  });
  const good = readings.find(({ target, status }) => target && status);
  if (good?.target && good.status) return [moved(good.target, good.status)];
  const clear = readings.find(({ who, target }) => target && !/\b(?:in|as|at)\b/i.test(who));
  return clear && [statusRefusal(frame.mask.plain(clear.words), frame.context)];
}

/** "move to closed win John Smith". */
function statusFirst(text: string, frame: Frame): readonly Command[] | undefined {
  const rest = groupsOf(text, frame.pattern(`^(?:${MOVE}) (?:in)?to (?:the )?(?<rest>.+)$`))?.rest;
  const words = rest?.split(' ') ?? [];
  for (let count = Math.min(5, words.length - 1); count > 0; count--) {
    const status = statusNamed(words.slice(0, count).join(' ').replace(/[:,]$/, ''), frame.context);
    const target =
      status &&
      targetIn(
        words
          .slice(count)
          .join(' ')
          .replace(/^(?:stage|column|status)[:,]? /i, ''),
        frame,
      );
    if (status && target) return [moved(target, status)];
  }
  return undefined;
}

function placed(text: string, form: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, frame.pattern(form));
  if (!groups?.who || !groups.status) return undefined;
  const words = groups.status.replace(/^(?:the |a |an )?(?:status|stage|column) (?:of )?(?=\S)/i, '');
  const status = statusNamed(frame.mask.plain(words), frame.context);
  const target = origin(groups.who, frame);
  if (!target) return undefined;
  return [status ? moved(target, status) : statusRefusal(frame.mask.plain(words), frame.context)];
}

/** "John from interest" (to somewhere): where a lead is said to stand tells nothing more about one lead, and chooses among many. */
function origin(who: string, frame: Frame): Target | undefined {
  const from = /^(?<who>.+?)(?:'s (?:status|stage))? (?:from|out of) (?:the )?(?<status>.+?)(?: (?:stage|column|status))?$/iu.exec(
    who,
  )?.groups;
  const status = from && statusesNamed(from.status, frame.context);
  const bare = who.replace(/(?:'s|') (?:status|stage|lead|deal|card)$/iu, '').replace(/^(?:the )?(?:status|stage) (?:of|for) /iu, '');
  if (!from || !status) return targetIn(POSSESSIVE[bare.toLowerCase()] ?? bare, frame);
  const target = targetIn(from.who, frame);
  return target?.kind === 'many' ? narrowed(target, status) : target;
}

const POSSESSIVE: Readonly<Record<string, string>> = {
  'his status': 'him',
  'her status': 'her',
  'its status': 'it',
  'their status': 'them',
  'his stage': 'him',
  'her stage': 'her',
  'its stage': 'it',
};

function narrowed(target: Extract<Target, { kind: 'many' }>, status: StatusChoice): Target | undefined {
  if (target.which.kind !== 'filter' || target.which.filter.status) return undefined;
  const filter: LeadFilter = { ...target.which.filter, status };
  return { kind: 'many', which: { kind: 'filter', filter } };
}

/** "move A to won and B to lost". */
function pairs(text: string, frame: Frame): readonly Command[] | undefined {
  const match = groupsOf(
    text,
    frame.pattern(`^(?<verb>(?:${MOVE}|mark)) (?<first>.+? (?:to|into|as|in) .+?)(?:,| and|, and) (?<second>.+? (?:to|into|as|in) .+)$`),
  );
  if (!match?.verb || !match.first || !match.second) return undefined;
  const form = `^(?<who>.+?) (?:to|into|as|in) (?<status>.+)$`;
  const left = placed(match.first, form, frame);
  const right = placed(match.second, form, frame) ?? pairs(`${match.verb} ${match.second}`, frame);
  const both = [...(left ?? []), ...(right ?? [])];
  return left && right && both.every(({ kind }) => kind === 'move' || kind === 'bulk-move') ? both : undefined;
}

function outcome(text: string, frame: Frame): readonly Command[] | undefined {
  const groups = groupsOf(text, OUTCOME);
  const target = groups?.who ? targetIn(groups.who, frame) : undefined;
  if (!target || !groups?.what) return undefined;
  const status = statusNamed(/^w/i.test(groups.what) ? 'won' : 'lost', frame.context);
  return [status ? moved(target, status) : statusRefusal(groups.what, frame.context)];
}

function withoutStatus(text: string, { context, ...frame }: Frame): readonly Command[] | undefined {
  const whole = { context, ...frame };
  const names = [...new Set(context.stages.map(({ name }) => name))];
  const close = groupsOf(text, CLOSE_ONLY);
  if (close?.who && targetIn(close.who, whole)) {
    const ends = [...new Set(context.stages.filter(({ kind }) => kind !== 'open').map(({ name }) => name))];
    return [{ ...refusal('status-ambiguous', `Which way was it closed: ${ends.join(' or ')}?`), validOptions: ends }];
  }
  const who = groupsOf(text, NEXT_ONLY)?.who;
  const isMove = who !== undefined && targetIn(who, whole) !== undefined;
  return isMove ? [{ ...refusal('missing', `To which status? There are: ${names.join(', ')}.`), validOptions: names }] : undefined;
}

const OUT_OF = /\s+(?:from|off|out of) (?:the |our |my )?(?:pipeline|list|board|crm|system|database|db|leads|records)$/iu;

/** Deletes: a plan first, whatever it is. */
export const deleteRule: Rule = (text, frame) => {
  const groups = groupsOf(text, frame.pattern(`^(?:${DELETE})(?: (?:the )?(?:lead|deal|record|entry|contact|customer):? )?(?<who>.*)$`));
  const all = groupsOf(text, frame.pattern(`^(?:${DELETE}) (?<who>.+)$`))?.who;
  if (all === undefined) return undefined;
  const whole = targetIn(all.replace(OUT_OF, ''), frame) ?? (groups?.who ? targetIn(groups.who.replace(OUT_OF, ''), frame) : undefined);
  return whole && [deleted(whole)];
};
