import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CSV_BOM, csvCell, csvRow } from './csv.js';

describe('csvCell', () => {
  it.each([
    ['plain', 'plain'],
    ['=1+1', "'=1+1"],
    ['+cmd|x', "'+cmd|x"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['＝1+1', "'＝1+1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['-12.50', '-12.50'],
    ['+4930123456', '+4930123456'],
    ['+49 30 123456', "'+49 30 123456"],
    [-12.5, '-12.5'],
    [-1e-7, '-1e-7'],
    [-12n, '-12'],
    [true, 'true'],
    [null, ''],
    [undefined, ''],
    [new Date('2024-01-02T03:04:05Z'), '2024-01-02T03:04:05.000Z'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
  ])('%j gives %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe('csvRow', () => {
  it('ends with CRLF and never is an empty line', () => {
    expect(csvRow(['a', 1, null])).toBe('a,1,\r\n');
    expect(csvRow([''])).toBe('""\r\n');
  });

  it('is read back by csv-parse, and no cell starts a formula', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n",;\' 1.aé') }));
    const rows = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(rows, (table) => {
        const read: string[][] = parse(Buffer.from(CSV_BOM + table.map(csvRow).join('')), { bom: true, recordDelimiter: '\r\n' });
        expect(read).toHaveLength(table.length);
        read.forEach((row, i) => {
          row.forEach((cell, j) => expect([table[i][j], `'${table[i][j]}`]).toContain(cell));
          expect(row.filter((cell) => /^[=+\-@\t\r\n]/.test(cell) && Number.isNaN(Number(cell)))).toEqual([]);
        });
      }),
      { numRuns: 200 },
    );
  });
});
