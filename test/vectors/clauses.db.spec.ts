import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { embedTexts } from '../../src/platform/ai/embedding/local-embedding.js';

/** Contract clauses with their types; beside the project, not in it. */
const FILE = path.resolve('..', 'shared', 'data', 'contracts', 'clauses.jsonl');
const hasData = fs.existsSync(FILE);
const SAMPLE = 250;

interface Clause {
  readonly text: string;
  readonly types: Set<string>;
}

/** Different clauses of the half on which nothing was chosen (bench/clauses.mjs). */
function sample(): Clause[] {
  const clauses = new Map<string, Clause>();
  for (const line of fs.readFileSync(FILE, 'utf8').trim().split('\n')) {
    const { type, text } = JSON.parse(line) as { type: string; text: string };
    const key = text.toLowerCase().replace(/\W+/g, ' ').trim();
    const clause = clauses.get(key) ?? { text, types: new Set() };
    clause.types.add(type);
    if ((createHash('sha256').update(key).digest()[0] ?? 0) & 1) clauses.set(key, clause);
  }
  const step = Math.floor(clauses.size / SAMPLE);
  return [...clauses.values()].filter((_, at) => at % step === 0).slice(0, SAMPLE);
}

function nearest(vectors: readonly Float32Array[], asked: number): number {
  let [best, most] = [-1, Number.NEGATIVE_INFINITY];
  const query = vectors[asked] ?? new Float32Array();
  for (const [other, vector] of vectors.entries()) {
    let score = 0;
    for (let at = 0; at < vector.length; at++) score += (query[at] ?? 0) * (vector[at] ?? 0);
    if (other !== asked && score > most) [best, most] = [other, score];
  }
  return best;
}

(hasData ? describe : describe.skip)('real input: clauses.jsonl', () => {
  it('finds a clause of the same type nearest, for more than 45 of 100', () => {
    const clauses = sample();
    const vectors = embedTexts(clauses.map(({ text }) => text));
    const right = clauses.filter(({ types }, at) => [...types].some((type) => clauses[nearest(vectors, at)]?.types.has(type)));
    console.log(`clauses: ${right.length} of ${clauses.length} have a neighbour of the same type`);
    expect(clauses).toHaveLength(SAMPLE);
    expect(right.length / SAMPLE).toBeGreaterThan(0.45);
  });
});

if (!hasData) it('real input: clauses.jsonl', () => console.log('skipped: no data'));
