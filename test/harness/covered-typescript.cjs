// TypeScript by SWC and, when Jest collects coverage, counted by Istanbul in the same pass. Jest's own ways do not serve: the V8 provider
// reads the counters of thousands of library scripts after each suite (four times the run), the other one wants Babel for everything.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const swc = require('@swc/core');
const { createInstrumenter } = require('istanbul-lib-instrument');
const { bundleFor } = require('./bundle.cjs');

const OPTIONS = {
  sourceMaps: true,
  swcrc: false,
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, hidden: { jest: true } },
  },
};
const VERSION = createHash('sha256').update(fs.readFileSync(__filename)).update(swc.version).digest('hex');

function inline(code, map) {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

module.exports = {
  canInstrument: true,
  version: VERSION,
  getCacheKey(source, filename, { instrument, transformerConfig }) {
    const bundle = bundleFor(filename, transformerConfig) ?? '';
    return createHash('sha256').update(VERSION).update(`\0${filename}\0${instrument}\0${bundle}\0`).update(source).digest('hex');
  },
  process(source, filename, { instrument, transformerConfig }) {
    const bundle = bundleFor(filename, transformerConfig);
    if (bundle) return { code: `module.exports = require(${JSON.stringify(bundle)}).load(${JSON.stringify(filename)});` };
    const { code, map } = swc.transformSync(source, { ...OPTIONS, filename });
    if (!instrument) return { code: inline(code, map) };
    const instrumenter = createInstrumenter({ esModules: false, compact: false, produceSourceMap: true });
    // The map goes into the counters of every file; the source in it would be loaded with each suite.
    const counted = instrumenter.instrumentSync(code, filename, { ...JSON.parse(map), sourcesContent: undefined });
    return { code: inline(counted, JSON.stringify(instrumenter.lastSourceMap())) };
  },
};
