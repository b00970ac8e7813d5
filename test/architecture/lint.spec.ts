import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';

/** Lints texts as if they stood in a file that is there (typed rules need one), in one process for all of them. */
const LINT = `
  import { ESLint } from 'eslint';
  let input = '';
  for await (const part of process.stdin) input += part;
  const eslint = new ESLint();
  const rules = [];
  for (const { file, text } of JSON.parse(input)) {
    const [result] = await eslint.lintText(text, { filePath: file });
    rules.push((result?.messages ?? []).map(({ line, ruleId, message }) => ({ line, rule: ruleId ?? message })));
  }
  process.stdout.write(JSON.stringify(rules));`;

const FEATURE = 'src/features/audit/audit-trail.ts';
const DATABASE = 'src/platform/database/lane.ts';
const CONFIG = 'src/platform/config/environment.ts';
const CLOCK = 'src/platform/clock/clock.ts';
const SPEC = 'src/shared/ids.spec.ts';
const IMPORTS = 'no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';
const lines = (count: number): string => 'f();\n'.repeat(count);

/** What must be refused where, and the rule that does it. */
const REFUSED: readonly (readonly [what: string, file: string, text: string, rule: string])[] = [
  ['any', FEATURE, 'export const a = (x: any): number => Number(x);', '@typescript-eslint/no-explicit-any'],
  ['!', FEATURE, 'export const a = (x?: string): string => x!;', '@typescript-eslint/no-non-null-assertion'],
  ['a promise nobody waits for', FEATURE, 'export function a(b: Promise<void>): void { b; }', '@typescript-eslint/no-floating-promises'],
  [
    'an import of a type that stays',
    FEATURE,
    `import { Tx } from '../../platform/database/tx.js'; export type A = Tx;`,
    '@typescript-eslint/consistent-type-imports',
  ],
  ['process.env', FEATURE, `export const a = process.env['HOME'];`, SYNTAX],
  ['process.env taken apart', FEATURE, 'const { env } = process; export const a = env;', SYNTAX],
  ['the time of the machine', FEATURE, 'export const a = (): Date => new Date();', SYNTAX],
  ['the time of the machine, as a number', FEATURE, 'export const a = (): number => Date.now();', SYNTAX],
  ['the time of the machine, as a function', FEATURE, 'export const a = Date.now;', SYNTAX],
  ['a data source', FEATURE, `import { DataSource } from 'typeorm'; export const a = DataSource;`, IMPORTS],
  ['a repository, even as a type', FEATURE, `import type { Repository } from 'typeorm'; export type A = Repository<object>;`, IMPORTS],
  [
    'an entity manager by its file',
    FEATURE,
    `import { EntityManager } from 'typeorm/entity-manager/EntityManager.js'; export const a = EntityManager;`,
    IMPORTS,
  ],
  ['an injected repository', FEATURE, `import { InjectRepository } from '@nestjs/typeorm'; export const a = InjectRepository;`, IMPORTS],
  ['forwardRef', FEATURE, `import { forwardRef } from '@nestjs/common'; export const a = forwardRef;`, IMPORTS],
  ['ModuleRef', FEATURE, `import { ModuleRef } from '@nestjs/core'; export const a = ModuleRef;`, IMPORTS],
  ['class-transformer', FEATURE, `import { Exclude } from 'class-transformer'; export const a = Exclude;`, IMPORTS],
  ['a default export', FEATURE, 'export default 1;', SYNTAX],
  ['an enum', FEATURE, 'export enum A { B }', SYNTAX],
  ['five parameters', FEATURE, 'export function f(a: 1, b: 1, c: 1, d: 1, e: 1): unknown { return [a, b, c, d, e]; }', SYNTAX],
  [
    'seven dependencies',
    FEATURE,
    'export class A { constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1) {} }',
    SYNTAX,
  ],
  ['301 lines', FEATURE, `declare function f(): void;\n${lines(300)}`, 'max-lines'],
  ['41 lines of a function', FEATURE, `declare function f(): void;\nexport function g(): void {\n${lines(39)}}`, 'max-lines-per-function'],
  ['a TODO without an issue', FEATURE, '// TODO make it faster\nexport const a = 1;', 'concord/todo-needs-issue'],
  ['console', FEATURE, `console.log('x');`, 'no-console'],
  [
    'forwardRef, where the database may be opened',
    DATABASE,
    `import { forwardRef } from '@nestjs/common'; export const a = forwardRef;`,
    IMPORTS,
  ],
  ['the time, where the environment may be read', CONFIG, 'export const a = new Date();', SYNTAX],
  ['the environment, where the time may be read', CLOCK, `export const a = process.env['HOME'];`, SYNTAX],
  ['any in a test', SPEC, 'export const a = (x: any): number => Number(x);', '@typescript-eslint/no-explicit-any'],
];

const TAKEN: readonly (readonly [what: string, file: string, text: string])[] = [
  ['a data source where the database is opened', DATABASE, `import { DataSource } from 'typeorm'; export const a = DataSource;`],
  ['the environment where it is read', CONFIG, `export const a = process.env['HOME'];`],
  ['the time where it is made', CLOCK, 'export const a = (): Date => new Date();'],
  ['a date of something', FEATURE, `export const a = new Date('2026-01-31');`],
  ['an entity', FEATURE, `import { Column, Entity } from 'typeorm'; @Entity('a') export class A { @Column() b: string; }`],
  [
    'an import the container reads',
    FEATURE,
    `import { Injectable } from '@nestjs/common'; import { Clock } from '../../platform/clock/clock.js'; @Injectable() export class A { constructor(readonly clock: Clock) {} }`,
  ],
  [
    'six dependencies',
    FEATURE,
    'export class A { constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1) {} }',
  ],
  ['40 lines of a function', FEATURE, `declare function f(): void;\nexport function g(): void {\n${lines(38)}}`],
  ['a TODO with an issue', FEATURE, '// TODO #12 make it faster\nexport const a = 1;'],
];

interface Batch {
  readonly file: string;
  text: string;
}

/** Puts the short texts of a file one below the other, for linting costs by the file; gives each its place. */
function batched(plants: readonly (readonly [what: string, file: string, text: string, rule?: string])[]) {
  const batches: Batch[] = [];
  const places = plants.map(([what, file, text, rule]) => {
    const isLong = text.length > 200;
    let batch = isLong ? undefined : batches.find((one) => one.file === file && one.text.length < 5000);
    if (!batch) batches.push((batch = { file, text: '' }));
    const first = batch.text.split('\n').length;
    batch.text += `${text}\n`;
    return { what, file, rule, batch: batches.indexOf(batch), first, last: batch.text.split('\n').length - 1 };
  });
  return { batches, places };
}

const refused = batched(REFUSED);
const taken = batched(TAKEN);

// With CI=true the parser believes that each file is seen once, and fails on the second text of one.
const SEVERAL_TEXTS = { ...process.env, TSESTREE_SINGLE_RUN: 'false' };

describe('lint', () => {
  let found: readonly { line: number; rule: string }[][];

  beforeAll(() => {
    const input = JSON.stringify([...refused.batches, ...taken.batches]);
    found = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '--eval', LINT], { input, encoding: 'utf8', env: SEVERAL_TEXTS }),
    ) as typeof found;
  }, 120_000);

  const rulesAt = (batch: number, first: number, last: number): string[] =>
    (found[batch] ?? []).filter(({ line }) => line >= first && line <= last).map(({ rule }) => rule);

  it.each(refused.places)('refuses $what in $file', ({ rule, batch, first, last }) => {
    expect(rulesAt(batch, first, last)).toContain(rule);
  });

  it.each(taken.places)('takes $what in $file', ({ batch, first, last }) => {
    expect(rulesAt(refused.batches.length + batch, first, last)).toEqual([]);
  });
});
