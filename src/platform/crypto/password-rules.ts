export const PASSWORD_MIN_LENGTH = 10;
export const PASSWORD_MAX_LENGTH = 200;

export type PasswordProblemCode =
  'too-short' | 'too-long' | 'no-upper-case' | 'no-lower-case' | 'no-digit' | 'contains-email' | 'contains-name' | 'too-common';

/** One reason why a password is refused: a stable code and a sentence for people. */
export interface PasswordProblem {
  readonly code: PasswordProblemCode;
  readonly message: string;
}

const MESSAGES: Readonly<Record<PasswordProblemCode, string>> = {
  'too-short': `Use at least ${PASSWORD_MIN_LENGTH} characters.`,
  'too-long': `Use at most ${PASSWORD_MAX_LENGTH} characters.`,
  'no-upper-case': 'Add an upper-case letter.',
  'no-lower-case': 'Add a lower-case letter.',
  'no-digit': 'Add a digit.',
  'contains-email': 'Leave your e-mail address out of the password.',
  'contains-name': 'Leave your name out of the password.',
  'too-common': 'This password is one of the first that attackers try. Choose something less common.',
};

// What is left of the passwords people choose most when digits and signs around the word are taken away.
const COMMON_WORDS = new Set(
  (
    'password passwort passwd pass motdepasse contrasena senha parola admin administrator root user guest test testing demo default ' +
    'welcome willkommen hello letmein login access changeme secret trustno qwerty qwertz azerty qwertyuiop qwertzuiop asdf asdfgh ' +
    'asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc qweasd qweasdzxc abc abcd abcde abcdef abcdefgh abcdefghij abcdefghijkl aaa xyz ' +
    'iloveyou loveyou love lovely princess sunshine dragon monkey shadow master superman batman starwars pokemon football baseball ' +
    'basketball soccer hockey liverpool arsenal chelsea barcelona michael jennifer jordan ashley daniel charlie thomas michelle nicole ' +
    'jessica andrew joshua hunter killer freedom whatever computer internet google facebook samsung company spring summer autumn winter ' +
    'fruhling sommer herbst january february march april june july august september october november december monday tuesday ' +
    'wednesday thursday friday saturday sunday flower cheese cookie chocolate banana orange ginger pepper buster tigger mustang ' +
    'ferrari porsche mercedes corvette harley ranger thunder matrix ninja hannah george maggie bailey concord'
  ).split(' '),
);

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Every reason why this password is refused for this person; an empty list means it is fine. */
export function passwordProblems(password: string, owner: { readonly email: string; readonly name?: string }): PasswordProblem[] {
  const length = [...password].length;
  const folded = folding(password);
  const localPart = folding(owner.email.split('@')[0] ?? '');
  const names = folding(owner.name ?? '').split(/[^\p{L}\p{N}]+/u);
  const refused: Record<PasswordProblemCode, boolean> = {
    'too-short': length < PASSWORD_MIN_LENGTH,
    'too-long': length > PASSWORD_MAX_LENGTH,
    'no-upper-case': !/\p{Lu}/u.test(password),
    'no-lower-case': !/\p{Ll}/u.test(password),
    'no-digit': !/\p{Nd}/u.test(password),
    // Very short parts ("jo", "li") stand in half of all good passwords by chance.
    'contains-email': localPart.length >= 3 && folded.includes(localPart),
    'contains-name': names.some((part) => part.length >= 4 && folded.includes(part)),
    'too-common': length <= PASSWORD_MAX_LENGTH && isCommon(folded),
  };
  return (Object.keys(refused) as PasswordProblemCode[]).filter((code) => refused[code]).map((code) => ({ code, message: MESSAGES[code] }));
}

function folding(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function isCommon(folded: string): boolean {
  const plain = folded.normalize('NFD').replace(/\p{M}/gu, '');
  return baseWords(plain).some((word) => COMMON_WORDS.has(word) || isRepeatedCommonWord(word));
}

// "P@ssw0rd2024!" must lead to "password" whether its outer signs are taken for decoration or for letters.
function baseWords(plain: string): string[] {
  const stripped = plain.replace(/^[^a-z@$!]+|[^a-z]+$/g, '');
  const inner = plain.replace(/^[^a-z]+|[^a-z]+$/g, '');
  return [unmasked(inner), unmasked(stripped), unmasked(plain)];
}

function unmasked(word: string): string {
  return word.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign] ?? sign).replace(/[^a-z]/g, '');
}

function isRepeatedCommonWord(word: string): boolean {
  const unit = /^([a-z]+?)\1+$/.exec(word)?.[1];
  return unit !== undefined && (unit.length === 1 ? word.length >= 6 : COMMON_WORDS.has(unit));
}
