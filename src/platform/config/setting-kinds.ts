import { Secret } from './secret.js';
import type { SettingDeclaration, SettingKind } from './setting.js';

export type SettingValue = string | number | boolean | readonly string[] | Secret;

/** Either the value, or a sentence that says what was expected instead. */
export type ReadSetting = { value: SettingValue } | { expected: string };

type Reader = (text: string, setting: SettingDeclaration) => ReadSetting;

const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);
const SECONDS_PER_UNIT = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 } as const;

function bounds({ min, max }: SettingDeclaration): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function within(value: number, { min, max }: SettingDeclaration): boolean {
  return Number.isFinite(value) && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

function readText(text: string, setting: SettingDeclaration): ReadSetting {
  if (!within(text.length, setting)) return { expected: `a text${bounds(setting)} characters` };
  if (setting.pattern && !setting.pattern.expression.test(text)) return { expected: setting.pattern.expected };
  return { value: text };
}

function readNumber(pattern: RegExp, name: string): Reader {
  return (text, setting) =>
    pattern.test(text) && within(Number(text), setting) ? { value: Number(text) } : { expected: `${name}${bounds(setting)}` };
}

function readSecret(text: string, setting: SettingDeclaration): ReadSetting {
  return within(text.length, setting) ? { value: new Secret(text) } : { expected: `a secret${bounds(setting)} characters` };
}

function readBool(text: string): ReadSetting {
  const value = BOOLEANS.get(text.toLowerCase());
  return value === undefined ? { expected: 'true or false' } : { value };
}

function readUrl(text: string, setting: SettingDeclaration): ReadSetting {
  const schemes = setting.schemes ?? ['http', 'https'];
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  if (!URL.canParse(text)) return { expected };
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1)) || !url.hostname) return { expected };
  return { value: text.replace(/\/+$/, '') };
}

function readList(text: string, setting: SettingDeclaration): ReadSetting {
  const items = text.split(',').map((item) => item.trim());
  const { pattern } = setting;
  const wrong = items.find((item) => item === '' || (pattern && !pattern.expression.test(item)));
  if (wrong === undefined) return { value: [...new Set(items)] };
  return { expected: `${pattern?.expected ?? 'texts'}, separated by commas` };
}

function readOneOf(text: string, setting: SettingDeclaration): ReadSetting {
  const options = setting.options ?? [];
  return options.includes(text) ? { value: text } : { expected: `one of ${options.join(', ')}` };
}

function readSeconds(text: string, setting: SettingDeclaration): ReadSetting {
  const match = /^(\d{1,12})([smhd]?)$/.exec(text);
  const expected = `seconds${bounds(setting)}, or a length of time such as 30s, 15m, 12h or 7d`;
  if (!match) return { expected };
  const value = Number(match[1]) * SECONDS_PER_UNIT[(match[2] ?? '') as keyof typeof SECONDS_PER_UNIT];
  return within(value, setting) ? { value } : { expected };
}

/** `true` trusts every proxy, a number trusts that many hops, `false` none. */
function readTrustProxy(text: string): ReadSetting {
  if (/^\d{1,2}$/.test(text)) return { value: Number(text) === 0 ? false : Number(text) };
  const value = BOOLEANS.get(text.toLowerCase());
  return value === undefined ? { expected: 'true, false, or the number of proxies in front' } : { value };
}

const READERS: Record<SettingKind, Reader> = {
  text: readText,
  secret: readSecret,
  bool: readBool,
  int: readNumber(/^-?\d{1,15}$/, 'a whole number'),
  number: readNumber(/^-?\d{1,15}(\.\d{1,9})?$/, 'a number'),
  port: (text, setting) => readNumber(/^\d{1,5}$/, 'a port number')(text, { ...setting, min: setting.min ?? 0, max: 65_535 }),
  url: readUrl,
  list: readList,
  'one-of': readOneOf,
  'duration-seconds': readSeconds,
  'trust-proxy': readTrustProxy,
};

/** Reads the text of one variable by its kind. */
export function readSetting(text: string, setting: SettingDeclaration): ReadSetting {
  return READERS[setting.kind](text, setting);
}
