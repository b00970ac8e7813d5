// Nest 12 is published as ES modules only, and Jest can require() those natively from Node 24.9 on. Until then every
// pure-ESM dependency is compiled to CommonJS by SWC (cached); the list is read from node_modules, not kept by hand.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, 'node_modules');

/** Every installed package, nested ones included, whose files are ES modules. */
function esmPackages(dir, depth = 0) {
  const found = new Set();
  if (!fs.existsSync(dir) || depth > 2) return found;
  for (const entry of fs.readdirSync(dir)) {
    const names = entry.startsWith('@') ? fs.readdirSync(path.join(dir, entry)).map((s) => `${entry}/${s}`) : [entry];
    for (const name of names) {
      const home = path.join(dir, name);
      try {
        if (JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')).type === 'module') found.add(name);
      } catch {
        continue; // not a package
      }
      for (const inner of esmPackages(path.join(home, 'node_modules'), depth + 1)) found.add(inner);
    }
  }
  return found;
}

const esm = [...esmPackages(root)].map((name) => name.replace(/[.]/g, '\\.'));
const base = { sourceMaps: 'inline', module: { type: 'commonjs' } };
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': '<rootDir>/test/harness/covered-typescript.cjs',
    '^.+\\.m?js$': ['@swc/jest', { ...base, sourceMaps: false, jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/node_modules/)?(${esm.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

module.exports = {
  // Two, not cores - 1: the suites wait for servers as much as they compute. A worker that has grown is replaced, because each suite loads its own modules.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/main.ts'],
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/architecture/**/*.spec.ts', '<rootDir>/test/openapi/**/!(*.e2e).spec.ts'],
    },
    {
      ...common,
      displayName: 'server',
      transform: { ...common.transform, '^.+\\.ts$': ['<rootDir>/test/harness/covered-typescript.cjs', { isBundled: true }] },
      testMatch: ['<rootDir>/test/**/*.db.spec.ts', '<rootDir>/test/**/*.e2e.spec.ts'],
      globalSetup: '<rootDir>/test/harness/global-setup.mjs',
      globalTeardown: '<rootDir>/test/harness/global-teardown.mjs',
      setupFiles: ['<rootDir>/test/harness/reflect.cjs'],
    },
  ],
};
