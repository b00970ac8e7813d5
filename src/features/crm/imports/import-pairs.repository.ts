import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { MatchFactor } from '../duplicates/score-pair.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import { leadKeys } from '../leads/lead.js';
import type { LeadState } from './lead-import.js';

/** A lead as an import left it, or would have. */
export interface ImportedState {
  readonly leadId: string;
  readonly line: number;
  readonly isNew: boolean;
  readonly after: LeadState;
}

/** A pair as it is kept and answered. */
export interface ReportedPair {
  readonly line: number;
  readonly leadId: string | null;
  readonly otherLine: number | null;
  readonly otherLeadId: string | null;
  readonly score: number;
  readonly factors: readonly MatchFactor[];
}

const IMPORTED = `
  select r.lead_id as "leadId", max(r.line) as line, bool_or(r.outcome = 'created') as "isNew", (array_agg(r.after order by r.line desc))[1] as after
  from lead_import_rows r
  where r.organization_id = $1 and r.import_id = $2 and r.outcome in ('created', 'updated')
  group by r.lead_id order by max(r.line) limit $3`;
// A key that very many leads share says nothing, so the number of leads it brings in is bounded as a whole.
const CANDIDATES = `
  select l.id, l.name, coalesce(l.company, '') as company, coalesce(l.email, '') as email, coalesce(l.phone, '') as phone, l.attributes
  from leads l
  where l.organization_id = $1 and l.deleted_at is null and l.id in (
    select e.id from leads e where e.organization_id = $1 and e.deleted_at is null and e.email_key = any ($3::text[])
    union select p.id from leads p where p.organization_id = $1 and p.deleted_at is null and p.phone_key = any ($4::text[])
    union select n.id from leads n where n.organization_id = $1 and n.deleted_at is null and n.name_key = any ($5::text[]))
    and not exists (select from lead_import_rows r
      where r.organization_id = $1 and r.import_id = $2 and r.lead_id = l.id and r.outcome in ('created', 'updated'))
  order by l.id limit $6`;
const INSERT = `
  insert into lead_import_pairs (organization_id, import_id, place, line, lead_id, other_line, other_lead_id, score, factors)
  select $1, $2, p.place, p.line, p."leadId", p."otherLine", p."otherLeadId", p.score, p.factors
  from jsonb_to_recordset($3::jsonb)
    as p (place integer, line integer, "leadId" uuid, "otherLine" integer, "otherLeadId" uuid, score double precision, factors jsonb)`;
const PAGE = `
  select p.place, p.line, p.lead_id as "leadId", p.other_line as "otherLine", p.other_lead_id as "otherLeadId", p.score, p.factors
  from lead_import_pairs p where p.organization_id = $1 and p.import_id = $2 and p.place > $3 order by p.place limit $4`;
const PAIRS_AT_ONCE = 2_000;

/** What the search for duplicates reads and leaves behind. */
@Injectable()
export class ImportPairsRepository {
  /** Every lead of the import once, in the order of the file. */
  imported(tx: Tx, importId: string, most: number): Promise<ImportedState[]> {
    return tx.query<ImportedState>(IMPORTED, [tx.scope.organizationId, importId, most]);
  }

  /** Leads outside the import that share an e-mail, a phone or a name with one in it. */
  candidates(tx: Tx, importId: string, imported: readonly ImportedState[], most: number): Promise<MatchRecord[]> {
    const keys = imported.map(({ after }) => leadKeys(after.content));
    const lists = [keys.map((key) => key.emailKey), keys.map((key) => key.phoneKey), keys.map((key) => key.nameKey)];
    const given = lists.map((list) => [...new Set(list.filter((key) => key !== null))]);
    return tx.query<MatchRecord>(CANDIDATES, [tx.scope.organizationId, importId, ...given, most]);
  }

  /** Keeps pairs in their order, from place 1. */
  async insert(tx: Tx, importId: string, pairs: readonly ReportedPair[]): Promise<void> {
    for (let from = 0; from < pairs.length; from += PAIRS_AT_ONCE) {
      const part = pairs.slice(from, from + PAIRS_AT_ONCE).map((pair, at) => ({ ...pair, place: from + at + 1 }));
      await tx.query(INSERT, [tx.scope.organizationId, importId, JSON.stringify(part)]);
    }
  }

  page(tx: Tx, importId: string, after: number, limit: number): Promise<(ReportedPair & { place: number })[]> {
    return tx.query(PAGE, [tx.scope.organizationId, importId, after, limit]);
  }
}
