// Set-up that every npm script does by itself. It runs before anything is installed, so it uses nothing but Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19, 0];
const INSTALL_STAMP = path.join(root, 'node_modules', '.concord-install');
const BUILD_STAMP = path.join(root, 'dist', '.concord-build');
export const COMPILER = path.join(root, 'node_modules', 'typescript7', 'bin', 'tsc');

function checkNode() {
  const actual = process.versions.node.split('.').map(Number);
  const difference = OLDEST_NODE.map((wanted, i) => (actual[i] ?? 0) - wanted).find((d) => d !== 0) ?? 0;
  if (difference >= 0) return;
  console.error(
    `Concord needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. Please install a newer one: https://nodejs.org`,
  );
  process.exit(1);
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Packages with native parts depend on the system and on Node's binary interface, so these are part of what was installed. */
function installFingerprint() {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(root, 'package-lock.json')));
  return hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`).digest('hex');
}

/** Installs the dependencies when they are missing or belong to another package-lock.json. */
export function ensureInstalled() {
  checkNode();
  const fingerprint = installFingerprint();
  if (read(INSTALL_STAMP) === fingerprint) return;
  const since = performance.now();
  console.log('Installing the dependencies; this takes about half a minute the first time ...');
  const flags = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  // npm tells its scripts where its own program is; without that it is looked up like any other.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  const result = spawnSync(npm[0], [...npm[1], ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32' && npm[0] === 'npm',
    // A caller that runs in production mode must not make npm leave out the compiler.
    env: { ...process.env, NODE_ENV: '' },
  });
  if (result.status !== 0) {
    console.error(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\nThe installation failed; npm's own words are above.`);
    process.exit(1);
  }
  fs.writeFileSync(INSTALL_STAMP, fingerprint);
  console.log(`Installed in ${seconds(since)}.`);
}

function sourceFiles(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** By content, not by time: a checkout or a touched file does not cost a build, and an older file that came back does. */
function sourceFingerprint() {
  const hash = createHash('sha256').update(read(INSTALL_STAMP) ?? '');
  const files = [...['src', 'migrations'].flatMap((name) => sourceFiles(path.join(root, name))), path.join(root, 'tsconfig.json')];
  for (const file of files) hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** Compiled files whose source is gone would still be found by whoever looks for migrations or tests. */
function removeOrphans() {
  for (const name of ['src', 'migrations']) {
    const folder = path.join(root, 'dist', name);
    if (!fs.existsSync(folder)) continue;
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const compiled = path.join(entry.parentPath ?? entry.path, entry.name);
      const source = path.join(root, path.relative(path.join(root, 'dist'), compiled)).replace(/\.js(\.map)?$/, '.ts');
      if (entry.isFile() && /\.js(\.map)?$/.test(entry.name) && !fs.existsSync(source)) fs.rmSync(compiled, { force: true });
    }
  }
}

/** Compiles when a source has changed since the last time: 'built', 'unchanged', or false when it does not compile. */
export function build() {
  const fingerprint = sourceFingerprint();
  if (read(BUILD_STAMP) === fingerprint) return 'unchanged';
  fs.rmSync(BUILD_STAMP, { force: true });
  // When somebody emptied dist but left the compiler's memory, the compiler would believe everything is there.
  if (!fs.existsSync(path.join(root, 'dist', 'src'))) fs.rmSync(path.join(root, 'dist', '.tsbuildinfo'), { force: true });
  const since = performance.now();
  // What does not compile must not replace what runs.
  const words = [COMPILER, '-p', path.join(root, 'tsconfig.json'), '--noEmitOnError'];
  const result = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) return false;
  removeOrphans();
  fs.writeFileSync(BUILD_STAMP, fingerprint);
  console.log(`Built in ${seconds(since)}.`);
  return 'built';
}

/** Compiles when needed and ends the program when that fails. */
export function ensureBuilt() {
  if (build()) return;
  console.error('The build failed; the errors are above.');
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  ensureBuilt();
}
