import type { SettingFault } from './settings-error.js';
import type { Settings } from './settings.js';

const DISTINCT_CHARACTERS = 10;

function looksLikePlaceholder(key: string): boolean {
  return /change[-_ ]?me|change[-_ ]?this|example|insecure|default|your[-_ ]?secret/i.test(key) || new Set(key).size < DISTINCT_CHARACTERS;
}

function isLocal(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** What must never reach production: placeholder keys, open CORS and the embedded servers. */
export function productionFaults(settings: Settings): SettingFault[] {
  if (settings.nodeEnv !== 'production') return [];
  const faults: SettingFault[] = [];
  const refuse = (env: string, problem: string) => faults.push({ env, problem });
  if (settings.secretKey && looksLikePlaceholder(settings.secretKey.reveal())) {
    refuse('SECRET_KEY', 'looks like a placeholder; make one with: openssl rand -base64 48');
  }
  if (settings.corsOrigins?.includes('*')) refuse('CORS_ORIGINS', 'must name its origins in production, * lets every site in');
  if (settings.webhookAllowLoopback) refuse('WEBHOOK_ALLOW_LOOPBACK', 'must be false in production, it opens this machine to its users');
  if (!settings.databaseUrl) refuse('DATABASE_URL', 'is missing; the embedded PostgreSQL is not for production');
  if (!settings.s3Endpoint) refuse('S3_ENDPOINT', 'is missing; the embedded S3 is not for production');
  return faults;
}

/** What is allowed but worth a line in the log of a production boot. */
export function settingsWarnings(settings: Settings): string[] {
  if (settings.nodeEnv !== 'production') return [];
  const warnings: string[] = [];
  if (!settings.smtpUrl) warnings.push('SMTP_URL is not set: mails are stored but nobody receives them.');
  if (!settings.rateLimitEnabled) warnings.push('RATE_LIMIT_ENABLED is false: nothing slows down a password guesser.');
  if (isLocal(settings.appUrl)) warnings.push('APP_URL points at this machine: links in mails will not work elsewhere.');
  else if (settings.appUrl.startsWith('http:')) warnings.push('APP_URL is not https: links in mails carry tokens in clear.');
  if (settings.trustProxy === true) warnings.push('TRUST_PROXY is true: callers can choose their own address; give the number of proxies.');
  return warnings;
}
