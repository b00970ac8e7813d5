// The whole of src as one file, for whole runs. Each suite loads its modules anew, and to find, read and compile 900 of our own took it three
// seconds; one file takes a third of one. Single runs (`npm run jest`) load the files themselves, so that stacks name them.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'concord');

const isOurs = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');

/** Every source file that may be bundled, as absolute paths. */
function sources() {
  return ['src', 'migrations'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true })
      .filter(isOurs)
      .map((file) => path.join(ROOT, folder, file)),
  );
}

// Runs in the bundle: modules of ours by their path, everything else by Jest's own require.
const LOADER = `
const path = require('node:path');
const loaded = new Map();
function resolve(from, name) {
  const file = path.resolve(path.dirname(from), name);
  for (const one of [file.replace(/\\.js$/, '.ts'), file, file + '.ts']) if (one in modules) return one;
  return file;
}
function load(file) {
  const found = loaded.get(file);
  if (found) return found.exports;
  if (!(file in modules)) return require(file);
  const module = { exports: {} };
  loaded.set(file, module);
  modules[file].call(module.exports, module.exports, (name) => (name.startsWith('.') ? load(resolve(file, name)) : require(name)), module, file, path.dirname(file));
  return module.exports;
}
module.exports = { load };`;

/** Writes the bundle unless it is there, and gives its path. */
function writeBundle(instrument) {
  const { process: transform, version } = require('./covered-typescript.cjs');
  const texts = sources().map((file) => [file, fs.readFileSync(file, 'utf8')]);
  const hash = createHash('sha256').update(`${version}\0${instrument}\0`).update(fs.readFileSync(__filename));
  for (const [file, text] of texts) hash.update(`${file}\0${text}\0`);
  const target = path.join(FOLDER, `bundle-${hash.digest('hex').slice(0, 16)}.cjs`);
  if (fs.existsSync(target)) return target;
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER, { recursive: true });
  const parts = texts.map(([file, text]) => {
    const counted = instrument && file.startsWith(path.join(ROOT, 'src') + path.sep);
    const { code } = transform(text, file, { instrument: counted });
    return `// ${path.relative(ROOT, file)}\n${JSON.stringify(file)}: function (exports, require, module, __filename, __dirname) {\n${code.slice(0, code.lastIndexOf('//# sourceMappingURL='))}\n},\n`;
  });
  fs.writeFileSync(target, `const modules = {\n${parts.join('')}};\n${LOADER}\n`);
  return target;
}

/** The bundle that stands for a file in this run; undefined when the file is loaded by itself, as in projects that do not bundle. */
function bundleFor(filename, { isBundled = false } = {}) {
  const bundle = process.env.CONCORD_TEST_BUNDLE;
  if (!isBundled || !bundle || !isOurs(filename)) return undefined;
  const inside = path.relative(ROOT, filename);
  return inside.startsWith(`src${path.sep}`) || inside.startsWith(`migrations${path.sep}`) ? bundle : undefined;
}

module.exports = { writeBundle, bundleFor };
