/** A clause without greetings and politeness. */
export interface Opened {
  readonly text: string;
  /** "Could you ...": with a question mark it is nevertheless a request. */
  readonly isRequest: boolean;
  /** "Should I", "what if", "did you": asks, and must not change anything. */
  readonly isQuestion: boolean;
  readonly isConditional: boolean;
}

const INTERJECTION =
  /^(?:hey|hi|hello|hiya|dear|ok|okay|okey|alright|all right|right|well|so|now|then|and|also|next|first|firstly|first of all|second|secondly|third|finally|lastly|last|actually|oh|um|uh|hm+|great|perfect|cool|awesome|nice|super|fine|good|thanks|thank you|thx|good (?:morning|afternoon|evening|day)|assistant|concord|there|team|everyone|please|pls|plz|plse|kindly|just|quickly|quick|unfortunately|sadly|luckily|fortunately|apparently|(?:great|good|bad|sad) news|fyi|after that|afterwards|in addition|additionally|by the way|btw|one more thing|another thing|sorry|excuse me|but|plus|as well|again)(?:\s*[,!.:–-]+\s*|\s+)(?=\S)/iu;
const REQUEST =
  /^(?:(?:can|could|would|will|may) (?:you|u|ya)(?: (?:please|pls|kindly|maybe|possibly|perhaps|quickly|just|also|then|go ahead and))*(?: (?:help me (?:to )?|be so kind (?:as )?to|be so kind and|go ahead and|mind))?|(?:do you think|i was wondering if|i wonder if|any chance) you (?:can|could|would)|are you able to|would it be possible (?:for you )?to|is it possible (?:for you )?to|it would be (?:great|nice|good|lovely|helpful) if you (?:could|would)|(?:i'd|i would|we'd|we would) (?:really )?(?:like|love|appreciate it if|want)(?: it if)?(?: you)?(?: to| could)?|(?:i|we) (?:want|need|wish|have)(?: you)? to|(?:i|we) (?:want|need) you to|let's|lets|let us|go ahead and|make sure (?:to|that you|you)|be sure to|do me a favou?r and|feel free to|time to|you (?:can|should|must|need to|may)|your task is to|please (?:can|could) you|help me(?: to)?|try to)\s+(?=\S)/iu;
const NEED_A =
  /^(?:i|we)(?:'d like| would like| want| need) (?=(?:a list|all|the|to see|to know|an overview|my|every)\b)(?:to (?:see|know) )?/iu;
const TRAILING =
  /(?:[\s,;–-]+(?:please|pls|plz|thanks(?: a lot| so much| in advance)?|thank you(?: very much| so much)?|thx|ty|cheers|for me|for us|right now|right away|now|immediately|asap|at once|quickly|real quick|again|too|as well|also|instead|then|would you|will you|could you|can you|ok|okay|if (?:you )?(?:could|can|please|possible|would|may)|if (?:you )?don't mind|if that's (?:ok|okay|fine)|if you (?:have|get) (?:the |a )?(?:time|chance|moment)|when you (?:can|have time|get a chance|have a moment)|mate|buddy|dear))+\s*$/iu;
const QUESTION =
  /^(?:should|shall|may i|might|must|can i|can we|could i|could we|am i|do i|do we|do you|does|did|is|are|was|were|has|have (?:you|we|i|they)|had|would (?!you)|what|what's|whats|who|who's|whos|whose|whom|which|where|where's|when|why|how|if i|what if|isn't|aren't|doesn't|didn't|wasn't|won't|shouldn't|is it|will (?:it|he|she|they|this|that|i|we|deleting|moving))\b/iu;
const CONDITION =
  /^(?:if|unless|when|whenever|once|in case|as soon as|provided|assuming|suppose|imagine|after|before|until|while)\b|\s(?:if|unless|in case|provided that|as long as|only when|as soon as)\s/iu;

/** Takes greetings, "could you please" and "thanks" off a clause and says what kind of sentence is left. */
export function opened(given: string): Opened {
  let text = given.trim();
  let isRequest = false;
  for (let round = 0; round < 8; round++) {
    const before = text;
    text = text.replace(NEED_A, 'show ').replace(INTERJECTION, '');
    const request = REQUEST.exec(text);
    if (request) {
      isRequest = true;
      text = text.slice(request[0].length);
    }
    if (text === before) break;
  }
  text = text.replace(/[\s.!,;:?]+$/u, (end) => (end.includes('?') ? '?' : ''));
  const isAsked = text.endsWith('?');
  text = text.replace(/\?+$/, '').replace(TRAILING, '').trim();
  const isQuestion = QUESTION.test(text) || (isAsked && !isRequest);
  return { text, isRequest, isQuestion, isConditional: CONDITION.test(text) };
}
