import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openApiDocument } from '../../src/platform/http/openapi/document.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

const ROOT = path.resolve(__dirname, '..', '..');
const GENERATED = path.join(__dirname, 'generated');

function node(...words: string[]): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

describe('the client generated from the document', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    fs.mkdirSync(GENERATED, { recursive: true });
    const file = path.join(GENERATED, 'openapi.json');
    fs.writeFileSync(file, JSON.stringify(openApiDocument(app.nest)));
    const made = node('node_modules/openapi-typescript/bin/cli.js', file, '--output', path.join(GENERATED, 'api.d.ts'));
    if (made.status !== 0) throw new Error(made.output);
  }, 60_000);
  afterAll(() => app.close());

  it('compiles against a program that uses it, and refuses one that misuses it', () => {
    expect(node('node_modules/typescript7/bin/tsc', '-p', 'test/client/tsconfig.json')).toEqual({ status: 0, output: '' });
    const scenario = fs.readFileSync(path.join(__dirname, 'board-scenario.ts'), 'utf8');
    const wrong = path.join(GENERATED, 'wrong.ts');
    fs.writeFileSync(wrong, scenario.replace("from './generated/api.js'", "from './api.js'").replace("name: 'Ana Duarte'", 'nme: 5'));
    try {
      expect(node('node_modules/typescript7/bin/tsc', '-p', 'test/client/tsconfig.json').output).toContain('nme');
    } finally {
      fs.rmSync(wrong);
    }
  }, 60_000);

  it('runs the board scenario', async () => {
    const base = await app.listen();
    const owner = await makeOrganization(app);
    // A computed name: the type check of the tests must not need the generated types.
    const { boardScenario } = (await import(path.join(__dirname, 'board-scenario.ts'))) as {
      boardScenario: (base: string, token: string) => Promise<unknown>;
    };
    expect(await boardScenario(base, owner.token)).toEqual({ column: 'Closed win', count: 1, problem: 'lead-not-found' });
  });
});
