import type { SourceFile } from './source-files.js';

/** What may stand between a file's name and `.ts`, and nothing else. */
const SUFFIXES = new Set([
  'module',
  'controller',
  'shapes',
  'service',
  'entity',
  'repository',
  'errors',
  'events',
  'jobs',
  'guard',
  'strategy',
  'indicators',
  'prompt',
]);

const SPEC_SUFFIXES: Readonly<Record<string, RegExp>> = { db: /^test\//, e2e: /^test\//, redis: /^test\// };

/** Words that say nothing about what is inside. */
const EMPTY_WORDS = /^(util|utils|helper|helpers|common|manager|managers|process|handle|data|misc|stuff|base)$/;

/** Where an empty word says something after all, with the reason. */
export const NAME_EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/platform/runtime/process-facts.ts': 'facts about processes of the operating system',
};

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** File and folder names that are no kebab-case, have an unknown suffix, or say nothing. */
export function nameFaults(files: readonly Pick<SourceFile, 'path'>[], exceptions: Readonly<Record<string, string>>): string[] {
  return files.flatMap(({ path }) => (exceptions[path] ? [] : faultsOf(path).map((fault) => `${path}: ${fault}`)));
}

/** Exceptions nobody needs any more. */
export function staleExceptions(files: readonly Pick<SourceFile, 'path'>[], exceptions: Readonly<Record<string, string>>): string[] {
  return Object.keys(exceptions).filter((exception) => !files.some(({ path }) => path === exception));
}

function faultsOf(path: string): string[] {
  const folders = path.split('/');
  const [name = '', ...suffixes] = (folders.pop() ?? '').replace(/\.ts$/, '').split('.');
  const isSpec = suffixes.at(-1) === 'spec';
  const rest = isSpec ? suffixes.slice(0, -1) : suffixes;
  return [
    ...[...folders, name].filter((part) => !KEBAB.test(part)).map((part) => `"${part}" is no kebab-case`),
    ...[...folders, name]
      .flatMap((part) => part.split('-'))
      .filter((word) => EMPTY_WORDS.test(word))
      .map((word) => `"${word}" says nothing`),
    ...rest.filter((suffix) => !isKnown(suffix, path, isSpec)).map((suffix) => `".${suffix}" is no suffix of ours`),
    ...(rest.length > 1 && !isSpec ? ['more than one suffix'] : []),
  ];
}

function isKnown(suffix: string, path: string, isSpec: boolean): boolean {
  return SUFFIXES.has(suffix) || (isSpec && SPEC_SUFFIXES[suffix]?.test(path) === true);
}
