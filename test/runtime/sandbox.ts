import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.dirname(createRequire(import.meta.url).resolve('../../package.json'));

/** What a child said on its one line of output. */
export interface Report {
  pid: number;
  port?: number;
  serverPid?: number;
  rows?: number;
  error?: string;
}

const PROGRAM = `
import * as fs from 'node:fs';
import pg from 'pg';
import { startEmbeddedPostgres } from './src/platform/runtime/embedded-postgres.js';
const [dataDir, isolation] = process.argv.slice(2);
const say = (report) => console.log(JSON.stringify({ pid: process.pid, ...report }));
try {
  const server = await startEmbeddedPostgres(dataDir, { durable: false, isolation: JSON.parse(isolation) });
  const client = new pg.Client(server.urlFor('postgres'));
  await client.connect();
  await client.query('create table if not exists note (body text)');
  await client.query("insert into note values ('kept')");
  const { rows } = await client.query('select count(*)::int as rows from note');
  await client.end();
  process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  say({ port: server.port, serverPid: Number(fs.readFileSync(dataDir + '/cluster/postmaster.pid', 'utf8').split('\\n')[0]), ...rows[0] });
  setInterval(() => undefined, 1000);
} catch (error) {
  say({ error: error.message });
}
`;

function copyPackage(name: string, target: string): void {
  const from = path.join(root, 'node_modules', name);
  const to = path.join(target, 'node_modules', name);
  if (fs.existsSync(to) || !fs.existsSync(from)) return;
  fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(from, 'package.json'), 'utf8')) as { dependencies?: object };
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, target);
}

/**
 * The launcher compiled into a folder that every account may read, so that other processes and other users can run it; the checkout may
 * lie in a home that only its owner can enter.
 */
export class Sandbox {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-runtime-'));
  private readonly children: ChildProcess[] = [];

  constructor() {
    fs.chmodSync(this.directory, 0o755);
    fs.writeFileSync(path.join(this.directory, 'package.json'), '{"type":"module"}');
    fs.writeFileSync(path.join(this.directory, 'program.js'), PROGRAM);
    const compiler = path.join(root, 'node_modules/typescript7/bin/tsc');
    const config = path.join(this.directory, 'tsconfig.json');
    const files = [path.join(root, 'src/platform/runtime/embedded-postgres.ts')];
    const compilerOptions = { outDir: this.directory, rootDir: root, incremental: false, tsBuildInfoFile: null, sourceMap: false };
    const types = { typeRoots: [path.join(root, 'node_modules/@types')] };
    const extending = { extends: path.join(root, 'tsconfig.json'), compilerOptions: { ...compilerOptions, ...types }, files, include: [] };
    fs.writeFileSync(config, JSON.stringify(extending));
    const built = spawnSync(process.execPath, [compiler, '-p', config], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stdout + built.stderr);
    for (const name of ['pg', `@embedded-postgres/${os.platform()}-${os.arch()}`]) copyPackage(name, this.directory);
  }

  dataDir(name: string): string {
    return path.join(this.directory, name, 'data');
  }

  /** Runs the launcher in a process of its own and waits for its report. */
  async start(dataDir: string, options: { isolation?: object; user?: number } = {}): Promise<{ child: ChildProcess; report: Report }> {
    const ids = options.user === undefined ? {} : { uid: options.user, gid: options.user };
    const child = spawn(process.execPath, ['program.js', dataDir, JSON.stringify(options.isolation ?? {})], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...ids,
    });
    this.children.push(child);
    const [line] = (await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')) as [string];
    return { child, report: JSON.parse(line) as Report };
  }

  async end(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
    const ended = once(child, 'exit');
    child.kill(name);
    await ended;
  }

  async remove(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null && child.signalCode === null) await this.end(child, 'SIGTERM');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
