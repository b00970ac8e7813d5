// Everything that must hold before a change goes in. All kinds run, so that one run shows every fault; then the table says what failed.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { COMPILER, ensureBuilt, ensureInstalled, root } from './setup.mjs';

const LEAST_LINE_COVERAGE = 90;
const RESULTS = path.join(root, 'coverage', 'results.json');
const COVERAGE = path.join(root, 'coverage', 'coverage-summary.json');

function program(...words) {
  return () => run([path.join(root, 'node_modules', ...words[0].split('/')), ...words.slice(1)]);
}

/** Runs Node on a script; what it says is shown when it fails. */
function run(words, { show = false, environment = {} } = {}) {
  const result = spawnSync(process.execPath, words, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: show ? 'inherit' : 'pipe',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.status !== 0 && !show) process.stdout.write(`${result.stdout}${result.stderr}${result.error ?? ''}\n`);
  return result.status === 0 ? undefined : 'failed';
}

function runTests() {
  fs.rmSync(path.join(root, 'coverage'), { recursive: true, force: true });
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--coverage', '--json', `--outputFile=${RESULTS}`, ...process.argv.slice(2)];
  // With --json jest prints its results to the standard output once more when no file is named; its report goes to the other stream.
  // Half of the run was collecting garbage: modules of a suite are young when it ends, and room for them spares most of that.
  const room = ['--max-semi-space-size=128', '--min-semi-space-size=64'];
  return run(['--experimental-vm-modules', '--no-warnings', ...room, jest, ...flags], {
    show: true,
    environment: { CONCORD_TEST_WHOLE: '1' },
  });
}

function checkCoverage() {
  if (process.argv.length > 2) return undefined; // a part of the tests cannot cover everything
  if (!fs.existsSync(COVERAGE)) return 'no coverage was measured';
  const { pct } = JSON.parse(fs.readFileSync(COVERAGE, 'utf8')).total.lines;
  return pct >= LEAST_LINE_COVERAGE ? undefined : `${pct} % of the lines are covered, ${LEAST_LINE_COVERAGE} % are needed`;
}

function checkGenerated() {
  const cli = path.join(root, 'dist', 'src', 'cli.js');
  const stale = ['env-example', 'openapi'].filter((name) => run([cli, name, '--check']) !== undefined);
  return stale.length === 0 ? undefined : `out of date: ${stale.join(', ')}`;
}

/** `1234 passed, 0 failed`, alone on its line, for people and for machines. A file that did not even load counts as one failure. */
function countTests() {
  if (!fs.existsSync(RESULTS)) return '0 passed, 1 failed';
  const results = JSON.parse(fs.readFileSync(RESULTS, 'utf8'));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const steps = [
  ['format', program('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')],
  ['types', () => run([COMPILER, '-p', path.join(root, 'tsconfig.test.json')])],
  ['lint', program('eslint/bin/eslint.js', '.')],
  ['tests', runTests],
  ['coverage', checkCoverage],
  ['generated', checkGenerated],
];

ensureInstalled();
ensureBuilt();
const rows = [];
for (const [name, step] of steps) {
  const since = performance.now();
  const fault = step();
  const row = `${fault ? 'FAILED' : 'ok    '}  ${name.padEnd(10)} ${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s${fault && fault !== 'failed' ? `  ${fault}` : ''}`;
  rows.push({ row, fault });
  console.log(row);
}
console.log(`\n${rows.map(({ row }) => row).join('\n')}\n\n${countTests()}`);
process.exitCode = rows.some(({ fault }) => fault) ? 1 : 0;
