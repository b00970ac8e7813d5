import { foldText } from '../../../shared/text.js';
import type { Choice, Command, DialogueContext } from './command.js';
import type { Frame } from './frame.js';

const YES =
  /^(?:(?:yes|yep|yeah|yup|ya|yess+|y|sure|of course|certainly|absolutely|definitely|ok|okay|k|alright|all right|fine|right|correct|exactly|affirmative|indeed|confirm(?:ed)?|i confirm|approved?|agreed|go|go ahead|go for it|do it|do that|do so|please do|please|proceed|continue|make it so|sounds good|looks good|that's (?:right|correct|fine|ok|okay|good)|perfect|great|good|i am sure|i'm sure|i do|that is (?:right|correct)|execute|apply|apply it|run it|carry on|you may|you can|delete (?:it|him|her|them|that|this)|remove (?:it|him|her|them)|move (?:it|him|her|them)|thanks|thank you|now|really|very much|just)(?:[\s,.!]+|$))+$/iu;
const YES_CORE =
  /\b(?:yes|yep|yeah|yup|ya|yess+|y|sure|of course|certainly|absolutely|definitely|ok|okay|k|alright|all right|fine|right|correct|exactly|affirmative|indeed|confirm|confirmed|approve|approved|agreed|go|do it|do that|do so|please do|proceed|continue|make it so|sounds good|looks good|i am sure|i'm sure|i do|execute|apply|perfect|great|good)\b/iu;
const NO =
  /^(?:(?:no|nope|nah|nay|n|no way|not now|not yet|no thanks|no thank you|cancel(?: (?:it|that|this|the (?:plan|deletion|change|move)))?|stop(?: it| that)?|abort|never ?mind|forget (?:it|that|about it)|leave (?:it|him|her|them|that)(?: alone| as (?:it|he|she|they) (?:is|are))?|drop (?:it|that|the plan)|don't(?: do (?:it|that|so))?|dont(?: do (?:it|that))?|do not(?: do (?:it|that|so))?|please don't|rather not|better not|i changed my mind|changed my mind|wait|hold on|decline|reject|keep (?:it|him|her|them|the lead)|discard (?:it|that|the plan)|don't (?:delete|remove|move|change) (?:it|him|her|them|that|anything)|do not (?:delete|remove|move|change) (?:it|him|her|them|that|anything)|on second thou?ghts?|actually|sorry|please|thanks|thank you|oh|i don't want (?:that|to|it))(?:[\s,.!]+|$))+$/iu;
const POLITE_ONLY = /^(?:(?:please|thanks|thank you|sorry|actually|oh|now|just|really|very much)[\s,.!]*)+$/iu;
const UNDO =
  /^(?:undo|un-?do|revert|reverse|roll ?back|take (?:it|that) back|put (?:it|that) back|change (?:it|that) back|ctrl ?\+? ?z|oops,? undo)(?:\s+(?:it|that|this|the|my|last|latest|previous|most recent|change|changes|action|step|edit|move|deletion|delete|update|creation|thing|one|operation|command|what you (?:just )?did|of|please|just now|again))*$/iu;
const HELP =
  /^(?:(?:please )?help(?: me)?(?: please)?|\?|what can you do(?: for me)?|what do you do|what are you able to do|how (?:do|does|can) (?:you|this|it|i use (?:you|this)) ?(?:work|help)?(?: me)?|how can you help(?: me)?|what can i (?:say|ask|do)(?: here| you)?|what (?:commands|things|questions) (?:are there|do you (?:know|understand|support)|can i (?:use|ask))|commands|show (?:me )?(?:the )?(?:help|commands|what you can do)|i need help|help please|can you help(?: me)?|who are you|what are you|usage|instructions|manual|examples|give me (?:some )?examples|how do i use (?:this|you)|what(?:'s| is) possible)$/iu;
const GREETING =
  /^(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|hi there|hello there|hey there|how are you(?: doing)?(?: today)?|what's up|sup|nice to meet you)(?:[\s,!.]+(?:there|assistant|concord|everyone|all|again|how are you(?: doing)?(?: today)?))*$/iu;
const THANKS =
  /^(?:(?:ok(?:ay)?|great|perfect|cool|awesome|super|nice|many|wonderful|good|fine|well done|good job|excellent|brilliant)[\s,!.]+)*(?:thanks|thank you|thx|ty|cheers|much appreciated|appreciate it|well done|good job|great job|nice work|perfect|great|awesome|cool|excellent)(?:[\s,!.]+(?:a lot|very much|so much|again|for (?:your|the) help|that's all|all good|you|man|buddy|mate))*$/iu;
const BYE =
  /^(?:(?:good ?)?bye(?: bye)?|see you(?: later| soon| tomorrow)?|good night|ciao|later|that's (?:all|it)(?: for (?:now|today))?|talk (?:later|soon)|have a (?:nice|good) (?:day|one|weekend|evening))$/iu;

const ORDINALS: Readonly<Record<string, number>> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
  fifth: 5,
  '5th': 5,
  last: -1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  former: 1,
  latter: -1,
};
const INDEX =
  /^(?:i (?:mean|meant|want|choose|pick|take) |it's |it is |choose |pick |take |select |use |go with )?(?:the )?(?:number |no\.? |nr\.? |option |candidate |lead |#)?(?<index>\d{1,2}|first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th|one|two|three|four|five|former|latter)(?:[.)]| one| lead| option)?(?: please)?$/iu;
const MEANT =
  /^(?:no[,.]? )?(?:i (?:mean|meant|want(?:ed)?|choose|pick|take|was talking about) |it's |it is |choose |pick |take |select |use |go with |the one |that's |that one |the lead )+(?=\S)/iu;

const tidy = (text: string): string => text.trim().replace(/[\s.!]+$/u, '');

/** Yes, no, undo, help, thanks and the like; undefined when a message is more than that. */
export function dialogueCommand(given: string, context: DialogueContext): Command | undefined {
  const text = tidy(given);
  const plain = text.replace(/\?+$/, '').trim();
  if (UNDO.test(plain) && !text.endsWith('?')) return { kind: 'undo' };
  if (UNDO.test(plain.replace(/^(?:please|oops|oh no|no|sorry|can you|could you|would you|wait)[\s,!.]+(?:please )?/iu, '')))
    return { kind: 'undo' };
  if (HELP.test(plain) || text === '?') return { kind: 'help' };
  // "Great" and "ok" answer a plan that is waiting, and are nothing but kind otherwise.
  const isThanks = THANKS.test(text);
  if (isThanks && !context.hasPendingPlan) return { kind: 'small-talk', tone: 'thanks' };
  if (isThanks && !YES_CORE.test(text)) return { kind: 'small-talk', tone: 'thanks' };
  if (NO.test(text) && !POLITE_ONLY.test(text)) return { kind: 'decline' };
  if (YES.test(text) && YES_CORE.test(text))
    return isOtherThanPlanned(text, context) ? { kind: 'unknown', text, why: 'unclear', suggestions: ['yes', 'no'] } : { kind: 'confirm' };
  if (GREETING.test(plain)) return { kind: 'small-talk', tone: 'greeting' };
  return BYE.test(text) ? { kind: 'small-talk', tone: 'goodbye' } : undefined;
}

/** An answer to "which one?" by place: "the second one", "2", "last". */
export function choiceByPlace(given: string): Choice | undefined {
  const index = INDEX.exec(tidy(given))?.groups?.index.toLowerCase();
  if (index === undefined) return undefined;
  return { kind: 'index', index: ORDINALS[index] ?? Number(index) };
}

/** An answer to "which one?" by what it says: a name, a company, an address of one of the candidates. */
export function choiceByText(given: string, { context, mask }: Pick<Frame, 'context' | 'mask'>): Choice | undefined {
  const text = mask.plain(
    tidy(given)
      .replace(MEANT, '')
      .replace(/^(?:from|at|of|with) /i, '')
      .replace(/,? please$/i, ''),
  );
  const words = foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
  const isAbout = (context.candidates ?? []).some(({ name, company }) => {
    const known = foldText(`${name} ${company ?? ''}`).split(/[^\p{L}\p{N}]+/u);
    return words.some((word) => known.includes(word));
  });
  return isAbout || text.includes('@') ? { kind: 'text', text } : undefined;
}

/** Whether a confirmation repeats what is planned ("yes, delete John Smith") and so is no new instruction. */
export function repeatsPlan(command: Command, context: DialogueContext): boolean {
  if (command.kind.startsWith('bulk-'))
    return (command as { which?: { kind: string } }).which?.kind === 'listed' && isAllPlanned(command, context);
  if (command.kind !== 'delete' || !isAllPlanned(command, context)) return false;
  if (command.who.kind === 'pronoun') return true;
  const wanted = command.who.kind === 'name' ? foldText(command.who.text) : undefined;
  return wanted !== undefined && context.pendingNames?.length === 1 && foldText(context.pendingNames[0]) === wanted;
}

type Act = NonNullable<DialogueContext['pendingActs']>[number];

/** True when the plan does nothing else than this; also when nobody says what it does. */
function isOnly(act: Act, { pendingActs }: DialogueContext): boolean {
  return pendingActs?.every((one) => one === act) ?? true;
}

/** A new value may be another one than what is planned, so it never is a yes. */
function isAllPlanned(command: Command, context: DialogueContext): boolean {
  if (command.kind === 'delete' || command.kind === 'bulk-delete') return isOnly('delete', context);
  if (command.kind !== 'bulk-move') return context.pendingActs === undefined;
  const { pendingStatuses } = context;
  const isThere = pendingStatuses?.every((status) => command.status.stages.some(({ key }) => key === status)) ?? true;
  return isThere && isOnly('move', context);
}

/** "Yes, move him" to a plan that deletes him. */
function isOtherThanPlanned(text: string, context: DialogueContext): boolean {
  if (/\b(?:delete|remove)\b/i.test(text)) return !isOnly('delete', context);
  return /\bmove\b/i.test(text) && !isOnly('move', context);
}
