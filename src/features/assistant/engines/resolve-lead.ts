import type { FoundLead } from '../../crm/index.js';
import { classOf } from '../tools/search-classes.js';
import type { Candidate } from '../turns/dialogue.js';

/** Which lead was meant. Only `one` may be changed. */
export type Resolution =
  | { readonly kind: 'one'; readonly lead: FoundLead }
  /** Several fit equally well. */
  | { readonly kind: 'several'; readonly candidates: readonly Candidate[]; readonly more: number }
  /** Nobody has that name; these come nearest. */
  | { readonly kind: 'none'; readonly nearest: readonly Candidate[] };

/** How many candidates a question shows. */
export const MOST_CANDIDATES = 5;
const MOST_NEAREST = 3;

/** Ways a lead can fit, the better ones first: while one fits in a better way, worse ones do not count. */
type Fit = 'exact' | 'words' | 'prefix' | 'slip' | 'company';

const FITS: readonly Fit[] = ['exact', 'words', 'prefix', 'slip', 'company'];

/** How sure it is, from what the search says of name and company. */
export interface Judged {
  readonly lead: FoundLead;
  readonly fit: Fit | undefined;
  /** Whether the company that was said with the name is the lead's. */
  readonly isOfCompany: boolean;
}

/** Decides which of the leads that were found was meant, if any: pure, so that every case can be tested. */
export function resolve(
  found: readonly FoundLead[],
  hint: { readonly company?: string | undefined },
  scoreCompany: CompanyScore,
): Resolution {
  const judged = found.map((lead) => judge(lead, hint.company, scoreCompany));
  const fitting = judged.filter(({ fit, isOfCompany }) => fit !== undefined && isOfCompany);
  const best = FITS.find((fit) => fitting.some((one) => one.fit === fit));
  const chosen = fitting.filter(({ fit }) => fit === best).map(({ lead }) => lead);
  const [only] = chosen;
  if (only && chosen.length === 1) return { kind: 'one', lead: only };
  if (chosen.length > 1) {
    return {
      kind: 'several',
      candidates: chosen.slice(0, MOST_CANDIDATES).map(candidateOf),
      more: Math.max(0, chosen.length - MOST_CANDIDATES),
    };
  }
  return { kind: 'none', nearest: found.slice(0, MOST_NEAREST).map(candidateOf) };
}

/** Whether a company somebody named is the company of a lead. */
export type CompanyScore = (asked: string, company: string) => boolean;

function judge(lead: FoundLead, company: string | undefined, scoreCompany: CompanyScore): Judged {
  const isOfCompany = company === undefined || (lead.company !== null && scoreCompany(company, lead.company));
  const found = classOf(lead);
  return { lead, isOfCompany, fit: FITS.find((fit) => fit === found) };
}

export function candidateOf({ id, name, company }: Candidate): Candidate {
  return { id, name, company };
}
