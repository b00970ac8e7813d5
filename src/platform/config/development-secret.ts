import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.js';

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The key of a development machine: made once, kept in `secret.key` of the data folder, readable by its owner only. */
export function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'secret.key');
  const kept = readKey(file);
  if (kept) return kept;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const made = randomBytes(48).toString('base64url');
  try {
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    const other = readKey(file); // another process was faster, or left the file empty
    if (other) return other;
    throw error;
  }
}

/** The environment, completed by the development key where none is given and production does not forbid it. */
export function withDevelopmentSecret(env: Environment): Environment {
  if (env['SECRET_KEY']?.trim() || env['NODE_ENV']?.trim() === 'production') return env;
  return { ...env, SECRET_KEY: developmentSecret(env['DATA_DIR']?.trim() || '.data') };
}
