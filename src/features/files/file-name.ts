import { acceptedType, extensionOf } from '../../platform/storage/accepted-types.js';

const MAX_CHARACTERS = 255;
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}:*?"<>|]+/gu;

/** What may stand as the name of a file: no folders, nothing that shapes a header, a page or a shell; the ending survives. */
export function safeFileName(given: string): string {
  const base = given.normalize('NFC').replace(/^.*[\\/]/s, '');
  const clean = base
    .replaceAll(FORBIDDEN, '_')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/^[.\s]+|[.\s]+$/g, '');
  return shortened(clean) || 'file';
}

function shortened(name: string): string {
  if (name.length <= MAX_CHARACTERS) return name;
  const ending = extensionOf(name);
  const tail = ending === '' ? '' : `.${ending}`;
  let head = '';
  for (const character of name.slice(0, name.length - tail.length)) {
    if (head.length + character.length + tail.length > MAX_CHARACTERS) break;
    head += character;
  }
  return head + tail;
}

/** The endings a file may be renamed to: those that mean what it holds. */
export function endingsFor(extension: string): string[] {
  const type = acceptedType(extension);
  return type ? [type.extension, ...(type.aliases ?? [])] : [];
}
