import { distance } from 'fastest-levenshtein';
import { aiFaults } from './ai-checks.js';
import { productionFaults } from './production-checks.js';
import type { Environment } from './environment.js';
import type { DeclaredSetting } from './setting.js';
import { declaredSettings } from './setting.js';
import type { SettingValue } from './setting-kinds.js';
import { readSetting } from './setting-kinds.js';
import type { SettingFault } from './settings-error.js';
import { SettingsError } from './settings-error.js';
import { Settings } from './settings.js';

/** Whatever starts so belongs to Concord: an unknown name is a typing error, not somebody else's variable. */
const KNOWN_PREFIXES =
  /^(AI|DATABASE|REDIS|S3|SMTP|MAIL|JWT|REFRESH|INVITATION|CORS|RATE_LIMIT|LOG|METRICS|WORKER|UPLOAD|BODY|SHUTDOWN|ALLOWED|TRUST|WEBHOOK)_/;
/** Kubernetes and Docker put such names into the environment for every service called `redis`, `database`, .... */
const SERVICE_LINK = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

function unknownVariables(env: Environment, declared: readonly DeclaredSetting[]): SettingFault[] {
  const names = declared.map((setting) => setting.env);
  const unknown = Object.keys(env).filter((name) => KNOWN_PREFIXES.test(name) && !SERVICE_LINK.test(name) && !names.includes(name));
  return unknown.map((name) => {
    const nearest = names.map((known) => ({ known, steps: distance(name, known) })).sort((a, b) => a.steps - b.steps)[0];
    const close = nearest !== undefined && nearest.steps <= Math.max(2, name.length / 3);
    return { env: name, problem: 'is not a setting', ...(close ? { didYouMean: nearest.known } : {}) };
  });
}

function readOne(setting: DeclaredSetting, env: Environment, faults: SettingFault[]): SettingValue | undefined {
  const given = env[setting.env]?.trim() ?? '';
  const text = given === '' ? (setting.default ?? '') : given; // Compose files pass what is not set as ''
  if (text === '') {
    if (setting.required) faults.push({ env: setting.env, problem: `is missing. ${setting.doc}` });
    return setting.kind === 'list' ? [] : undefined;
  }
  const read = readSetting(text, setting);
  if ('value' in read) return read.value;
  faults.push({ env: setting.env, problem: `expected ${read.expected}` });
  return undefined;
}

function togetherFaults(settings: Settings): SettingFault[] {
  const faults: SettingFault[] = [];
  const { s3AccessKeyId, s3SecretAccessKey, smtpUrl } = settings;
  if (s3AccessKeyId && !s3SecretAccessKey) faults.push({ env: 'S3_SECRET_ACCESS_KEY', problem: 'is missing, S3_ACCESS_KEY_ID is set' });
  if (!s3AccessKeyId && s3SecretAccessKey) faults.push({ env: 'S3_ACCESS_KEY_ID', problem: 'is missing, S3_SECRET_ACCESS_KEY is set' });
  if (smtpUrl && !/^smtps?:\/\/[^/\s]+/.test(smtpUrl.reveal())) {
    faults.push({ env: 'SMTP_URL', problem: 'expected a URL that starts with smtp:// or smtps://' });
  }
  const { defaultBaseCurrency: currency, allowedCurrencies: currencies, defaultOrgTimezone: zone } = settings;
  if (currency && currencies?.length && !currencies.includes(currency)) {
    faults.push({ env: 'DEFAULT_BASE_CURRENCY', problem: 'expected one of ALLOWED_CURRENCIES' });
  }
  if (zone && !isTimezone(zone)) faults.push({ env: 'DEFAULT_ORG_TIMEZONE', problem: 'expected a time zone such as Europe/Paris' });
  return faults;
}

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Reads and checks every setting; throws one `SettingsError` that names every fault. */
export function loadSettings(env: Environment): Settings {
  const declared = declaredSettings(Settings);
  const faults = unknownVariables(env, declared);
  const values: Record<string, SettingValue | undefined> = {};
  for (const setting of declared) values[setting.field] = readOne(setting, env, faults);
  values['host'] ??= values['nodeEnv'] === 'production' ? '0.0.0.0' : '127.0.0.1';
  values['webhookAllowLoopback'] ??= values['nodeEnv'] !== 'production';
  values['publicUrl'] ??= `http://localhost:${String(values['port'])}`;
  values['appUrl'] ??= values['publicUrl'];
  values['jwtIssuer'] ??= values['publicUrl'];
  values['s3PublicEndpoint'] ??= values['s3Endpoint'];
  const settings = Object.assign(new Settings(), values);
  const reported = new Set(faults.map((fault) => fault.env));
  const more = [...togetherFaults(settings), ...aiFaults(settings), ...productionFaults(settings)];
  faults.push(...more.filter((fault) => !reported.has(fault.env)));
  if (faults.length > 0) throw new SettingsError(faults.sort((a, b) => (a.env < b.env ? -1 : 1)));
  return settings;
}
