import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, ensureBuilt, ensureInstalled, root } from './setup.mjs';

const QUIET_MS = 150;
let child;
let stopping = false;
let timer;
const watchers = new Map();
let restarting = Promise.resolve();

// A child, unlike `npm start`: modules that are loaded once cannot be loaded again, a process can.
function launch() {
  const started = spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist', 'src', 'main.js')], {
    cwd: root,
    stdio: 'inherit',
  });
  child = started;
  started.once('exit', (code, signal) => {
    if (child !== started) return;
    child = undefined;
    if (stopping) process.exit(code ?? (signal ? 1 : 0));
    console.log(`The application ended (${signal ?? code}). Waiting for a change ...`);
  });
}

/** The old one must be gone first: it holds the port and the data directory. */
async function stop() {
  const running = child;
  child = undefined;
  if (!running) return;
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGTERM');
  await ended;
}

async function reload() {
  if (stopping) return;
  const built = build();
  if (built === 'unchanged' && child) return;
  if (!built) {
    console.error('The build failed; the version from before goes on running.');
    return;
  }
  console.log('Restarting ...');
  await stop();
  if (!stopping) launch();
}

/**
 * One watch per folder: on Linux the recursive watch of Node 20 follows single files and loses those that an editor replaces.
 * Folders come and go, so the set is looked at again after each event.
 */
function watchFolders() {
  const folders = new Set();
  for (const top of ['src', 'migrations'].map((name) => path.join(root, name)).filter((name) => fs.existsSync(name))) {
    folders.add(top);
    for (const entry of fs.readdirSync(top, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) folders.add(path.join(entry.parentPath ?? entry.path, entry.name));
    }
  }
  for (const [folder, watcher] of watchers) {
    if (folders.has(folder)) continue;
    watcher.close();
    watchers.delete(folder);
  }
  for (const folder of folders) {
    if (watchers.has(folder)) continue;
    try {
      const watcher = fs.watch(folder, (_event, file) => changed(file));
      watcher.on('error', () => changed());
      watchers.set(folder, watcher);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error; // gone again in between
    }
  }
}

function changed(file) {
  if (stopping || (file && /\.spec\.ts$|~$|\.sw.$/.test(file))) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    watchFolders();
    restarting = restarting.then(reload).catch((error) => console.error(error));
  }, QUIET_MS);
}

async function shutDown() {
  if (stopping) return;
  stopping = true;
  clearTimeout(timer);
  await restarting;
  // Ctrl-C in a terminal has reached the child as well; a second request is for the application to take calmly.
  await stop();
  process.exit(0);
}

ensureInstalled();
ensureBuilt();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void shutDown());
watchFolders();
launch();
