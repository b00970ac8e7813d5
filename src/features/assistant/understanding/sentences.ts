const ABBREVIATION = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|jr|sr|no|nr|vs|e\.g|i\.e|approx|ca|bros|dept|tel|\p{Lu})$/iu;
const LABEL =
  /\n\s*(?:[-*•]\s*)?(?=(?:name|company|organi[sz]ation|e-?mail|phone|telephone|mobile|value|budget|amount|notes?|source|tags?|owner|status|stage)\s*[:=])/giu;
const MOST = 40;

/** Sentences of a message with their question marks; a list of "Label: value" lines stays with the line before. Undefined when there are too many. */
export function sentencesOf(masked: string): string[] | undefined {
  const text = masked.replace(/\r\n?/g, '\n').replace(LABEL, ', ');
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?]+(?=\s|$)|;|\n+|(?<=[.!?])(?=\p{Lu}\p{Ll})/gu)) {
    const end = match.index + match[0].length;
    const isAbbreviated =
      match[0] === '.' && ABBREVIATION.test(text.slice(Math.max(start, match.index - 12), match.index)) && /\S/.test(text.slice(end));
    if (isAbbreviated) continue;
    const sentence = text.slice(start, match[0] === ';' ? match.index : end).trim();
    if (/[\p{L}\p{N}\uE000-\uF8FF?]/u.test(sentence)) sentences.push(sentence);
    start = end;
    if (sentences.length > MOST) return undefined;
  }
  const last = text.slice(start).trim();
  if (/[\p{L}\p{N}\uE000-\uF8FF]/u.test(last)) sentences.push(last);
  return sentences.length > MOST ? undefined : sentences;
}
