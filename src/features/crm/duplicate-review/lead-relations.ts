/** A table whose records belong to a lead and follow it into another one. */
export interface LeadRelation {
  /** What people call the records. */
  readonly name: string;
  readonly table: string;
  /** SQL over the table as `t`: what tells one record from another beside its lead. */
  readonly key: string;
  /** SQL over the table as `t`: a place of which a lead has one; of two records with the same, the survivor's stays with it. */
  readonly slot: string;
}

const own = (name: string, table: string): LeadRelation => ({ name, table, key: 't.id::text', slot: 't.id::text' });

/** Everything that points to a lead by `lead_id` and moves when the lead is merged. A new table goes here or into STAYING. */
export const MOVING: readonly LeadRelation[] = [
  own('notes', 'lead_notes'),
  own('activities', 'lead_activities'),
  own('tasks', 'lead_tasks'),
  {
    name: 'attachments',
    table: 'lead_attachments',
    key: 't.id::text',
    slot: 'case when t.deleted_at is null then t.file_id::text else t.id::text end',
  },
  { name: 'companies', table: 'lead_companies', key: 't.company_id::text', slot: `''` },
  { name: 'contacts', table: 'lead_contacts', key: 't.contact_id::text', slot: 't.contact_id::text' },
];

/** Columns that name a lead and keep doing so, with the reason. */
export const STAYING: Readonly<Record<string, string>> = {
  'lead_duplicate_members.lead_id': 'what a scan found; read with the leads that are left',
  'lead_import_keys.lead_id': 'lasts only as long as an import',
  'lead_import_pairs.lead_id': 'the report of an import',
  'lead_import_pairs.other_lead_id': 'the report of an import',
  'lead_import_rows.lead_id': 'the report of an import, by which it is undone',
  'lead_journeys.lead_id': 'the way of each lead through its stages, derived from the audit trail',
  'lead_merge_leads.lead_id': 'what a merge absorbed',
  'lead_merge_moves.lead_id': 'where a record was before a merge',
  'lead_stage_history.lead_id': 'the way of each lead through its stages, derived from the audit trail',
  'lead_scores.lead_id': 'each lead has its own score; those of deleted leads are not shown',
};
