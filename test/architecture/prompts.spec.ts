import * as path from 'node:path';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { declaredPrompts } from '../../src/platform/ai/prompts/prompt.js';
import { projectFiles } from './source-files.js';

type Hashes = Readonly<Record<string, string>>;

/** Name and version of every prompt there ever was, with the hash of its text. Lines are added, never changed. */
const kept = JSON.parse(readFileSync(path.resolve('test/architecture/prompt-hashes.json'), 'utf8')) as Hashes;

/** What is wrong: a text that changed under its version, a prompt nobody wrote down, one whose version goes back. */
function faults(now: Hashes, before: Hashes): string[] {
  return Object.entries(now).flatMap(([key, hash]) => {
    const [name, version] = key.split('@') as [string, string];
    const newest = Math.max(
      0,
      ...Object.keys(before)
        .filter((one) => one.startsWith(`${name}@`))
        .map((one) => Number(one.split('@')[1])),
    );
    if (before[key] === undefined) return [`${key} is new: add "${key}": "${hash}" to test/architecture/prompt-hashes.json`];
    if (before[key] !== hash) return [`the text of ${key} has changed: give it version ${newest + 1}`];
    return Number(version) < newest && !(`${name}@${newest}` in now) ? [`${key} is older than what was there before`] : [];
  });
}

describe('prompts', () => {
  let now: Hashes;

  beforeAll(async () => {
    const files = projectFiles('src').filter((file) => file.path.endsWith('.prompt.ts'));
    for (const file of files) await import(path.resolve(file.path));
    now = Object.fromEntries(declaredPrompts().map(({ name, version, hash }) => [`${name}@${version}`, hash]));
  });

  it('have a new version for every new text', () => {
    expect(faults(now, kept)).toEqual([]);
  });

  it('would be caught', () => {
    expect(faults({ 'a.b@1': 'x' }, { 'a.b@1': 'y' })).toEqual(['the text of a.b@1 has changed: give it version 2']);
    expect(faults({ 'a.b@2': 'x' }, { 'a.b@1': 'y' })).toEqual([expect.stringContaining('a.b@2 is new')]);
    expect(faults({ 'a.b@1': 'y' }, { 'a.b@1': 'y', 'a.b@2': 'x' })).toEqual(['a.b@1 is older than what was there before']);
    expect(faults({ 'a.b@1': 'y', 'a.b@2': 'x' }, { 'a.b@1': 'y', 'a.b@2': 'x' })).toEqual([]);
  });
});
