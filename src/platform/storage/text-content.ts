/** Control characters no text editor writes; tab, line feed, form feed and carriage return are fine. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/;

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    // stream: the last character may be cut in two
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** The text of the first bytes of a file (UTF-8, UTF-16 with its mark, Windows-1252), or undefined when they are not text. */
export function readableText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const text = isUtf16
    ? decode(bytes, first === 0xff ? 'utf-16le' : 'utf-16be')
    : (decode(bytes, 'utf-8') ?? decode(bytes, 'windows-1252'));
  return text === undefined || UNPRINTABLE.test(text) ? undefined : text;
}

/** Whether a text can be the beginning of a JSON document. */
export function looksLikeJson(start: string): boolean {
  return /^(\{\s*("|\}|$)|\[\s*([[{"\d\]tfn-]|$)|"|-?\d|true\b|false\b|null\b)/.test(start);
}

/** Whether a text has lines that one separator cuts into cells; a single column is a table too. */
export function looksLikeTable(text: string): boolean {
  const [header = ''] = text.split(/\r\n|\n|\r/, 1);
  return header.trim() !== '' && !/^\s*[{[]/.test(header);
}
