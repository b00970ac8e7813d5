import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACCEPTED_TYPES, acceptedType, extensionOf } from './accepted-types.js';
import { detectType } from './detect-type.js';
import { FileTypeRefusedError } from './storage-errors.js';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const PDF = Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<<>>\nendobj\n', 'latin1');
const EXE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);
const ELF = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(200)]);

/** A ZIP whose entries are stored without compression. */
function zip(entries: Record<string, string>): Buffer {
  const parts = Object.entries(entries).map(([name, content]) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name), Buffer.from(content)]);
  });
  return Buffer.concat(parts);
}

const CONTENT_TYPES =
  '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
const DOCX = zip({ '[Content_Types].xml': CONTENT_TYPES, 'word/document.xml': '<w/>' });

async function reasonOf(bytes: Uint8Array | string, filename: string): Promise<string> {
  try {
    return (await detectType(Buffer.from(bytes), filename)).mime;
  } catch (error) {
    if (error instanceof FileTypeRefusedError) return error.reason;
    throw error;
  }
}

describe('detectType', () => {
  it.each<[string, Uint8Array | string, string]>([
    ['photo.png', PNG, 'image/png'],
    ['REPORT.PDF', PDF, 'application/pdf'],
    ['letter.docx', DOCX, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['people.csv', 'name,mail\nAda,ada@example.com\n', 'text/csv'],
    ['people.csv', Buffer.from('pr\xe9nom;ville\nZo\xe9;Orl\xe9ans\n', 'latin1'), 'text/csv'],
    ['people.csv', Buffer.from('\ufeffname\tcity\n', 'utf16le'), 'text/csv'],
    ['one.json', '{"a": 1}', 'application/json'],
    ['one.json', ' [1, 2', 'application/json'],
    ['all.ndjson', '{"a":1}\n{"a":2}\n', 'application/x-ndjson'],
    ['notes.md', '# Hello\n', 'text/markdown'],
    ['notes.txt', 'plain €', 'text/plain'],
    ['day.ics', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n', 'text/calendar'],
  ])('knows %s', async (filename, bytes, mime) => {
    expect(await reasonOf(bytes, filename)).toBe(mime);
  });

  it.each<[string, string, Uint8Array | string]>([
    ['empty', 'a.txt', ''],
    ['executable', 'invoice.pdf', EXE],
    ['executable', 'photo.png', ELF],
    ['executable', 'notes.txt', '#!/bin/sh\nrm -rf /\n'],
    ['executable', 'run.bat', 'echo hi'],
    ['executable', 'app.js', 'alert(1)'],
    ['executable', 'letter.docm', DOCX],
    ['active-content', 'page.txt', '<!DOCTYPE html><script>alert(1)</script>'],
    ['active-content', 'logo.svg', '<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['unsupported', 'archive.zip', zip({ 'a.txt': 'a' })],
    ['unsupported', 'README', 'hello'],
    ['mismatch', 'photo.png', PDF],
    ['mismatch', 'report.pdf', PNG],
    ['mismatch', 'letter.docx', zip({ 'a.txt': 'a' })],
    ['mismatch', 'letter.xlsx', DOCX],
    ['mismatch', 'notes.txt', PNG],
    ['mismatch', 'notes.txt', Buffer.from([1, 2, 3, 0, 0, 0, 4])],
    ['mismatch', 'one.json', 'name,mail\n'],
    ['mismatch', 'people.csv', '{"a":1}'],
    ['mismatch', 'report.pdf', 'just text'],
  ])('refuses as %s: %s', async (reason, filename, bytes) => {
    expect(await reasonOf(bytes, filename)).toBe(reason);
  });

  it('takes a text whose last character is cut in two', async () => {
    const text = Buffer.from('Zürich €');
    expect(await reasonOf(text.subarray(0, text.length - 1), 'a.txt')).toBe('text/plain');
  });

  it('answers every content with a type or a reason', async () => {
    const names = fc.constantFrom(...ACCEPTED_TYPES.map((type) => `x.${type.extension}`), 'x', 'x.zip');
    const answer = async (bytes: Uint8Array, name: string) => expect(typeof (await reasonOf(bytes, name))).toBe('string');
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), names, answer), { numRuns: 200 });
  });
});

describe('accepted types', () => {
  it('have unambiguous endings', () => {
    const endings = ACCEPTED_TYPES.flatMap((type) => [type.extension, ...(type.aliases ?? [])]);
    expect(new Set(endings).size).toBe(endings.length);
    expect(acceptedType('JPEG')?.mime).toBe('image/jpeg');
    expect(['a.b.PDF', 'noending', '.hidden', 'x.', 'tar.gz '].map(extensionOf)).toEqual(['pdf', '', 'hidden', '', 'gz']);
  });

  it('are never shown in the browser when they could run something', () => {
    const shown = ACCEPTED_TYPES.filter((type) => type.inlineSafe).map((type) => type.mime);
    expect(shown).toContain('application/pdf');
    expect(shown.join(' ')).not.toMatch(/html|svg|xml|json|javascript/);
  });
});
