import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extensionOf } from '../../platform/storage/accepted-types.js';
import { endingsFor, safeFileName } from './file-name.js';

describe('safeFileName', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd.txt', 'passwd.txt'],
    ['C:\\Users\\ada\\plan.docx', 'plan.docx'],
    ['..', 'file'],
    ['', 'file'],
    ['.htaccess', 'htaccess'],
    ['a\r\nSet-Cookie: x=1.csv', 'a_Set-Cookie_ x=1.csv'],
    ['invoice\u202Efdp.txt', 'invoice_fdp.txt'],
    ['  Übersicht   2026 .pdf ', 'Übersicht 2026 .pdf'],
    ['<img src=x>.png', '_img src=x_.png'],
    ['name\0.pdf', 'name_.pdf'],
  ])('%j becomes %j', (given, safe) => expect(safeFileName(given)).toBe(safe));

  it('keeps the ending of a long name and never cuts a character in two', () => {
    const name = safeFileName(`${'😀'.repeat(300)}.pdf`);
    expect(name.length).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^(😀)+\.pdf$/u);
  });

  it('cuts a long name without an ending, and looks behind the last folder only, whatever its name holds', () => {
    expect(safeFileName('n'.repeat(300))).toBe('n'.repeat(255));
    expect(safeFileName('one\n/two\\three.pdf')).toBe('three.pdf');
    expect(safeFileName('folder/')).toBe('file');
  });

  it('makes something usable of anything, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (given) => {
        const name = safeFileName(given);
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/[\\/\p{Cc}\p{Cf}"<>]|^\./u);
        expect(safeFileName(name)).toBe(name);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z ]{0,400}$/), (stem) => {
        expect(extensionOf(safeFileName(`${stem}.pdf`))).toBe('pdf');
      }),
    );
  });
});

describe('endingsFor', () => {
  it('gives all endings of a type', () => {
    expect(endingsFor('jpg')).toEqual(['jpg', 'jpeg']);
    expect(endingsFor('exe')).toEqual([]);
  });
});
