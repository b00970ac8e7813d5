import { AiSettings } from './ai-settings.js';
import type { Secret } from './secret.js';
import { Setting } from './setting.js';

/** Everything that can be set from outside: one field per environment variable, checked once at boot. */
export class Settings extends AiSettings {
  @Setting({
    env: 'NODE_ENV',
    kind: 'one-of',
    group: 'Server',
    default: 'development',
    doc: 'How strict to be: production refuses unsafe settings.',
    options: ['development', 'test', 'production'],
  })
  readonly nodeEnv: 'development' | 'test' | 'production';

  @Setting({
    env: 'ROLE',
    kind: 'one-of',
    group: 'Server',
    default: 'all',
    doc: 'What this process does.',
    options: ['api', 'worker', 'all'],
  })
  readonly role: 'api' | 'worker' | 'all';

  @Setting({ env: 'PORT', kind: 'port', group: 'Server', default: '8000', doc: 'Port of the API; 0 takes a free one.' })
  readonly port: number;

  @Setting({
    env: 'HOST',
    kind: 'text',
    group: 'Server',
    derived: '127.0.0.1, in production 0.0.0.0',
    doc: 'Address to listen on.',
    max: 255,
  })
  readonly host: string;

  @Setting({
    env: 'PUBLIC_URL',
    kind: 'url',
    group: 'Server',
    derived: 'http://localhost:PORT',
    doc: 'Where callers reach the API.',
    example: 'https://api.example.com',
  })
  readonly publicUrl: string;

  @Setting({
    env: 'APP_URL',
    kind: 'url',
    group: 'Server',
    derived: 'PUBLIC_URL',
    doc: 'Base of the links in mails.',
    example: 'https://app.example.com',
  })
  readonly appUrl: string;

  @Setting({
    env: 'TRUST_PROXY',
    kind: 'trust-proxy',
    group: 'Server',
    default: 'false',
    doc: 'Believe X-Forwarded-For: false, true, or the number of proxies in front.',
  })
  readonly trustProxy: boolean | number;

  @Setting({
    env: 'DATA_DIR',
    kind: 'text',
    group: 'Server',
    default: '.data',
    doc: 'Folder of the embedded servers and of the development key.',
  })
  readonly dataDir: string;

  @Setting({
    env: 'DEMO_DATA',
    kind: 'bool',
    group: 'Server',
    default: 'true',
    doc: 'Make a demo organization; only ever with the embedded database.',
  })
  readonly demoData: boolean;

  @Setting({ env: 'API_DOCS', kind: 'bool', group: 'Server', default: 'true', doc: 'Serve Swagger UI at /api/docs.' })
  readonly apiDocs: boolean;

  @Setting({
    env: 'SHUTDOWN_GRACE_SECONDS',
    kind: 'duration-seconds',
    group: 'Server',
    default: '20',
    doc: 'Time to finish running work on SIGTERM.',
    min: 1,
    max: 3600,
  })
  readonly shutdownGraceSeconds: number;

  @Setting({
    env: 'LOG_LEVEL',
    kind: 'one-of',
    group: 'Logs and metrics',
    default: 'info',
    doc: 'Least level that is written.',
    options: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  })
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

  @Setting({
    env: 'LOG_FORMAT',
    kind: 'one-of',
    group: 'Logs and metrics',
    default: 'json',
    doc: 'json, or text separated by pipes.',
    options: ['json', 'text'],
  })
  readonly logFormat: 'json' | 'text';

  @Setting({
    env: 'METRICS_TOKEN',
    kind: 'secret',
    group: 'Logs and metrics',
    doc: 'Bearer token of /metrics; without it only loopback may read.',
    min: 16,
  })
  readonly metricsToken?: Secret;
}
