import { emailDomain, isFreeMailDomain } from '../../../shared/text.js';
import { ROLE_MAILBOX } from './compare-values.js';
import type { FieldValue, MatchRecord, PreparedRecord } from './match-record.js';
import { prepareRecord } from './match-record.js';
import { soundex } from './text-distance.js';

/** Local parts shorter than this (`jo@`, `m@`) meet too often to bring records together. */
const LOCAL_PART_LENGTH = 5;
/** A text this long is a key alone; a shorter one needs the sound of a name beside it. */
const TELLING_TEXT = 6;
/** More keys than this per record would cost more than the pairs they find are worth. */
const MOST_KEYS = 40;

function emailKeys(email: string, sounds: readonly string[]): string[] {
  const domain = emailDomain(email);
  const atWork = domain === undefined || isFreeMailDomain(domain) ? [] : sounds.map((sound) => `domain:${domain}/${sound}`);
  if (ROLE_MAILBOX.test(email)) return [`email:${email}`, ...atWork];
  const local = email.slice(0, email.lastIndexOf('@')).replace(/[._-]/g, '');
  return [`email:${email}`, ...(local.length >= LOCAL_PART_LENGTH ? [`mailbox:${local}`] : []), ...atWork];
}

function attributeKeys(field: string, value: FieldValue, sounds: readonly string[], initials: readonly string[]): string[] {
  const dense = value.folded.replaceAll(' ', '');
  const name = field.replace(/^attributes\./, '');
  switch (value.kind) {
    case 'identifier':
      return [`${name}=${dense}`];
    case 'date':
      return initials.length > 0 ? initials.map((initial) => `${name}=${dense}/${initial}`) : [`${name}=${dense}`];
    case 'tag':
      return [];
    default:
      if (value.kind === 'text' && dense.length >= TELLING_TEXT) return [`${name}=${dense}`];
      return dense.length >= 3 ? sounds.map((sound) => `${name}=${dense}/${sound}`) : [];
  }
}

/** Keys of a prepared record; see `matchKeys`. */
export function preparedKeys(record: PreparedRecord): string[] {
  const parts = [...record.nameParts].sort();
  const sounds = [...new Set(parts.filter((part) => part.length > 1).map(soundex))].sort();
  const initials = [...new Set(parts.map((part) => part.charAt(0)))];
  const keys: string[] = [];
  if (parts.length > 0) keys.push(`name:${parts.join(' ')}`, `joined:${record.nameParts.join('')}`);
  if (sounds.length > 1) keys.push(`sound:${sounds.join(' ')}`);
  for (const [field, value] of record.fields) {
    if (field === 'email') keys.push(...emailKeys(value.folded, sounds));
    else if (field === 'phone') keys.push(`phone:${value.folded}`);
    else if (field === 'company') keys.push(...sounds.map((sound) => `company:${value.folded}/${sound}`));
    else keys.push(...attributeKeys(field, value, sounds, initials));
  }
  return [...new Set(keys)].slice(0, MOST_KEYS);
}

/**
 * Keys under which a record is looked for: records that may be one person share at least one. Store them beside the lead; leave out of a
 * search any key that very many records hold, for it says nothing.
 */
export function matchKeys(record: MatchRecord): string[] {
  return preparedKeys(prepareRecord(record));
}
