import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

/**
 * The different clauses of a file of clauses with all types each is filed under: the same words often stand under several types.
 * @param {string} file lines of {"type", "text"}
 * @returns {{ key: string, text: string, types: Set<string> }[]}
 */
export function readClauses(file) {
  const clauses = new Map();
  for (const line of fs.readFileSync(file, 'utf8').trim().split('\n')) {
    const { type, text } = JSON.parse(line);
    const key = text.toLowerCase().replace(/\W+/g, ' ').trim();
    const clause = clauses.get(key) ?? { key, text, types: new Set() };
    clauses.set(key, clause);
    clause.types.add(type);
  }
  return [...clauses.values()];
}

/** True for the half of the clauses on which nothing was chosen or counted. */
export const isHeldOut = (key) => (createHash('sha256').update(key).digest()[0] & 1) === 1;
