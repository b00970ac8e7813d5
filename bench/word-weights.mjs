// Writes the table of how common English words are (src/platform/ai/embedding/word-levels.ts) from texts beside the project.
// Run by hand: node bench/word-weights.mjs > src/platform/ai/embedding/word-levels.ts. Only counts of words are kept, no text and no label;
// half of the clauses is not looked at, so that bench/embeddings.mjs can measure on it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stemmer } from 'stemmer';
import { isHeldOut, readClauses } from './clauses.mjs';

const ROOT = path.resolve('..', 'shared', 'data');
const LEAST_PLACES = 4;
const WIDTH = 126;

function filesUnder(folder, pattern) {
  return fs
    .readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
    .sort();
}

/** Pieces of some 700 characters: a word counts once in each. */
function pieces(text) {
  const plain = text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
  return plain.match(/.{100,700}(?=\s|$)/g) ?? [];
}

const agreements = JSON.parse(fs.readFileSync(path.join(ROOT, 'contracts', 'nda-dev.json'), 'utf8')).documents.map(({ text }) => text);
const sources = [
  agreements.flatMap(pieces),
  filesUnder('study', /\.(md|cnxml)$/).flatMap(pieces),
  filesUnder('contracts/templates', /\.(md|txt)$/).flatMap(pieces),
  readClauses(path.join(ROOT, 'contracts', 'clauses.jsonl'))
    .filter((clause) => !isHeldOut(clause.key))
    .map(({ text }) => text),
];

const places = new Map();
const homes = new Map();
for (const [home, texts] of sources.entries()) {
  for (const text of texts) {
    for (const stem of new Set((text.toLowerCase().match(/[a-z]{2,}/g) ?? []).map((word) => stemmer(word)))) {
      places.set(stem, (places.get(stem) ?? 0) + 1);
      homes.set(stem, (homes.get(stem) ?? new Set()).add(home));
    }
  }
}

// A word of a single source is often a name or a term of one document; two sources make it English.
const total = sources.flat().length;
const levels = Array.from({ length: 9 }, () => []);
for (const [stem, count] of places) {
  if (count >= LEAST_PLACES && homes.get(stem).size >= 2) levels[Math.min(8, Math.round(Math.log(total / count)))].push(stem);
}

const lines = levels.map((stems) => {
  const rows = [''];
  for (const stem of stems.sort()) {
    if (rows.at(-1).length + stem.length + 1 > WIDTH) rows.push('');
    rows[rows.length - 1] += (rows.at(-1) === '' ? '' : ' ') + stem;
  }
  return `  \`\n${rows.map((row) => `    ${row}`).join('\n')}\n  \`,`;
});
process.stdout.write(`// Made by bench/word-weights.mjs; not edited by hand.

/** Stems of English words by how rare they are: entry n holds those met in about one of e^n pieces of text. Names are not in it. */
export const WORD_LEVELS: readonly string[] = [
${lines.join('\n')}
];
`);
