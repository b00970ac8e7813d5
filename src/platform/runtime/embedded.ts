import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { startEmbeddedS3, type EmbeddedS3 } from './embedded-s3/server.js';

/** What to start. Each part has its own folder under `dataDir`. */
export interface EmbeddedOptions {
  dataDir: string;
  needPostgres: boolean;
  needS3: boolean;
  durable?: boolean;
  allowedOrigins?: string[];
}

/** The object store together with the keys that open it. */
export interface EmbeddedStorage extends EmbeddedS3 {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The servers that were started; stop the application before them. */
export interface EmbeddedServers {
  postgres?: EmbeddedPostgres;
  s3?: EmbeddedStorage;
  stop(): Promise<void>;
}

function keysIn(dir: string): { accessKeyId: string; secretAccessKey: string } {
  const file = path.join(dir, 'credentials.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    const fresh = {
      accessKeyId: `CONCORD${randomBytes(7).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
    };
    const incoming = `${file}.${process.pid}`;
    fs.writeFileSync(incoming, JSON.stringify(fresh), { mode: 0o600, flush: true });
    fs.renameSync(incoming, file);
  }
  return JSON.parse(fs.readFileSync(file, 'utf8')) as { accessKeyId: string; secretAccessKey: string };
}

async function startStorage(dir: string, allowedOrigins: string[]): Promise<EmbeddedStorage> {
  const keys = keysIn(dir);
  return { ...keys, ...(await startEmbeddedS3({ dir, ...keys, allowedOrigins })) };
}

/** Starts the servers that no URL was given for, side by side; when one fails, the other is stopped again. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServers> {
  // Others may pass through but not look around: PostgreSQL may have to run as another account. The parts inside are closed.
  fs.mkdirSync(options.dataDir, { recursive: true, mode: 0o711 });
  const postgres = options.needPostgres
    ? startEmbeddedPostgres(path.join(options.dataDir, 'postgres'), { durable: options.durable !== false })
    : Promise.resolve(undefined);
  const s3 = options.needS3 ? startStorage(path.join(options.dataDir, 's3'), options.allowedOrigins ?? []) : Promise.resolve(undefined);
  await Promise.allSettled([postgres, s3]);
  const stop = async (): Promise<void> => {
    for (const server of [s3, postgres]) await (await server.catch(() => undefined))?.stop();
  };
  try {
    return { postgres: await postgres, s3: await s3, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
