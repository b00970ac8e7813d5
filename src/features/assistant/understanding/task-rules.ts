import type { Command, Reference } from './command.js';
import { dueIn } from './due.js';
import { refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { capital } from './note-rules.js';
import { referenceIn } from './references.js';

const TASK = '(?:tasks?|to-?dos?|to do|reminders?|follow[- ]?ups?(?: task)?|action items?|to-?do items?)';
const MADE = `^(?:(?:add|create|make|set|schedule|plan|new|put|log|open|enter|set up|give me|save)(?: me)? )?(?:(?:a|an|another|new|the|one|quick) )*${TASK}\\b[:,]?\\s*(?<rest>.*)$`;
const REMIND =
  /^(?:remind (?:me|us)(?: again)?|don't let me forget|i (?:must|should|have to|need to) remember|remember)(?: (?<rest>.+))?$/iu;
const FOLLOW = /^follow[- ]?up (?:with|on) (?<rest>.+)$/iu;
const MEETING =
  /^(?:schedule|plan|book|arrange|set up|organi[sz]e|put in|add|create|make)(?: me)? (?:a |an |the |another )?(?<what>(?:phone |video |quick |short |follow[- ]?up |intro |sales |product )?(?:call|meeting|demo|visit|lunch|coffee|dinner|appointment|presentation|chat|session|check-in|conversation)) (?:with|for|at) (?<rest>.+)$/iu;
const ACTION =
  /^(?<verb>call(?: back)?|phone|ring|e-?mail|mail|meet(?: with)?|visit|contact|text|message|ping|write to|get back to|check in with|reach out to|speak (?:to|with)|talk (?:to|with)|chase|invite) (?<rest>.+)$/iu;
const TOWARDS =
  /\b(?:call(?: back)?|phone|ring|e-?mail|mail|meet(?: with)?|visit|contact|text|message|ping|write(?: to)?|get back to|check (?:in )?(?:with|on)|reach out to|follow[- ]?up (?:with|on)|chase|invite|speak (?:to|with)|talk (?:to|with)|thank|congratulate|remind|ask|send|nudge)\s+(?<who>.+?)(?=$|[,.;:]|\s+(?:about|to|for|on|with|regarding|re|the|a|an|his|her|their|our|because|and|back|if|when|in|at|by|concerning|again|that|once)\b)/iu;
const WITH_NAME = /^(?<title>.+?) (?:for|with|to|on|about|regarding|at) (?<who>.+)$/iu;
const OF_NAME = /(?<![\p{L}])(?<who>\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}'-]+){0,2})'s?\s/u;
const PERSON = /\b(?<who>him|her|them|this lead|that lead|the lead)\b/iu;
const LONGEST = 200;

/** Tasks and reminders; nothing is done but written down, so a day is enough to see one in "call John tomorrow". */
export const taskRule: Rule = (text, frame) => {
  const follow = groupsOf(text, FOLLOW);
  if (follow?.rest) return aimed('Follow up', follow.rest, frame);
  const meeting = groupsOf(text, MEETING);
  if (meeting?.rest && meeting.what) return aimed(capital(meeting.what), meeting.rest, frame, ' with');
  const made = groupsOf(text, frame.pattern(MADE)) ?? (REMIND.test(text) ? (groupsOf(text, REMIND) ?? {}) : undefined);
  if (made) return made.rest ? written(made.rest, frame) : [refusal('missing', 'What should the task say?')];
  const action = groupsOf(text, ACTION);
  const dated = action?.rest && dueIn(text, frame.context);
  return dated ? written(text, frame) : undefined;
};

/** "(follow up with) him next Tuesday about the offer". */
function aimed(title: string, given: string, frame: Frame, joiner = ' with'): readonly Command[] | undefined {
  const { due, rest } = timed(given, frame);
  const split = /^(?<who>.+?)(?:,? (?<about>(?:about|to|regarding|re|on|concerning|for|because)\b.+))?$/iu.exec(rest)?.groups;
  const who = split && referenceIn(split.who.replace(/[,\s]+$/, ''), frame);
  if (!who || !split) return undefined;
  const name = who.kind === 'pronoun' ? '' : `${joiner} ${frame.mask.plain(split.who)}`;
  return task({ who, title: `${title}${name}${split.about ? ` ${split.about}` : ''}`, due }, frame);
}

function written(given: string, frame: Frame): readonly Command[] | undefined {
  const { due, rest } = timed(given, frame);
  const led =
    /^(?:for|with|on|about|to|regarding) (?<who>[^:,]+?)(?:\s*[:,]\s*(?:to )?|\s+(?:to|that says|saying|called|titled|named)\s+|\s+[-–]\s+)(?<title>.+)$/iu.exec(
      rest,
    )?.groups;
  const ledBy = led && referenceIn(led.who, frame);
  if (led && ledBy) return task({ who: ledBy, title: led.title, due }, frame);
  const title = rest
    .replace(/^(?:to|:|-|–|that says|saying|that i (?:should|must|have to|need to)|that|called|titled|named|,|=)\s*(?=\S)/iu, '')
    .trim();
  if (title === '') return [refusal('missing', 'What should the task say?')];
  const only = /^(?:for|with|on|about|regarding) (?<who>.+)$/iu.exec(title)?.groups;
  const onlyWho = only && referenceIn(only.who, frame);
  if (only && onlyWho)
    return task(
      { who: onlyWho, title: onlyWho.kind === 'pronoun' ? 'Follow up' : `Follow up with ${frame.mask.plain(only.who)}`, due },
      frame,
    );
  return task({ who: whoIn(title, frame), title, due }, frame);
}

function whoIn(title: string, frame: Frame): Reference | null {
  const towards = TOWARDS.exec(title)?.groups?.who;
  const named = towards === undefined ? undefined : referenceIn(towards.replace(/'s?$/, ''), frame);
  if (named && named.kind !== 'company') return named;
  const end = WITH_NAME.exec(title)?.groups;
  const behind =
    end && /^(?:\p{Lu}|him$|her$|them$|it$|this|that|[\uE000-\uF8FF])/u.test(end.who) ? referenceIn(end.who, frame) : undefined;
  if (behind) return behind;
  const owner = OF_NAME.exec(title)?.groups?.who;
  if (owner !== undefined) return referenceIn(owner, frame) ?? null;
  const pronoun = PERSON.exec(title)?.groups?.who;
  return pronoun === undefined ? null : { kind: 'pronoun', text: pronoun.toLowerCase() };
}

interface Draft {
  readonly who: Reference | null;
  readonly title: string;
  readonly due: ReturnType<typeof timed>['due'];
}

function task({ who, title, due }: Draft, { mask }: Frame): readonly Command[] {
  if (due === 'past') return [refusal('date', 'That time has passed already; please give one that is still to come.')];
  const text = capital(mask.plain(title).replace(/[\s,;:.-]+$/, ''));
  if (text.length > LONGEST) return [refusal('too-long', `The title of a task may have ${LONGEST} characters at most.`)];
  return [{ kind: 'add-task', who, title: text, due }];
}

function timed(text: string, { context }: Frame): { due: Extract<Command, { kind: 'add-task' }>['due'] | 'past'; rest: string } {
  const found = dueIn(text, context);
  return found ? { due: found.due, rest: found.rest } : { due: null, rest: text };
}
