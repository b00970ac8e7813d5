import { foldText } from '../../../shared/text.js';
import { editDistance } from '../duplicates/text-distance.js';

/** Why a lead was found, the best reason first. */
export const MATCHES = ['name-prefix', 'name', 'name-similar', 'company', 'email', 'similar'] as const;

export type Match = (typeof MATCHES)[number];

export interface Searched {
  readonly name: string;
  readonly company: string | null;
  readonly email: string | null;
  /** How alike the trigrams are; decides between equals. */
  readonly likeness: number;
}

export interface Hit<T> {
  readonly match: Match;
  readonly candidate: T;
}

/** One typing error in three letters still means the same name. */
const SIMILAR = 0.34;
/** With more than half of the letters wrong it is something else, whatever the trigrams say. */
const UNLIKE = 0.5;

/** The share of a query's letters that have to be changed to find its words among those of a text, in any order; from 0 to 1. */
export function wordDistance(query: string, text: string): number {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const asked = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = asked.reduce((sum, word) => sum + word.length, 0);
  if (letters === 0) return 1;
  const edits = asked.reduce(
    (sum, word) => sum + Math.min(word.length, ...words.map((other) => editDistance(word, other, word.length))),
    0,
  );
  return edits / letters;
}

function matchOf(query: string, candidate: Searched): { match: Match; distance: number } {
  const [name, company, email] = [candidate.name, candidate.company ?? '', candidate.email ?? ''].map(foldText) as [string, string, string];
  const distance = wordDistance(query, name);
  if (name.startsWith(query)) return { match: 'name-prefix', distance };
  if (name.includes(query)) return { match: 'name', distance };
  if (distance <= SIMILAR) return { match: 'name-similar', distance };
  if (company.includes(query)) return { match: 'company', distance };
  if (email.includes(query)) return { match: 'email', distance };
  return { match: 'similar', distance: wordDistance(query, `${name} ${company} ${email}`) };
}

/** Hits in order: name prefix, name, misspelt name, company, e-mail, then whatever is somewhat alike; fewer wrong letters first. */
export function bestHits<T extends Searched>(query: string, candidates: readonly T[], limit: number): Hit<T>[] {
  const judged = candidates.map((candidate) => ({ candidate, ...matchOf(query, candidate) }));
  const hits = judged.filter(({ match, distance }) => match !== 'similar' || distance <= UNLIKE);
  hits.sort(
    (a, b) => MATCHES.indexOf(a.match) - MATCHES.indexOf(b.match) || a.distance - b.distance || b.candidate.likeness - a.candidate.likeness,
  );
  return hits.slice(0, limit).map(({ match, candidate }) => ({ match, candidate }));
}
