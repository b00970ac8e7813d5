import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Variables by name, as the process or a test gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process over the lines of a `.env` file: the only place that reads `process.env`. */
export function readEnvironment(file = '.env'): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...process.env };
}

/** The AWS SDK warns on every start that its versions of 2027 need Node 22; ours is pinned. */
export function silenceVersionWarnings(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
