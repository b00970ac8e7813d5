const DIACRITICS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
const GMAIL: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com']);
const PHONE_KEY_DIGITS = 9;
const MIN_PHONE_DIGITS = 5;

/** Letters whose stroke or ligature Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ĸ: 'k',
  ƶ: 'z',
  ƀ: 'b',
  ɨ: 'i',
  ς: 'σ',
};
const FOLDED_LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

const FREE_MAIL: ReadonlySet<string> = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com msn.com yahoo.com yahoo.co.uk yahoo.de ' +
    'yahoo.fr ymail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net gmx.at gmx.ch web.de ' +
    't-online.de freenet.de mail.com mail.ru yandex.ru yandex.com zoho.com fastmail.com tutanota.com tuta.com orange.fr wanadoo.fr free.fr ' +
    'laposte.net libero.it seznam.cz wp.pl o2.pl bluewin.ch bigpond.com qq.com 163.com 126.com naver.com hey.com'
  ).split(' '),
);

/** A text for comparing and searching: lower case, no accents ("Łódź Straße" gives "lodz strasse"), single spaces. Stable when repeated. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .replace(INVISIBLE, '')
    .replace(FOLDED_LETTER, (letter) => LETTERS[letter])
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

/** An address as it is stored and looked up at login: trimmed and in lower case, nothing else changed. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * What two addresses of one mailbox have in common: no "+tag", and for Gmail no dots. For finding duplicates only, never for
 * logging in: at other providers such addresses may belong to different people.
 */
export function emailMatchKey(email: string): string {
  const plain = normalizeEmail(email);
  const domain = emailDomain(plain);
  if (domain === undefined) return plain;
  const name = plain.slice(0, -domain.length - 1);
  const plus = name.indexOf('+');
  const untagged = plus > 0 ? name.slice(0, plus) : name;
  if (!GMAIL.has(domain)) return `${untagged}@${domain}`;
  return `${untagged.replaceAll('.', '')}@gmail.com`;
}

/** The part after the last @ in lower case; undefined when there is nothing on either side. */
export function emailDomain(email: string): string | undefined {
  const plain = normalizeEmail(email);
  const at = plain.lastIndexOf('@');
  return at > 0 && at < plain.length - 1 ? plain.slice(at + 1) : undefined;
}

/** True for a mailbox provider open to everybody, whose domain says nothing about a person's company. */
export function isFreeMailDomain(domain: string): boolean {
  return FREE_MAIL.has(domain.trim().toLowerCase());
}

/** An address for logs and hints: first letter and domain ("a***@example.org"). */
export function maskEmail(email: string): string {
  const domain = emailDomain(email);
  if (domain === undefined) return '***';
  const [first] = email.trim();
  return `${first}***@${domain}`;
}

/** The digits of a phone number, with a leading + when it is written internationally ("+" or "00"), without "(0)" and extension. */
export function normalizePhone(phone: string): string {
  const main = phone
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/(?:;|,|#|\bext|\bx|(?<=\d)x).*$/s, '');
  const isInternational = /^\(?\s*(?:\+|00)/.test(main);
  const digits = (isInternational ? main.replace(/\(\s*0\s*\)/, '') : main).replace(/\D/g, '');
  return isInternational ? `+${digits.replace(/^00/, '')}` : digits;
}

/** The last nine digits, equal for "+49 30 123456-78" and "030 123456-78"; undefined when there are too few digits to mean a phone. */
export function phoneMatchKey(phone: string): string | undefined {
  const digits = normalizePhone(phone).replace('+', '');
  return digits.length < MIN_PHONE_DIGITS ? undefined : digits.slice(-PHONE_KEY_DIGITS);
}
