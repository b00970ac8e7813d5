import type { Secret } from './secret.js';
import { Setting } from './setting.js';

const POSTGRES = ['postgres', 'postgresql'] as const;
const BUCKET = {
  expression: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  expected: 'a bucket name of 3 to 63 lower-case letters, digits, - or .',
};

/** The servers Concord talks to: database, queue, object storage, mail. */
export class ConnectionSettings {
  @Setting({
    env: 'WORKER_CONCURRENCY',
    kind: 'int',
    group: 'Queue',
    default: '4',
    doc: 'Jobs one worker runs at the same time, per queue, other than messages to the assistant.',
    min: 1,
    max: 256,
  })
  readonly workerConcurrency: number;

  @Setting({
    env: 'ASSISTANT_CONCURRENCY',
    kind: 'int',
    group: 'Queue',
    default: '8',
    doc: 'Messages to the assistant one worker answers at the same time; most of that time it waits for a model.',
    min: 1,
    max: 256,
  })
  readonly assistantConcurrency: number;

  @Setting({
    env: 'REDIS_URL',
    kind: 'url',
    group: 'Queue',
    doc: 'Redis for queue, rate limits and events; without it PostgreSQL serves.',
    example: 'redis://localhost:6379/0',
    schemes: ['redis', 'rediss'],
  })
  readonly redisUrl?: string;

  @Setting({
    env: 'DATABASE_URL',
    kind: 'url',
    group: 'Database',
    doc: 'PostgreSQL 15 to 18 as the owner role; empty starts the embedded one.',
    example: 'postgres://owner:password@localhost:5432/concord',
    schemes: POSTGRES,
  })
  readonly databaseUrl?: string;

  @Setting({
    env: 'DATABASE_APP_URL',
    kind: 'url',
    group: 'Database',
    derived: 'from DATABASE_URL',
    doc: 'The role that serves; it owns nothing.',
    schemes: POSTGRES,
  })
  readonly databaseAppUrl?: string;

  @Setting({
    env: 'DATABASE_SYSTEM_URL',
    kind: 'url',
    group: 'Database',
    derived: 'from DATABASE_URL',
    doc: 'The role of relay and schedulers.',
    schemes: POSTGRES,
  })
  readonly databaseSystemUrl?: string;

  @Setting({
    env: 'DATABASE_QUEUE_URL',
    kind: 'url',
    group: 'Database',
    derived: 'from DATABASE_URL',
    doc: 'The role that owns the queue schema.',
    schemes: POSTGRES,
  })
  readonly databaseQueueUrl?: string;

  @Setting({ env: 'MIGRATE_ON_START', kind: 'bool', group: 'Database', default: 'true', doc: 'Run open migrations before serving.' })
  readonly migrateOnStart: boolean;

  @Setting({
    env: 'DATABASE_POOL_MAX',
    kind: 'int',
    group: 'Database',
    default: '10',
    doc: 'Connections of the serving role, per process.',
    min: 1,
    max: 500,
  })
  readonly databasePoolMax: number;

  @Setting({
    env: 'DATABASE_LANES',
    kind: 'int',
    group: 'Database',
    default: '4',
    doc: 'Connections that pipeline short reads, per process.',
    min: 0,
    max: 64,
  })
  readonly databaseLanes: number;

  @Setting({
    env: 'DATABASE_STATEMENT_TIMEOUT_SECONDS',
    kind: 'duration-seconds',
    group: 'Database',
    default: '30',
    doc: 'The database gives up on a statement after this.',
    min: 1,
    max: 3600,
  })
  readonly databaseStatementTimeoutSeconds: number;

  @Setting({
    env: 'S3_ENDPOINT',
    kind: 'url',
    group: 'Object storage',
    doc: 'Any S3; empty starts the embedded one.',
    example: 'https://s3.eu-west-3.amazonaws.com',
  })
  readonly s3Endpoint?: string;

  @Setting({
    env: 'S3_PUBLIC_ENDPOINT',
    kind: 'url',
    group: 'Object storage',
    derived: 'S3_ENDPOINT',
    doc: 'The endpoint as callers reach it; signed into presigned URLs.',
  })
  readonly s3PublicEndpoint?: string;

  @Setting({ env: 'S3_REGION', kind: 'text', group: 'Object storage', default: 'us-east-1', doc: 'Region of the bucket.', max: 64 })
  readonly s3Region: string;

  @Setting({ env: 'S3_BUCKET', kind: 'text', group: 'Object storage', default: 'concord', doc: 'Bucket of all files.', pattern: BUCKET })
  readonly s3Bucket: string;

  @Setting({
    env: 'S3_ACCESS_KEY_ID',
    kind: 'text',
    group: 'Object storage',
    doc: 'Without keys the role of the machine is used.',
    max: 255,
  })
  readonly s3AccessKeyId?: string;

  @Setting({ env: 'S3_SECRET_ACCESS_KEY', kind: 'secret', group: 'Object storage', doc: 'Belongs to S3_ACCESS_KEY_ID.' })
  readonly s3SecretAccessKey?: Secret;

  @Setting({
    env: 'S3_FORCE_PATH_STYLE',
    kind: 'bool',
    group: 'Object storage',
    default: 'true',
    doc: 'Bucket in the path; false for AWS.',
  })
  readonly s3ForcePathStyle: boolean;

  @Setting({
    env: 'PRESIGN_TTL_SECONDS',
    kind: 'duration-seconds',
    group: 'Object storage',
    default: '900',
    doc: 'Life of presigned URLs.',
    min: 10,
    max: 604_800,
  })
  readonly presignTtlSeconds: number;

  @Setting({
    env: 'SMTP_URL',
    kind: 'secret',
    group: 'Mail',
    doc: 'Without it mails are captured and only readable in development.',
    example: 'smtp://user:password@smtp.example.com:587',
  })
  readonly smtpUrl?: Secret;

  @Setting({
    env: 'MAIL_FROM',
    kind: 'text',
    group: 'Mail',
    default: 'Concord <no-reply@localhost>',
    doc: 'Sender of all mails.',
    pattern: { expression: /^[^<>\r\n]*<?[^@\s<>]+@[^@\s<>]+>?$/, expected: 'an address such as Concord <no-reply@example.com>' },
  })
  readonly mailFrom: string;
}
