import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { CsvLimits, CsvRow } from './csv-table.js';
import { detectDelimiter, openCsvTable } from './csv-table.js';
import { headerKey } from './mapping.js';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, options: Partial<CsvLimits> & { size?: number } = {}) {
  const { size, ...limits } = options;
  const table = await openCsvTable(pieces(typeof text === 'string' ? Buffer.from(text) : text, size ?? 7), limits);
  const rows: CsvRow[] = [];
  for await (const row of table.rows) rows.push(row);
  return { ...table, rows };
}

/** A text as windows-1252, for the characters it shares with Latin-1. */
const latin = (text: string) => Buffer.from(text, 'latin1');
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('openCsvTable', () => {
  it('names columns and numbers rows by their physical lines', async () => {
    const { headers, rows } = await read('\nname, note\r\nAnna,"two\nlines"\r\n\r\nBob,"say ""hi"""\nEve,end');
    expect(headers).toEqual(['name', 'note']);
    expect(rows).toEqual([
      { line: 3, cells: ['Anna', 'two\nlines'] },
      { line: 6, cells: ['Bob', 'say "hi"'] },
      { line: 7, cells: ['Eve', 'end'] },
    ]);
  });

  it('fills short rows, refuses long ones, and keeps blank and repeated columns apart', async () => {
    const { headers, rows } = await read('a,,A,\n1\n1,2,3,,\n1,2,3,4\n');
    expect(headers).toEqual(['a', 'Column 2', 'A (2)']);
    expect(rows).toEqual([
      { line: 2, cells: ['1', '', ''] },
      { line: 3, cells: ['1', '2', '3'] },
      { line: 4, fault: 'too-many-cells' },
    ]);
  });

  it('loses one row to one stray quote', async () => {
    const { rows } = await read('a,b\n1,"open\n2,x\n3,"closed" y\n4,5" pipe\n5,"last');
    expect(rows).toEqual([
      { line: 2, fault: 'text-after-quote' },
      { line: 3, cells: ['2', 'x'] },
      { line: 4, fault: 'text-after-quote' },
      { line: 5, cells: ['4', '5" pipe'] },
      { line: 6, fault: 'unclosed-quote' },
    ]);
  });

  it('goes on after rows and fields that are too long', async () => {
    const long = 'x'.repeat(300);
    const { rows } = await read(`a,b\n1,${long}\n2,"${long}\n3,${'y'.repeat(40)}\n4,ok\n`, { maxRowLength: 100, maxFieldLength: 30 });
    expect(rows.map((row) => ('fault' in row ? `${row.line} ${row.fault}` : row.line))).toEqual([
      '2 row-too-long',
      '3 row-too-long',
      '4 field-too-long',
      5,
    ]);
  });

  it('closes an open quote after the longest row, and reads the lines it swallowed', async () => {
    const { rows } = await read(`a,b\n1,"open\n${'2,x\n'.repeat(50)}`, { maxRowLength: 100 });
    expect(rows[0]).toEqual({ line: 2, fault: 'unclosed-quote' });
    expect(rows.slice(1)).toEqual(Array.from({ length: 50 }, (_, at) => ({ line: 3 + at, cells: ['2', 'x'] })));
  });

  it('holds no more than a row of a file without line ends', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n');
      for (; given < 200; given++) yield Buffer.alloc(64 * 1024, 'x');
    }
    const table = await openCsvTable(endless());
    const rows: CsvRow[] = [];
    for await (const row of table.rows) rows.push(row);
    expect(given).toBe(200);
    expect(rows).toEqual([{ line: 2, fault: 'row-too-long' }]);
  });

  it.each([
    ['utf-8', Buffer.from('name;ort\nZoë;Łódź\n')],
    ['utf-8', Buffer.from('\ufeffname;ort\nZoë;Łódź\n')],
    ['utf-16le', Buffer.from('\ufeffname;ort\nZoë;Łódź\n', 'utf16le')],
    ['utf-16le', Buffer.from('name;ort\nZoë;Łódź\n', 'utf16le')],
    ['utf-16be', bigEndian('\ufeffname;ort\nZoë;Łódź\n')],
  ])('reads %s', async (encoding, bytes) => {
    const table = await read(bytes, { size: 3 });
    expect(table.encoding).toBe(encoding);
    expect(table.delimiter).toBe(';');
    expect(table.headers).toEqual(['name', 'ort']);
    expect(table.rows).toEqual([{ line: 2, cells: ['Zoë', 'Łódź'] }]);
  });

  it('reads windows-1252, also when its first accent comes late', async () => {
    expect((await read(latin('name,city\nJosé,Köln\n'))).rows).toEqual([{ line: 2, cells: ['José', 'Köln'] }]);
    const table = await read(latin(`name,city\n${'Anna,Berlin\n'.repeat(8000)}José,Köln\n`), { size: 5000 });
    expect(table.rows.at(-1)).toEqual({ line: 8002, cells: ['José', 'Köln'] });
  });

  it('names columns so that a mapping, which looks at them loosely, finds each', async () => {
    const { headers } = await read('First Name,first_name,E-Mail,e mail,E-Mail,Column 6,\n');
    expect(headers).toEqual(['First Name', 'first_name (2)', 'E-Mail', 'e mail (2)', 'E-Mail (3)', 'Column 6']);
    expect(new Set(headers.map(headerKey)).size).toBe(headers.length);
  });

  it('obeys the hint of a spreadsheet', async () => {
    expect((await read('sep=|\na|b,c,d\n1|2,3,4\n')).rows).toEqual([{ line: 3, cells: ['1', '2,3,4'] }]);
  });

  it('refuses what is no table', async () => {
    await expect(read('')).rejects.toMatchObject({ code: 'empty-file' });
    await expect(read(' \n\n,\n')).rejects.toMatchObject({ code: 'empty-file' });
    await expect(read('"a,b\n1,2')).rejects.toMatchObject({ code: 'unreadable-header' });
    await expect(read('a,b,c\n', { maxColumns: 2 })).rejects.toMatchObject({ code: 'too-many-columns' });
  });

  it('reads what csv-parse reads, however the bytes are cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '€', '😀'), maxLength: 6 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (table, size) => {
          const text = ['h1,h2,h3', ...table.map((row) => row.map(quoted).join(','))].join('\r\n');
          const expected = parse(text, { from_line: 2 }).filter((row) => row.some((value) => value.trim() !== ''));
          const { rows } = await read(text, { size });
          expect(rows.map((row) => ('cells' in row ? row.cells : row.fault))).toEqual(expected);
        },
      ),
    );
  });

  it('reads any bytes to their end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ';', '\t') }),
        fc.integer({ min: 1, max: 5 }),
        async (text, size) => {
          const { rows } = await read(`h,h\n${text}`, { size });
          const whole = await read(`h,h\n${text}`, { size: 1_000_000 });
          expect(rows).toEqual(whole.rows);
          expect(rows.every((row, at) => row.line > (rows[at - 1]?.line ?? 1))).toBe(true);
        },
      ),
    );
  });
});

describe('detectDelimiter', () => {
  it.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['a\tb, c\n1\t2, 3, 4\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['name\nAnna\n', ','],
    ['name,note\nAnna,"a;b;c"\nBob,"d;e;f"\n', ','],
  ])('of %j is %j', (sample, delimiter) => expect(detectDelimiter(sample)).toBe(delimiter));
});
