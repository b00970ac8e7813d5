import { describe, expect, it } from '@jest/globals';
import { FEATURE_EDGES } from './edges.js';
import { barrels, edgeTableFaults, featureFaults, fileCycles, indexFaults, layerFaults } from './layers.js';
import { isSpec, parseFile, projectFiles } from './source-files.js';

const all = projectFiles('src', 'migrations');
const files = all.filter((file) => !isSpec(file));
const plant = (path: string, text: string) => parseFile(path, text);

describe('layers', () => {
  it('reads the real source', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it('go one way: shared <- platform <- features <- app', () => {
    expect(layerFaults(files)).toEqual([]);
  });

  it.each([
    ['src/shared/x.ts', `import { Clock } from '../platform/clock/clock.js';`],
    ['src/platform/http/x.ts', `import type { Lead } from '../../features/crm/index.js';`],
    ['src/platform/http/x.ts', `const x = await import('../../features/crm/index.js');`],
    ['src/features/crm/x.ts', `export { AppModule } from '../../app.module.js';`],
    ['src/features/crm/x.ts', `import { MIGRATIONS } from '../../../migrations/index.js';`],
    ['src/features/crm/x.ts', `import { cloneDatabase } from '../../../test/harness/test-database.js';`],
    ['migrations/0099-x.ts', `import { newId } from '../src/shared/ids.js';`],
  ])('see an import that goes up, from %s', (path, text) => {
    expect(layerFaults([plant(path, text)])).toHaveLength(1);
  });

  it('let imports go down', () => {
    const text = `import { newId } from '../../shared/ids.js'; import pg from 'pg'; import { Clock } from '../../platform/clock/clock.js';`;
    expect(layerFaults([plant('src/features/crm/x.ts', text)])).toEqual([]);
  });
});

describe('features', () => {
  it('are entered by their index.ts, along the edges of the table', () => {
    expect(featureFaults(files, FEATURE_EDGES)).toEqual([]);
  });

  it('each have a line in the table, which has no cycles', () => {
    expect(edgeTableFaults(files, FEATURE_EDGES)).toEqual([]);
  });

  it.each([
    ['another door', 'src/features/auth/x.ts', `import { A } from '../audit/audit-trail.js';`],
    ['another door, for a type', 'src/features/auth/x.ts', `import type { A } from '../audit/audit-trail.js';`],
    ['another door, from the app', 'src/app.module.ts', `import { A } from './features/audit/audit.module.js';`],
    ['no edge', 'src/features/audit/x.ts', `import { A } from '../auth/index.js';`],
  ])('are not entered by %s', (_, path, text) => {
    expect(featureFaults([plant(path, text)], FEATURE_EDGES)).toHaveLength(1);
  });

  it('may be entered by the app', () => {
    expect(featureFaults([plant('src/app.module.ts', `import { A } from './features/audit/index.js';`)], FEATURE_EDGES)).toEqual([]);
  });

  it('cannot be missing in the table', () => {
    expect(edgeTableFaults([plant('src/features/new/x.ts', '')], {})).toEqual(['new has no line in the table of edges']);
  });

  it('cannot go in a circle', () => {
    expect(edgeTableFaults([], { a: ['b'], b: ['c'], c: ['a'] })).toEqual(['cycle between features: a -> b -> c -> a']);
  });

  it('show neither tables nor how they are asked', () => {
    expect(indexFaults(files)).toEqual([]);
    const index = `export { Lead } from './lead.entity.js'; export type { R } from './leads/leads.repository.js';\nexport * from './x.js';`;
    expect(indexFaults([plant('src/features/crm/index.ts', index)])).toHaveLength(3);
  });
});

describe('files', () => {
  it('have no cycles', () => {
    expect(fileCycles(files)).toEqual([]);
  });

  it('would be seen going in a circle, by value and not by type', () => {
    const a = plant('src/shared/a.ts', `import { b } from './b.js';`);
    expect(fileCycles([a, plant('src/shared/b.ts', `export { a } from './a.js';`)])).toEqual([
      'src/shared/a.ts -> src/shared/b.ts -> src/shared/a.ts',
    ]);
    expect(fileCycles([a, plant('src/shared/b.ts', `import type { A } from './a.js';`)])).toEqual([]);
    expect(fileCycles([a, plant('src/shared/b.ts', `import { type A, type B } from './a.js';`)])).toEqual([]);
  });

  it('are no barrels, but for the doors of features', () => {
    expect(barrels(files)).toEqual([]);
    const planted = ['src/platform/http/index.ts', 'src/features/crm/leads/index.ts', 'src/features/crm/index.ts'].map((path) =>
      plant(path, ''),
    );
    expect(barrels(planted)).toEqual(['src/platform/http/index.ts', 'src/features/crm/leads/index.ts']);
  });
});
