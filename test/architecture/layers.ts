import type { SourceFile } from './source-files.js';

type Edges = Readonly<Record<string, readonly string[]>>;

const LAYERS = ['shared', 'platform', 'features', 'app'] as const;
type Layer = (typeof LAYERS)[number];

/** What an index.ts must keep to itself: tables, and how they are asked. */
const PRIVATE_SUFFIXES = /\.(entity|repository|shapes|controller)\.ts$/;

/** Imports that go up, or from migrations or to tests. */
export function layerFaults(files: readonly SourceFile[]): string[] {
  return links(files)
    .filter(({ from, to }) => !mayImport(from, to))
    .map(({ from, to }) => `${from} must not import ${to}`);
}

/** Features entered by another door than index.ts, or along an edge that nobody allowed. */
export function featureFaults(files: readonly SourceFile[], edges: Edges): string[] {
  return links(files).flatMap(({ from, to }) => {
    const [source, target] = [featureOf(from), featureOf(to)];
    if (target === undefined || source === target) return [];
    if (to !== `src/features/${target}/index.ts`) return [`${from} enters ${target} by ${to} instead of its index.ts`];
    const isAllowed = source === undefined || edges[source]?.includes(target);
    return isAllowed ? [] : [`${from}: ${source} -> ${target} is no allowed edge`];
  });
}

/** Features without a line in the table, and lines without a feature. */
export function edgeTableFaults(files: readonly SourceFile[], edges: Edges): string[] {
  const features = new Set(files.map(({ path }) => featureOf(path)).filter((feature) => feature !== undefined));
  return [
    ...[...features].filter((feature) => !edges[feature]).map((feature) => `${feature} has no line in the table of edges`),
    ...findCycles(new Map(Object.entries(edges))).map((cycle) => `cycle between features: ${cycle.join(' -> ')}`),
  ];
}

/** Files that need each other at run time; types do not count. */
export function fileCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, string[]>(files.map(({ path }) => [path, []]));
  for (const { from, to, isTypeOnly } of links(files)) if (!isTypeOnly && graph.has(to)) graph.get(from)?.push(to);
  return findCycles(graph).map((cycle) => cycle.join(' -> '));
}

/** Public faces that show what must stay private. */
export function indexFaults(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => /^src\/features\/[^/]+\/index\.ts$/.test(path))
    .flatMap(({ path, imports, text }) => [
      ...imports.flatMap(({ target }) => (target && PRIVATE_SUFFIXES.test(target) ? [`${path} must not export ${target}`] : [])),
      ...(/^export \*/m.test(text) ? [`${path} must name what it exports`] : []),
    ]);
}

/** Barrels: every index.ts that is not the one door of a feature (or the list of migrations). */
export function barrels(files: readonly SourceFile[]): string[] {
  const doors = /^src\/features\/[^/]+\/index\.ts$/;
  return files.map(({ path }) => path).filter((path) => path.startsWith('src/') && path.endsWith('/index.ts') && !doors.test(path));
}

interface Link {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function links(files: readonly SourceFile[]): Link[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ target, isTypeOnly }) => (target === undefined ? [] : [{ from: path, to: target, isTypeOnly }])),
  );
}

function mayImport(from: string, to: string): boolean {
  if (from.startsWith('migrations/')) return to.startsWith('migrations/');
  // The migrations are run by the one place that opens the database as its owner.
  if (to.startsWith('migrations/')) return from.startsWith('src/platform/database/');
  if (!to.startsWith('src/')) return false;
  return LAYERS.indexOf(layerOf(to)) <= LAYERS.indexOf(layerOf(from));
}

function layerOf(path: string): Layer {
  return LAYERS.find((layer) => path.startsWith(`src/${layer}/`)) ?? 'app';
}

function featureOf(path: string): string | undefined {
  return /^src\/features\/([^/]+)\//.exec(path)?.[1];
}

/** One cycle per knot, found by walking in depth and meeting the path again. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (node: string, path: string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) cycles.push([...path.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return cycles;
}
