import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { LEAD_LIST } from '../leads/lead-statements.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { type LeadState, stateOf } from './lead-import.js';

/** A lead that an import made (`before` is null) or changed, from before its first row to after its last one. */
export interface TouchedLead {
  readonly id: string;
  readonly before: LeadState | null;
  readonly after: LeadState;
}

const LEADS = `
  select r.lead_id as id, (array_agg(r.before order by r.line))[1] as before, (array_agg(r.after order by r.line desc))[1] as after
  from lead_import_rows r
  where r.organization_id = $1 and r.import_id = $2 and r.outcome in ('created', 'updated') and ($3::uuid is null or r.lead_id > $3)
  group by r.lead_id order by r.lead_id limit $4`;
// "offset 0": leads are locked one after the other in the order of their ids.
const LIVE = `
  select v.id, v."pipelineId", v.status, v.name, v.company, v.email, v.phone, v.value, v.notes, v.source, v.tags, v.attributes, v."ownerId", v.version
  from (select t.id from unnest($2::uuid[]) as t (id) order by t.id offset 0) t
  cross join lateral (select ${LEAD_LIST} from leads l where l.organization_id = $1 and l.id = t.id and l.deleted_at is null for no key update) v`;
const MARK = `
  update lead_import_rows r set undone = case when r.lead_id = any ($4::uuid[]) then 'deleted' when r.lead_id = any ($5::uuid[]) then 'restored' else 'kept' end
  from unnest($3::uuid[]) as t (id)
  where r.organization_id = $1 and r.import_id = $2 and r.lead_id = t.id and r.outcome in ('created', 'updated')`;

/** What undoing reads of the report and writes into it. */
@Injectable()
export class ImportUndoRepository {
  /** Leads behind one, by id. */
  leads(tx: Tx, importId: string, after: string | null, limit: number): Promise<TouchedLead[]> {
    return tx.query<TouchedLead>(LEADS, [tx.scope.organizationId, importId, after, limit]);
  }

  /** Leads as they are now, by id and locked; deleted ones are missing. */
  async live(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, LeadState>> {
    const found = await tx.query<LeadView>(LIVE, [tx.scope.organizationId, ids]);
    return new Map(found.map((view) => [view.id, stateOf(view)]));
  }

  /** Notes on every row what became of its lead. */
  async mark(
    tx: Tx,
    importId: string,
    { touched, deleted, restored }: { touched: readonly TouchedLead[]; deleted: readonly string[]; restored: readonly string[] },
  ): Promise<void> {
    const ids = touched.map(({ id }) => id);
    await tx.query(MARK, [tx.scope.organizationId, importId, ids, deleted, restored]);
  }
}
