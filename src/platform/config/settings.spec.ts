import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseEnv } from 'node:util';
import { databaseUrls } from './database-urls.js';
import { developmentSecret, withDevelopmentSecret } from './development-secret.js';
import { envExample } from './env-example.js';
import type { Environment } from './environment.js';
import { readEnvironment } from './environment.js';
import { loadSettings } from './load-settings.js';
import { settingsWarnings } from './production-checks.js';
import { Secret } from './secret.js';
import { declaredSettings } from './setting.js';
import { SettingsError } from './settings-error.js';
import { Settings } from './settings.js';

const KEY = 'k7Zp2Qm9Xw4Rt6Yb1Nc8Vd3Fg5Hj0LsA';
const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  SECRET_KEY: KEY,
  DATABASE_URL: 'postgres://owner:pw@db:5432/concord',
  S3_ENDPOINT: 'https://s3.example.com',
};

function faultsOf(env: Environment): Record<string, string> {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError)
      return Object.fromEntries(error.faults.map((fault) => [fault.env, fault.didYouMean ?? fault.problem]));
    throw error;
  }
  return {};
}

describe('loadSettings', () => {
  it('needs nothing but a key in development', () => {
    const settings = loadSettings({ SECRET_KEY: KEY });
    expect(settings).toMatchObject({ nodeEnv: 'development', port: 8000, host: '127.0.0.1', role: 'all', trustProxy: false });
    expect(settings).toMatchObject({ publicUrl: 'http://localhost:8000', appUrl: 'http://localhost:8000', corsOrigins: [] });
    expect(settings.databaseUrl).toBeUndefined();
    expect(settings.secretKey.reveal()).toBe(KEY);
  });

  it('reads every kind', () => {
    const env = { PORT: '0', TRUST_PROXY: '2', CORS_ORIGINS: 'https://a.example, https://b.example', JWT_ACCESS_TTL_SECONDS: '15m' };
    const more = { RATE_LIMIT_SCALE: '0.5', REGISTRATION_OPEN: 'off', PUBLIC_URL: 'https://api.example/', LOG_FORMAT: 'text' };
    expect(loadSettings({ SECRET_KEY: KEY, ...env, ...more })).toMatchObject({
      port: 0,
      trustProxy: 2,
      corsOrigins: ['https://a.example', 'https://b.example'],
      jwtAccessTtlSeconds: 900,
      rateLimitScale: 0.5,
      registrationOpen: false,
      publicUrl: 'https://api.example',
      appUrl: 'https://api.example',
      logFormat: 'text',
    });
  });

  it('takes an empty variable as not set', () => {
    expect(loadSettings({ SECRET_KEY: KEY, PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 8000, databaseUrl: undefined });
  });

  it('names every fault at once and shows no value', () => {
    const bad = {
      PORT: '70000',
      ROLE: 'boss',
      DATABASE_URL: 'mysql://root:hunter2@x/y',
      JWT_ACCESS_TTL_SECONDS: 'soon',
      SECRET_KEY: 'short',
    };
    const faults = faultsOf({ ...bad, MIGRATE_ON_START: 'maybe', BODY_LIMIT_BYTES: '1.5', ALLOWED_CURRENCIES: 'eur' });
    expect(faults).toMatchObject({
      PORT: 'expected a port number from 0 to 65535',
      ROLE: 'expected one of api, worker, all',
      DATABASE_URL: 'expected a URL that starts with postgres:// or postgresql://',
      SECRET_KEY: 'expected a secret from 32 to 1024 characters',
      MIGRATE_ON_START: 'expected true or false',
      BODY_LIMIT_BYTES: 'expected a whole number from 1024 to 104857600',
    });
    expect(Object.keys(faults)).toHaveLength(8);
    expect(() => loadSettings(bad)).toThrow(/5 settings need attention[\s\S]*DATABASE_URL[\s\S]*PORT/);
    expect(() => loadSettings(bad)).not.toThrow(/hunter2/);
  });

  it('guesses what a mistyped name was meant to be', () => {
    const faults = faultsOf({
      SECRET_KEY: KEY,
      S3_ENDPIONT: 'http://x',
      DATABASE_POOLMAX: '3',
      SMTP_SOMETHING_ELSE_ENTIRELY: '1',
      MY_OWN: '1',
    });
    expect(faults).toEqual({
      S3_ENDPIONT: 'S3_ENDPOINT',
      DATABASE_POOLMAX: 'DATABASE_POOL_MAX',
      SMTP_SOMETHING_ELSE_ENTIRELY: 'is not a setting',
    });
  });

  it('leaves the service links of Kubernetes alone', () => {
    const links = { REDIS_PORT: 'tcp://10.0.0.1:6379', REDIS_SERVICE_HOST: '10.0.0.1', DATABASE_PORT_5432_TCP_ADDR: '10.0.0.2' };
    expect(faultsOf({ SECRET_KEY: KEY, ...links })).toEqual({});
  });

  it('checks settings against each other', () => {
    const env = {
      S3_ACCESS_KEY_ID: 'a',
      SMTP_URL: 'http://mail',
      DEFAULT_BASE_CURRENCY: 'EUR',
      ALLOWED_CURRENCIES: 'USD',
      DEFAULT_ORG_TIMEZONE: 'Mars/Base',
    };
    const faults = faultsOf({ SECRET_KEY: KEY, ...env });
    expect(Object.keys(faults).sort()).toEqual(['DEFAULT_BASE_CURRENCY', 'DEFAULT_ORG_TIMEZONE', 'S3_SECRET_ACCESS_KEY', 'SMTP_URL']);
  });
});

describe('production', () => {
  it('refuses everything unsafe in one message', () => {
    const faults = faultsOf({ NODE_ENV: 'production', CORS_ORIGINS: '*' });
    expect(Object.keys(faults).sort()).toEqual(['CORS_ORIGINS', 'DATABASE_URL', 'S3_ENDPOINT', 'SECRET_KEY']);
    expect(faultsOf({ ...PRODUCTION, SECRET_KEY: 'please-change-me-please-change-me-1234' })).toHaveProperty('SECRET_KEY');
    expect(faultsOf({ ...PRODUCTION, SECRET_KEY: 'ab'.repeat(20) })).toHaveProperty('SECRET_KEY');
  });

  it('lets webhooks call this machine in development alone', () => {
    expect(loadSettings({ SECRET_KEY: KEY }).webhookAllowLoopback).toBe(true);
    expect(loadSettings(PRODUCTION).webhookAllowLoopback).toBe(false);
    expect(faultsOf({ ...PRODUCTION, WEBHOOK_ALLOW_LOOPBACK: 'true' })).toHaveProperty('WEBHOOK_ALLOW_LOOPBACK');
  });

  it('starts with real servers, on every address, and says what is doubtful', () => {
    const settings = loadSettings(PRODUCTION);
    expect(settings.host).toBe('0.0.0.0');
    expect(settingsWarnings(settings).join(' ')).toMatch(/SMTP_URL.*APP_URL/);
    const whole = loadSettings({ ...PRODUCTION, SMTP_URL: 'smtp://mail', APP_URL: 'https://app.example.com' });
    expect(settingsWarnings(whole)).toEqual([]);
  });

  it('derives the addresses of the roles, never with the password of the owner', () => {
    const urls = databaseUrls(loadSettings({ ...PRODUCTION, DATABASE_QUEUE_URL: 'postgres://q:w@db/concord' }));
    expect(urls).toMatchObject({ owner: PRODUCTION['DATABASE_URL'], queue: 'postgres://q:w@db/concord' });
    expect(urls?.app).toMatch(/^postgres:\/\/concord_app:[\w-]{43}@db:5432\/concord$/);
    expect(new URL(urls?.system ?? '').password).not.toBe(new URL(urls?.app ?? '').password);
    expect(databaseUrls(loadSettings({ SECRET_KEY: KEY }))).toBeUndefined();
  });
});

describe('Secret', () => {
  it('shows itself to nobody who does not ask', () => {
    const secret = new Secret('hunter2');
    const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret }, { showHidden: true }), 'x' + secret];
    expect(shown.join(' ')).not.toContain('hunter2');
    expect(JSON.stringify({ secret })).toBe('{"secret":"***"}');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'concord-settings-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('makes the development key once, for its owner only', () => {
    const data = join(dir, 'data');
    const key = developmentSecret(data);
    expect(key.length).toBeGreaterThanOrEqual(64);
    expect(developmentSecret(data)).toBe(key);
    expect(statSync(join(data, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(data, 'secret.key'), 'utf8')).toBe(`${key}\n`);
    expect(withDevelopmentSecret({ DATA_DIR: data })['SECRET_KEY']).toBe(key);
    expect(withDevelopmentSecret({ DATA_DIR: data, NODE_ENV: 'production' })['SECRET_KEY']).toBeUndefined();
    expect(withDevelopmentSecret({ SECRET_KEY: KEY })['SECRET_KEY']).toBe(KEY);
  });

  it('lets the process overrule the file', () => {
    writeFileSync(join(dir, '.env'), 'PATH=from-file\nCONCORD_ONLY_IN_FILE="yes"\n');
    const env = readEnvironment(join(dir, '.env'));
    expect(env['CONCORD_ONLY_IN_FILE']).toBe('yes');
    expect(env['PATH']).not.toBe('from-file');
    expect(readEnvironment(join(dir, 'none'))['CONCORD_ONLY_IN_FILE']).toBeUndefined();
  });

  it('documents every variable in .env.example, and the example loads when uncommented', () => {
    const text = envExample();
    for (const setting of declaredSettings(Settings)) expect(text).toContain(`\n#${setting.env}=`);
    expect(parseEnv(text)).toEqual({});
    const env = parseEnv(text.replaceAll(/^#(?=[A-Z0-9_]+=)/gm, ''));
    expect(faultsOf({ ...env, SECRET_KEY: KEY })).toEqual({});
    expect(text).not.toMatch(/\.\.|undefined/);
  });
});
