import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { breakingChanges } from '../../src/platform/http/openapi/breaking-changes.js';
import { openApiDocument } from '../../src/platform/http/openapi/document.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { validateExamples } from './examples.js';
import { lintDocument } from './lint.js';

const ROOT = path.resolve(__dirname, '..', '..');

/**
 * The last two documents that were committed: the newest for who changes the code now, the one before for CI, which sees the change as the
 * newest itself. None outside a checkout.
 */
function committed(): OpenAPIObject[] {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 });
  try {
    const commits = git('log', '--format=%H', '-n', '2', '--', 'openapi.json').trim().split('\n').filter(Boolean);
    return commits.map((commit) => JSON.parse(git('show', `${commit}:openapi.json`)) as OpenAPIObject);
  } catch {
    return [];
  }
}

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    app = await startTestApp();
    document = openApiDocument(app.nest);
  });
  afterAll(() => app.close());

  it('is what is committed', () => {
    const committed = JSON.parse(fs.readFileSync(path.join(ROOT, 'openapi.json'), 'utf8')) as unknown;
    expect({ same: JSON.stringify(committed) === JSON.stringify(document), hint: 'npm run generate' }).toEqual({
      same: true,
      hint: 'npm run generate',
    });
  });

  it('has no lint errors', async () => {
    const found = await lintDocument(document as never);
    // Probes take no input, ask for no login and are not limited: there is nothing they could refuse.
    expect(found.filter((one) => !(one.rule === 'operation-4xx-response' && one.location.startsWith('#/paths/~1health')))).toEqual([]);
  }, 60_000);

  it('has only examples that fit their schemas', async () => {
    expect(await Promise.resolve(validateExamples(document as never))).toEqual([]);
  });

  it('breaks nobody who uses the last two', () => {
    const today = new Date().toISOString().slice(0, 10);
    for (const before of committed()) expect(breakingChanges(before as never, document as never, today)).toEqual([]);
  });

  it('is served as JSON and YAML, and Swagger UI beside it', async () => {
    for (const url of ['/api/docs-json', '/api/schema']) {
      const answer = await app.call('GET', url);
      expect({ url, status: answer.status, openapi: (answer.json as { openapi: string }).openapi }).toEqual({
        url,
        status: 200,
        openapi: '3.1.0',
      });
    }
    expect((await app.call('GET', '/api/docs')).text).toContain('swagger-ui');
  });
});
