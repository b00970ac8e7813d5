import * as path from 'node:path';
import pg from 'pg';
import type { DatabaseUrls } from '../config/database-urls.js';
import { databaseUrls, deriveDatabaseUrl } from '../config/database-urls.js';
import type { Settings } from '../config/settings.js';
import { startEmbedded } from './embedded.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';

/** How to reach the object storage. */
export interface StorageAddress {
  readonly endpoint: string;
  readonly publicEndpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly forcePathStyle: boolean;
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
}

/** Where this process finds its servers, and how to stop those it started itself. */
export interface Connections {
  readonly databaseUrls: DatabaseUrls;
  readonly storage: StorageAddress;
  readonly isEmbeddedDatabase: boolean;
  stop(): Promise<void>;
}

const DATABASE = 'concord';

/** Uses the servers the settings name and starts an embedded one for each that they do not. */
export async function openConnections(settings: Settings): Promise<Connections> {
  const named = databaseUrls(settings);
  const embedded = await startEmbedded({
    dataDir: path.resolve(settings.dataDir),
    needPostgres: named === undefined,
    needS3: settings.s3Endpoint === undefined,
    allowedOrigins: [...settings.corsOrigins],
  });
  const { postgres, s3 } = embedded;
  const owner = postgres && (await ensureDatabase(postgres, DATABASE));
  const derived = owner && {
    owner,
    app: deriveDatabaseUrl(owner, 'app', settings.secretKey),
    system: deriveDatabaseUrl(owner, 'system', settings.secretKey),
    queue: deriveDatabaseUrl(owner, 'queue', settings.secretKey),
  };
  const urls = named ?? derived;
  const endpoint = settings.s3Endpoint ?? s3?.endpoint;
  if (!urls || !endpoint) throw new Error('neither a database nor an object storage to use');
  return {
    databaseUrls: urls,
    storage: {
      endpoint,
      publicEndpoint: settings.s3PublicEndpoint ?? endpoint,
      region: settings.s3Region,
      bucket: settings.s3Bucket,
      forcePathStyle: settings.s3ForcePathStyle,
      accessKeyId: settings.s3AccessKeyId ?? s3?.accessKeyId,
      secretAccessKey: settings.s3SecretAccessKey?.reveal() ?? s3?.secretAccessKey,
    },
    isEmbeddedDatabase: named === undefined,
    stop: () => embedded.stop(),
  };
}

/** Makes a database of the embedded server when it is not there yet; gives its address as the owner role. */
export async function ensureDatabase(postgres: EmbeddedPostgres, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.urlFor('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return postgres.urlFor(name);
}
