/** What is wrong with one record of a file; the records around it are read all the same. */
export type CsvFault = 'unclosed-quote' | 'text-after-quote' | 'row-too-long' | 'field-too-long' | 'too-many-cells';

export type Scan = { cells: string[]; end: number } | { fault: CsvFault } | 'more';

const isLineEnd = (char: string | undefined): boolean => char === '\n' || char === '\r';

/** The place after the line end at `at`, or -1 when the text stops too early to tell "\r" from "\r\n". */
function afterLineEnd(text: string, at: number, isEnd: boolean): number {
  if (text[at] === '\n') return at + 1;
  if (at + 1 >= text.length && !isEnd) return -1;
  return text[at + 1] === '\n' ? at + 2 : at + 1;
}

/** The place after the physical line that `start` is in, or -1 when its end has not come yet. */
export function endOfLine(text: string, start: number, isEnd: boolean): number {
  let at = start;
  while (at < text.length && !isLineEnd(text[at])) at++;
  if (at >= text.length) return isEnd ? text.length : -1;
  return afterLineEnd(text, at, isEnd);
}

type Cell = { value: string; end: number };

function scanQuoted(text: string, start: number, isEnd: boolean): Cell | 'open' {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0 || (quote + 1 >= text.length && !isEnd)) return 'open';
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

function scanPlain(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== delimiter && !isLineEnd(text[end])) end++;
  return { value: text.slice(start, end), end };
}

/**
 * Reads one record by RFC 4180 from `start`: quoted cells may hold delimiters, line ends and doubled quotes. 'more' asks for more text
 * unless `isEnd`. After a broken record, go on behind its first physical line: so one stray quote costs one row.
 */
export function scanRecord(text: string, start: number, delimiter: string, isEnd: boolean): Scan {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const isQuoted = text[at] === '"';
    const cell = isQuoted ? scanQuoted(text, at, isEnd) : scanPlain(text, at, delimiter);
    if (cell === 'open') return isEnd ? { fault: 'unclosed-quote' } : 'more';
    cells.push(cell.value);
    at = cell.end;
    if (at >= text.length) return isEnd ? { cells, end: at } : 'more';
    if (isLineEnd(text[at])) {
      const end = afterLineEnd(text, at, isEnd);
      return end < 0 ? 'more' : { cells, end };
    }
    if (text[at] !== delimiter) return { fault: 'text-after-quote' };
    at += 1;
  }
}

/** Line ends between two places of a text. */
export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) lines++;
  return lines;
}
