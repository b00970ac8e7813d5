/** Quoted passages and addresses stand in the text as one character each, so that no rule reads what is inside of them. */
export interface MaskedText {
  readonly text: string;
  /** The text with everything back in its place, quotation marks too. */
  readonly raw: (masked: string) => string;
  /** As `raw`, without the quotation marks: for names and values. */
  readonly plain: (masked: string) => string;
}

/** Classes for regular expressions: one quoted passage, one e-mail or web address. */
export const QUOTED = '[\\uE000-\\uEFFF]';
export const ADDRESS = '[\\uF000-\\uF8FF]';

const QUOTE_AT = 0xe000;
const ADDRESS_AT = 0xf000;
const MOST = 0x7ff;
const PRIVATE = /[\uE000-\uF8FF]/g;
const ALL_MASKS = /[\uE000-\uF8FF]/g;
const PASSAGE = new RegExp(
  [
    // A quotation mark that is never closed holds everything to the end: what was meant as content must not be read as a command.
    String.raw`"(?<double>[^"]*)(?:"|$)`,
    String.raw`[“„«‟](?<curly>[^”“»]*)(?:[”“»]|$)`,
    '`(?<tick>[^`]*)(?:`|$)',
    // An apostrophe opens only behind a gap and closes only before one.
    String.raw`(?<=^|[\s(:,])['‘](?<single>[^\s'‘’](?:[^'‘’\n]|['’](?=\p{L}))*?)['’](?=$|[\s.,;:!?)])`,
    String.raw`(?<address>[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}|https?:\/\/\S+)`,
  ].join('|'),
  'gu',
);

/** Puts one character in the place of each quoted passage and each address. */
export function maskText(given: string): MaskedText {
  const kept: { raw: string; plain: string }[] = [];
  const source = given.normalize('NFC').replace(PRIVATE, '');
  const text = source
    .replace(PASSAGE, (...found) => {
      const groups = found.at(-1) as Record<string, string | undefined>;
      const raw = String(found[0]);
      if (kept.length > MOST) return ' ';
      // "john@example.com." ends a sentence, the full stop is not part of the address.
      const inner = groups.double ?? groups.curly ?? groups.tick ?? groups.single;
      kept.push({ raw, plain: inner?.trim() ?? raw });
      return String.fromCharCode((inner === undefined ? ADDRESS_AT : QUOTE_AT) + kept.length - 1);
    })
    .replace(/[‘’ʼ]/g, "'")
    .replace(/[\t\u00a0\u202f ]+/g, ' ');
  const back = (masked: string, form: 'raw' | 'plain'): string =>
    masked.replace(ALL_MASKS, (sign) => kept[sign.charCodeAt(0) & MOST]?.[form] ?? '').trim();
  return { text, raw: (masked) => back(masked, 'raw'), plain: (masked) => back(masked, 'plain') };
}

/** True for a text that is one quoted passage and nothing else. */
export function isQuoted(masked: string): boolean {
  return new RegExp(`^\\s*${QUOTED}\\s*$`).test(masked);
}
