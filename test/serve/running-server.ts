import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..');

/** `npm start` without the install: the built server as a process of its own. */
export interface RunningServer {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves with the base URL once the greeting was printed. */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Variables of the test run that would reach the server and change what it does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CONCORD_TEST|NODE_OPTIONS|NODE_ENV|JEST|DATABASE_|S3_|REDIS_|SECRET_KEY)/.test(name),
    ),
  );
}

/** Starts a program of the build and collects what it prints. */
export function startProgram(program: string, words: readonly string[], environment: Record<string, string>): RunningServer {
  const child = spawn(process.execPath, [path.join(ROOT, 'dist', 'src', program), ...words], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /API\s+(http:\/\/localhost:\d+)\/api\/v1/.exec(text);
      if (found?.[1] && text.includes('Role')) resolve(found[1]);
    });
    void ended.then(({ code }) => reject(new Error(`ended with ${code}:\n${text}`)));
  });
  ready.catch(() => undefined);
  return { process: child, output: () => text, ready, ended };
}

/** A folder for data that nobody else uses. */
export function dataFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'concord-serve-'));
}
