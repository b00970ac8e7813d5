import { matchAgainst } from '../duplicates/find-duplicates.js';
import { DEFAULT_MODEL } from '../duplicates/match-model.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import type { LeadContent } from './lead.js';
import type { PossibleDuplicate } from './leads.shapes.js';

type Candidate = { [K in keyof MatchRecord]: MatchRecord[K] | null } & Pick<MatchRecord, 'id' | 'name' | 'attributes'>;

function matchRecord({ id, name, company, email, phone, attributes }: Candidate): MatchRecord {
  return { id, name, attributes, ...(company ? { company } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** Which of the candidates probably are the lead, most probable first, and why. */
export function possibleDuplicates(id: string, content: LeadContent, candidates: readonly Candidate[]): PossibleDuplicate[] {
  if (candidates.length === 0) return [];
  const names = new Map(candidates.map((candidate) => [candidate.id, candidate.name]));
  const { name, company, email, phone, attributes } = content;
  const lead = matchRecord({ id, name, company, email, phone, attributes });
  return matchAgainst([lead], candidates.map(matchRecord), DEFAULT_MODEL).map((pair) => {
    const other = pair.leftId === id ? pair.rightId : pair.leftId;
    return {
      id: other,
      name: names.get(other) ?? '',
      score: Math.round(pair.score * 100) / 100,
      reasons: pair.factors.map((factor) => factor.explanation),
    };
  });
}
