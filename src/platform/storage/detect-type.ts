import { fileTypeFromBuffer } from 'file-type/core';
import type { AcceptedType } from './accepted-types.js';
import { ACCEPTED_TYPES, acceptedType, extensionOf } from './accepted-types.js';
import { FileTypeRefusedError } from './storage-errors.js';
import { looksLikeJson, looksLikeTable, readableText } from './text-content.js';

/** How many first bytes are worth keeping for `detectType`. */
export const DETECTION_BYTES = 65_536;

const EXECUTABLE_FOUND = new Set([
  'exe',
  'elf',
  'macho',
  'class',
  'dex',
  'wasm',
  'msi',
  'deb',
  'rpm',
  'jar',
  'apk',
  'swf',
  'lnk',
  'crx',
  'xpi',
  'cab',
]);
const EXECUTABLE_NAME =
  /^(exe|dll|com|scr|msi|bat|cmd|ps1|psm1|vbs|vbe|js|mjs|cjs|jse|wsf|wsh|hta|sh|bash|py|pl|rb|php|jar|apk|app|bin|elf|so|lnk|reg|cpl|docm|xlsm|pptm|dotm|xltm)$/;
const ACTIVE_TEXT =
  /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]{0,2000}?-->\s*)?<(!doctype\s+html|html|head|body|script|svg|iframe|!doctype\s+svg)\b/i;

/** Containers that are told apart by what carries them: what is found may be any of the named endings. */
const SAME_CONTAINER: Readonly<Record<string, readonly string[]>> = {
  mp4: ['mp4', 'm4a'],
  m4a: ['m4a', 'mp4'],
  m4v: ['mp4'],
  ogg: ['ogg'],
  oga: ['ogg'],
  opus: ['ogg'],
  webm: ['webm'],
  mkv: ['webm'],
};
const ZIP_MARKS: Readonly<Record<string, string>> = { docx: 'word/', xlsx: 'xl/', pptx: 'ppt/' };

function refuse(reason: FileTypeRefusedError['reason'], message: string): never {
  throw new FileTypeRefusedError(reason, message);
}

function refuseExecutables(head: Buffer, found: string | undefined, extension: string): void {
  const isProgram =
    (found && EXECUTABLE_FOUND.has(found)) || EXECUTABLE_NAME.test(extension) || head.subarray(0, 2).toString('latin1') === '#!';
  if (isProgram) refuse('executable', 'Programs and scripts cannot be stored.');
}

/** Office files whose list of contents lies behind the first bytes are only known as ZIP, by the names inside. */
function zipHolds(head: Buffer, type: AcceptedType): boolean {
  const mark = ZIP_MARKS[type.extension];
  return mark !== undefined && (head.includes(mark, 0, 'latin1') || head.includes('[Content_Types].xml', 0, 'latin1'));
}

function matchesMagic(head: Buffer, found: string, type: AcceptedType): boolean {
  if (type.found === 'text') return false;
  if (found === 'zip') return type.found === 'zip' && zipHolds(head, type);
  return acceptedType(found)?.extension === type.extension || (SAME_CONTAINER[found] ?? []).includes(type.extension);
}

function matchesText(text: string, type: AcceptedType): boolean {
  if (type.found !== 'text') return false;
  const start = text.trimStart();
  if (type.extension === 'json') return looksLikeJson(start);
  if (type.extension === 'ndjson') return start.startsWith('{') || start.startsWith('[');
  if (type.extension === 'csv' || type.extension === 'tsv') return looksLikeTable(text);
  if (type.extension === 'ics') return /^BEGIN:VCALENDAR\b/i.test(start);
  if (type.extension === 'vcf') return /^BEGIN:VCARD\b/i.test(start);
  return true;
}

function article(type: AcceptedType): string {
  return `The content is not what a .${type.extension} file holds. Check that the file is not damaged or renamed.`;
}

/**
 * What a file is, by its first bytes and its name together; throws `FileTypeRefusedError` for programs, for types that are
 * not accepted, and when name and content disagree.
 */
export async function detectType(firstBytes: Uint8Array, filename: string): Promise<AcceptedType> {
  const head = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  if (head.length === 0) refuse('empty', 'The file is empty.');
  const extension = extensionOf(filename);
  const found = (await fileTypeFromBuffer(head))?.ext;
  refuseExecutables(head, found, extension);
  const text = readableText(head);
  if (text !== undefined && ACTIVE_TEXT.test(text))
    refuse('active-content', 'Web pages and SVG images cannot be stored: they can run scripts.');
  const type = acceptedType(extension);
  if (!type) {
    const endings = ACCEPTED_TYPES.map((accepted) => accepted.extension).join(', ');
    refuse(
      'unsupported',
      `${extension ? `Files ending in .${extension}` : 'Files without an ending'} are not accepted. Accepted: ${endings}.`,
    );
  }
  const matches =
    type.found === 'text' ? text !== undefined && matchesText(text, type) : found !== undefined && matchesMagic(head, found, type);
  if (!matches) refuse('mismatch', article(type));
  return type;
}
