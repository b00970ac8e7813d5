import type { CsvEncoding } from './csv-encoding.js';
import { decodeText, detectEncoding } from './csv-encoding.js';
import type { CsvFault, Scan } from './csv-record.js';
import { countLines, endOfLine, scanRecord } from './csv-record.js';
import { headerKey } from './mapping.js';

export type CsvLimits = { maxRowLength: number; maxFieldLength: number; maxColumns: number };
/** One record with the number of the physical line it begins on, counted from 1; a broken one tells what is wrong instead. */
export type CsvRow = { line: number; cells: string[] } | { line: number; fault: CsvFault };
export type CsvTable = { headers: string[]; headerLine: number; delimiter: string; encoding: CsvEncoding; rows: AsyncGenerator<CsvRow> };

/** The file as a whole cannot be read as a table. */
export class CsvTableError extends Error {
  constructor(
    readonly code: 'empty-file' | 'unreadable-header' | 'too-many-columns',
    message: string,
  ) {
    super(message);
  }
}

const DEFAULT_LIMITS: CsvLimits = { maxRowLength: 256 * 1024, maxFieldLength: 32 * 1024, maxColumns: 500 };
const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLE_BYTES = 64 * 1024;
const SAMPLE_RECORDS = 25;

/** The delimiter that cuts the first records into the most cells of the same number. */
export function detectDelimiter(sample: string): string {
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const widths: number[] = [];
    for (let at = 0; at < sample.length && widths.length < SAMPLE_RECORDS;) {
      const found = scanRecord(sample, at, delimiter, true);
      if (found === 'more') break;
      if ('cells' in found && found.cells.some((cell) => cell !== '')) widths.push(found.cells.length);
      at = 'cells' in found ? found.end : endOfLine(sample, at, true);
    }
    const first = widths[0] ?? 1;
    const alike = widths.filter((width) => width === first).length / Math.max(1, widths.length);
    const score = first > 1 ? alike * alike * Math.log2(first + 1) : 0;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Takes the first bytes off a stream; the stream that is given back begins with them again. */
async function peek(source: AsyncIterable<Uint8Array>): Promise<{ sample: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const chunks: Uint8Array[] = [];
  const rest = source[Symbol.asyncIterator]();
  let size = 0;
  while (size < SAMPLE_BYTES) {
    const next = await rest.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { sample: Buffer.concat(chunks).subarray(0, SAMPLE_BYTES), all: all() };
}

type Reading = { delimiter: string; limits: CsvLimits };

/** Cuts a text that comes in pieces into records. Never more than one row and one piece is held, and where it is cut changes nothing. */
class RecordReader {
  private text = '';
  private line = 1;
  private isSkipping = false;

  constructor(private readonly reading: Reading) {}

  async *read(pieces: AsyncIterable<string>): AsyncGenerator<CsvRow> {
    for await (const piece of pieces) {
      this.text += piece;
      yield* this.drain(false);
    }
    yield* this.drain(true);
  }

  private *drain(isEnd: boolean): Generator<CsvRow> {
    let at = 0;
    while (at < this.text.length) {
      const found = this.isSkipping ? 'skip' : this.scan(at, isEnd);
      if (found === 'more') break;
      const end = found === 'skip' || 'fault' in found ? endOfLine(this.text, at, isEnd) : found.end;
      if (found !== 'skip' && 'fault' in found) yield { line: this.line, fault: found.fault };
      if (found !== 'skip' && 'cells' in found && found.cells.some((cell) => cell.trim() !== ''))
        yield { line: this.line, cells: found.cells };
      this.isSkipping = end < 0;
      if (end < 0) {
        at = this.text.endsWith('\r') ? this.text.length - 1 : this.text.length;
        break;
      }
      this.line += countLines(this.text, at, end);
      at = end;
    }
    this.text = this.text.slice(at);
  }

  /** One record within the length a row may have; what is longer is broken, no matter how much of the text is at hand. */
  private scan(at: number, isEnd: boolean): Scan {
    const { delimiter, limits } = this.reading;
    const window = this.text.slice(at, at + limits.maxRowLength + 1);
    const isWhole = at + window.length >= this.text.length;
    const found = scanRecord(window, 0, delimiter, isEnd && isWhole);
    if (found === 'more' && window.length > limits.maxRowLength) {
      return { fault: endOfLine(window, 0, false) < 0 ? 'row-too-long' : 'unclosed-quote' };
    }
    return found !== 'more' && 'cells' in found ? { cells: found.cells, end: at + found.end } : found;
  }
}

/** Names every column: blank ones by their place, repeated ones by a number. Two names that a mapping takes for the same are repeated. */
function nameColumns(cells: readonly string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, at) => {
    const base = cell.trim() === '' ? `Column ${at + 1}` : cell.trim();
    let name = base;
    for (let n = 2; taken.has(headerKey(name)); n++) name = `${base} (${n})`;
    taken.add(headerKey(name));
    return name;
  });
}

async function* body(rows: AsyncGenerator<CsvRow>, width: number, limits: CsvLimits): AsyncGenerator<CsvRow> {
  for await (const row of rows) {
    if ('fault' in row) yield row;
    else if (row.cells.some((cell) => cell.length > limits.maxFieldLength)) yield { line: row.line, fault: 'field-too-long' };
    else if (row.cells.slice(width).some((cell) => cell.trim() !== '')) yield { line: row.line, fault: 'too-many-cells' };
    else yield { line: row.line, cells: Array.from({ length: width }, (_, at) => row.cells[at] ?? '') };
  }
}

/**
 * Opens a CSV file as a table without reading it whole: encoding and delimiter are detected from its beginning, the first record that is
 * not blank names the columns, and every row has as many cells as there are columns.
 */
export async function openCsvTable(source: AsyncIterable<Uint8Array>, options: Partial<CsvLimits> = {}): Promise<CsvTable> {
  const limits = { ...DEFAULT_LIMITS, ...options };
  const { sample, all } = await peek(source);
  const encoding = detectEncoding(sample);
  const beginning = new TextDecoder(encoding).decode(sample, { stream: true });
  const hint = /^sep=([,;|\t])\r?\n/i.exec(beginning);
  const delimiter = hint?.[1] ?? detectDelimiter(beginning);
  const rows = new RecordReader({ delimiter, limits }).read(decodeText(all, encoding));
  let first = await rows.next();
  if (hint && !first.done) first = await rows.next();
  if (first.done) throw new CsvTableError('empty-file', 'The file holds no rows.');
  if ('fault' in first.value) throw new CsvTableError('unreadable-header', 'The first line, which names the columns, cannot be read.');
  const headers = nameColumns(trimEnd(first.value.cells));
  if (headers.length > limits.maxColumns)
    throw new CsvTableError('too-many-columns', `The file has more than ${limits.maxColumns} columns.`);
  return { headers, headerLine: first.value.line, delimiter, encoding, rows: body(rows, headers.length, limits) };
}

function trimEnd(cells: readonly string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
}
