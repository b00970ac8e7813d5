// What is not seen but read: controls except tab and newline, lone surrogates, bidirectional overrides, fillers, zero-width characters,
// variation selectors and the "tag" block, in which whole sentences can be hidden from people.
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Cs}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;
// Joiners belong to Persian, Indic scripts and emoji, one at a time and between two of them; anywhere else they carry hidden bits.
const STRAY_JOINERS =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}])[\u200C\u200D]+|[\u200C\u200D]+(?![\p{L}\p{M}\p{Extended_Pictographic}])/gu;
const JOINER_RUNS = /([\u200C\u200D])[\u200C\u200D]+/gu;
const LINE_ENDS = /\r\n?|[\u2028\u2029\u0085]/gu;

// Three of what looks like < or >, one by one or in one character: how our blocks begin and end.
const OPENERS =
  /[<\u2039\u00AB\u2329\u27E8\u27EA\u3008\u300A\uFE64\uFF1C\u227A\u226A\u22D8\u02C2\u1438\u276E\u2770][ \t\u00A0\u3000<\u2039\u00AB\u2329\u27E8\u27EA\u3008\u300A\uFE64\uFF1C\u227A\u226A\u22D8\u02C2\u1438\u276E\u2770]+[<\u2039\u00AB\u2329\u27E8\u27EA\u3008\u300A\uFE64\uFF1C\u227A\u226A\u22D8\u02C2\u1438\u276E\u2770]|\u22D8/gu;
const CLOSERS =
  /[>\u203A\u00BB\u232A\u27E9\u27EB\u3009\u300B\uFE65\uFF1E\u227B\u226B\u22D9\u02C3\u1433\u276F\u2771][ \t\u00A0\u3000>\u203A\u00BB\u232A\u27E9\u27EB\u3009\u300B\uFE65\uFF1E\u227B\u226B\u22D9\u02C3\u1433\u276F\u2771]+[>\u203A\u00BB\u232A\u27E9\u27EB\u3009\u300B\uFE65\uFF1E\u227B\u226B\u22D9\u02C3\u1433\u276F\u2771]|\u22D9/gu;
// Marks by which chat templates separate roles: a model that was trained on them may obey them inside text.
// White space is only ever counted from one side: two ways to share out a long run of it would take the square of its length.
const TEMPLATE_MARKS =
  /<\s*(?:\/\s*)?\|[^|\n]{0,40}\|\s*>|\[\s*(?:\/\s*)?(?:INST|SYS)\s*\]|<\s*(?:\/\s*)?(?:start_of_turn|end_of_turn|bos|eos)\s*>/giu;
const HALF_MARKS = /<(?=\s*\|)|\|\s*>/gu;

/**
 * Text without what only machines read, and without anything that looks like a boundary of ours or a role mark of a chat template. What
 * people read stays: three brackets become one, a role mark becomes its word in parentheses. Cleaning twice changes nothing more.
 */
export function cleanText(text: string): string {
  return text
    .replace(LINE_ENDS, '\n')
    .replace(UNSEEN, '')
    .replace(JOINER_RUNS, '$1')
    .replace(STRAY_JOINERS, '')
    .replace(TEMPLATE_MARKS, (found) => `(${found.replaceAll(/[^\p{L}\p{N}/_ -]/gu, '').trim()})`)
    .replace(HALF_MARKS, (found) => found.replace('<', '‹').replace('>', '›'))
    .replace(OPENERS, '‹')
    .replace(CLOSERS, '›');
}
