import type { Command, Reference } from './command.js';
import { refusal } from './field-values.js';
import { type Frame, groupsOf, type Rule } from './frame.js';
import { isQuoted, QUOTED } from './masked-text.js';
import { referenceIn } from './references.js';

const VERB =
  '(?:add|write|leave|make|put|attach|log|record|create|save|drop|enter|append|jot|jot down|take|post|include|store|new|set down|write down)';
const NOTE = '(?:notes?|comments?|remarks?|memos?)(?: down)?';
const ARTICLE = '(?:(?:a|an|another|this|the|following|one|new|quick|short|brief|little) )*';
const SAYING =
  '(?:\\s*[:;]\\s*|\\s+[-–—]+\\s+|,?\\s+(?:saying that|saying|stating that|stating|that says|that reads|which says|that|reading|to say that|to say|with the text|with text|with the content|with)(?::|,)?\\s+|\\s*=\\s*)';
const OWNER = "(?:'s (?:lead|card|record|file|profile|notes?|timeline))?";
/** Who first, then what; the content is everything to the end. */
const FORMS = [
  `^(?:${VERB} )?${ARTICLE}${NOTE} (?:to|for|on|about|under|in|regarding|with|at) (?<who>.+?)${OWNER}${SAYING}(?<text>.+)$`,
  `^(?:${VERB} )?${ARTICLE}${NOTE} (?:to|for|on|about|under|in|regarding|with|at) (?<who>.+?)${OWNER}[,:]? (?<text>${QUOTED})$`,
  `^(?:${VERB} )?${ARTICLE}${NOTE}:? (?<text>${QUOTED}),? (?:to|for|on|under|about|in|into|with) (?<who>.+?)${OWNER}$`,
  `^(?:${VERB}|note)(?: down)? (?<text>${QUOTED}) (?:as (?:a |an )?(?:new )?(?:note|comment) )?(?:to|on|in|into|under|for|as) (?<who>.+?)(?:'s?)?(?: (?:lead|card|record|file|profile|notes?|comments?|timeline))?$`,
  `^(?:${VERB}|give) (?<who>.+?) (?:the |a |an )?(?:new )?${NOTE}${SAYING.replace('\\s+)', '\\s+)')}(?<text>.+)$`,
  `^(?:${VERB}|give) (?:to |on |for )?(?<who>.+?)(?:'s)? (?:the |a |an )?(?:new )?${NOTE} (?<text>${QUOTED})$`,
  `^(?:note|remember|write down|jot down|jot|record|log|remark|comment)(?: down)? (?:for|about|on|to|under) (?<who>.+?)${OWNER}${SAYING}(?<text>.+)$`,
  `^(?:${VERB}) (?:to|on|in|under|into|for) (?<who>.+?)(?:'s)? (?:notes?|comments?|record|card)${SAYING}(?<text>.+)$`,
  `^(?<who>.+?)(?:'s)? ${NOTE}\\s*:\\s*(?<text>.+)$`,
  `^(?<who>[^:]+?)\\s*:\\s*(?:add (?:a )?)?${NOTE}\\s*:?\\s*(?<text>.+)$`,
];
/** First what, then who. */
const TEXT_FIRST = [
  `^(?:${VERB} )?${ARTICLE}${NOTE}(?: that| saying|:)? (?<text>.+) (?:to|for|on|under) (?<who>.+?)${OWNER}$`,
  `^(?:${VERB} )?${ARTICLE}${NOTE} (?:to|for|on) (?<who>\\S+(?: \\S+)?) (?<text>.+)$`,
];
const WITHOUT_LEAD = `^(?:${VERB} )${ARTICLE}${NOTE}(?:\\s*:\\s*| that | saying (?:that )?|\\s+(?=${QUOTED}$))(?<text>.+)$`;
const CALLED =
  /^(?:log|record|add|note)(?: down)? (?:a |an |the |my |our )?(?<what>call|phone call|meeting|e-?mail|conversation|chat|visit|demo) (?:with|to|from) (?<who>.+?)(?:\s*[:;,]\s*|\s+[-–—]\s+|\s+(?:saying|that|about) )(?<text>.+)$/iu;
const THAT_NAMED =
  /^(?:[Nn]ote|[Rr]emember|[Ww]rite down|[Rr]ecord|[Mm]ake a note|[Tt]ake a note|[Aa]dd a note|[Jj]ot down)(?: down)?(?: that|:) (?<text>(?<who>\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+){0,2}) .+)$/u;
const LONGEST = 10_000;

/** Adds a note. What it says is content, whatever it says. */
export const noteRule: Rule = (text, frame) => {
  if (
    !/\b(?:note|notes|comment|comments|remark|remarks|memo|memos|log|jot|remember|write|record)\b/iu.test(text) &&
    !new RegExp(QUOTED).test(text)
  )
    return undefined;
  if (
    /^(?:set|change|update|replace|edit|clear|remove|delete|erase|empty|wipe|show|what|find|list|read|create|open)\b/iu.test(text) &&
    !/^create (?:a |another |new )*(?:note|comment)/iu.test(text)
  )
    return undefined;
  for (const form of FORMS) {
    const made = noted(groupsOf(text, frame.pattern(form)), frame);
    if (made) return made;
  }
  const spokenOf = new RegExp(WITHOUT_LEAD, 'iu').exec(text)?.groups;
  for (const form of TEXT_FIRST) {
    const groups = groupsOf(text, frame.pattern(form));
    // "add a note: agreed on price": behind a colon only a name or "him" is somebody, and the rest is content.
    const isSomebody = !spokenOf || /^(?:\p{Lu}|him$|her$|them$|[\uE000-\uF8FF])/u.test(groups?.who ?? '');
    const made = isSomebody ? noted(groups, frame) : undefined;
    if (made) return made;
  }
  if (spokenOf) return noted({ who: 'it', text: spokenOf.text }, frame);
  const called = groupsOf(text, CALLED);
  if (called?.text) return noted({ who: called.who, text: `${capital(called.what ?? 'Call')}: ${called.text}` }, frame);
  const that = THAT_NAMED.exec(text)?.groups;
  return that ? noted(that, frame) : undefined;
};

function noted(groups: Readonly<Record<string, string | undefined>> | undefined, frame: Frame): readonly Command[] | undefined {
  const who = groups?.who === undefined ? undefined : noteTarget(groups.who, frame);
  if (!who || !groups?.text) return undefined;
  const text = (isQuoted(groups.text) ? frame.mask.plain(groups.text) : frame.mask.raw(groups.text)).trim();
  if (text === '') return [refusal('missing', 'What should the note say?')];
  if (text.length > LONGEST) return [refusal('too-long', `A note may have ${LONGEST} characters at most.`)];
  return [{ kind: 'add-note', who, text }];
}

function noteTarget(given: string, frame: Frame): Reference | undefined {
  const possessive: Readonly<Record<string, string>> = { his: 'him', her: 'her', their: 'them', its: 'it' };
  return referenceIn(possessive[given.toLowerCase()] ?? given, frame);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
