/** What a cell may hold; null and undefined give an empty cell. */
export type CsvValue = string | number | bigint | boolean | Date | null | undefined;

/** First in the file, so that spreadsheets read it as UTF-8. */
export const CSV_BOM = '\ufeff';

// Besides the ASCII signs spreadsheets take the full-width ones, and a line break or tab in front of a sign, for a formula.
const FORMULA_START = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const PLAIN_NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/**
 * One cell by RFC 4180. A text that a spreadsheet would run as a formula gets a leading apostrophe; plain numbers ("-12.50",
 * "+4930123456") are harmless and stay as they are.
 */
export function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  const text = value instanceof Date ? value.toISOString() : String(value);
  const safe = FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One record with its CRLF. */
export function csvRow(values: readonly CsvValue[]): string {
  const row = values.map(csvCell).join(',');
  // An empty line would be read as no record at all.
  return `${row === '' ? '""' : row}\r\n`;
}
