import type { Tx } from '../../../platform/database/tx.js';
import { LeadNotFound } from '../leads/leads.errors.js';

const LEAD = `select 1 as found from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null`;

/** Asked only when a list of a lead is empty: then there may be no lead. */
export async function knowLead(tx: Tx, leadId: string): Promise<void> {
  if (!(await tx.first(LEAD, [tx.scope.organizationId, leadId]))) throw LeadNotFound();
}
