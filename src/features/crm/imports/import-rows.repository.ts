import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { LEAD_LIST } from '../leads/lead-statements.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { type ImportOutcome, type LeadImport, type LeadState, stateOf } from './lead-import.js';
import type { NaturalKey } from './mapping.js';
import type { Lookups, PlannedRow, ReportedError } from './plan-batch.js';

/** A line of the report as it is answered. */
export interface ReportedRow {
  readonly line: number;
  readonly outcome: ImportOutcome;
  readonly leadId: string | null;
  readonly name: string | null;
  readonly errors: readonly ReportedError[];
  readonly undone: string | null;
}

const COLUMN_OF: Readonly<Record<string, string>> = { email: 'email_key', phone: 'phone_key', 'name+company': 'name_key' };

// One look into an index per key: "offset 0" keeps the planner, which knows nothing yet of rows written a moment ago, from reading them all.
const byColumn = (column: string): string =>
  `select l.id from leads l where l.organization_id = $1 and l.${column} = k.key and l.deleted_at is null offset 0`;
// For a custom field: leads that were there when the import began stand in its keys, and those that it or another one ($4) touched since in rows.
const BY_DIGEST = `
  select x.lead_id as id from lead_import_keys x where x.organization_id = $1 and x.import_id = $3 and x.natural_key = k.key
  union all
  select r.lead_id from unnest($4::uuid[]) as s (id) cross join lateral (
    select r.lead_id from lead_import_rows r
    where r.organization_id = $1 and r.import_id = s.id and r.natural_key = k.key and r.after is not null offset 0) r`;
const SINCE = `
  select o.id from lead_imports o, lead_imports i
  where i.organization_id = $1 and i.id = $2 and o.organization_id = $1 and not o.is_dry_run and o.natural_key = i.natural_key
    and (o.finished_at is null or o.finished_at >= i.started_at)`;

/** Leads by keys, locked in the order of their ids so that two imports never wait for each other. */
const leadsBy = (found: string, lock: string): string => `
  select v.id, v."pipelineId", v.status, v.name, v.company, v.email, v.phone, v.value, v.notes, v.source, v.tags, v.attributes, v."ownerId", v.version
  from (select distinct f.id from unnest($2::text[]) as k (key) cross join lateral (${found}) f order by f.id offset 0) f
  cross join lateral (select ${LEAD_LIST} from leads l where l.organization_id = $1 and l.id = f.id and l.deleted_at is null ${lock}) v
  order by v.id`;
const LOOKUPS: Readonly<Record<string, string>> = Object.fromEntries(
  ['email', 'phone', 'name+company', 'attribute'].flatMap((kind) => {
    const column = COLUMN_OF[kind];
    const found = column ? byColumn(column) : BY_DIGEST;
    return [
      [kind, leadsBy(found, '')],
      [`${kind} locked`, leadsBy(found, 'for no key update')],
    ];
  }),
);

const SHADOWS = `
  select distinct on (r.lead_id) r.after from unnest($3::text[]) as k (key) cross join lateral (
    select r.lead_id, r.line, r.after from lead_import_rows r
    where r.organization_id = $1 and r.import_id = $2 and r.natural_key = k.key and r.after is not null offset 0) r
  order by r.lead_id, r.line desc`;

const GATHER_KEYS = `
  insert into lead_import_keys (organization_id, import_id, natural_key, lead_id)
  select l.organization_id, $2, encode(sha256(convert_to(btrim(l.attributes ->> $3), 'UTF8')), 'hex'), l.id
  from leads l where l.organization_id = $1 and l.deleted_at is null and btrim(l.attributes ->> $3) <> ''
  on conflict do nothing`;
const DROP_KEYS = `delete from lead_import_keys where organization_id = $1 and import_id = $2`;

const INSERT = `
  insert into lead_import_rows (organization_id, import_id, line, outcome, lead_id, lead_version, errors, natural_key, before, after)
  select $1, $2, r.line, r.outcome, r.lead_id, r.lead_version, r.errors, r.natural_key, r.before, r.after
  from jsonb_to_recordset($3::jsonb) as r (line integer, outcome text, lead_id uuid, lead_version integer, errors jsonb, natural_key text, before jsonb, after jsonb)`;

// The lead a dry run would have made has an id that nothing else knows.
const IS_IMAGINED = `i.is_dry_run and exists (select from lead_import_rows c
  where c.organization_id = $1 and c.import_id = $2 and c.lead_id = r.lead_id and c.outcome = 'created')`;
const PAGE = `
  select r.line, r.outcome, case when not (${IS_IMAGINED}) then r.lead_id end as "leadId",
    coalesce(r.after, r.before) -> 'content' ->> 'name' as name, coalesce(r.errors, '[]') as errors, r.undone
  from lead_import_rows r join lead_imports i on i.organization_id = r.organization_id and i.id = r.import_id
  where r.organization_id = $1 and r.import_id = $2 and r.line > $3 and ($4::text is null or r.outcome = $4)
  order by r.line limit $5`;

/** Rows of the report, and the leads a batch has to know. */
@Injectable()
export class ImportRowsRepository {
  /** Leads that the rows of a batch may mean: as they are, or for a dry run as it would have left them. */
  async knownLeads(tx: Tx, { id, naturalKey, isDryRun, onDuplicate }: LeadImport, lookups: Lookups): Promise<LeadState[]> {
    if (naturalKey === null || onDuplicate === 'import' || lookups.digests.length === 0) return [];
    const isColumn = naturalKey in COLUMN_OF;
    const kind = isColumn ? naturalKey : 'attribute';
    const sql = LOOKUPS[isDryRun || onDuplicate === 'skip' ? kind : `${kind} locked`] ?? '';
    const { organizationId } = tx.scope;
    const given = isColumn ? [lookups.folded] : [lookups.digests, id, await this.importsSince(tx, id)];
    const found = await tx.query<LeadView>(sql, [organizationId, ...given]);
    const live = found.map(stateOf);
    if (!isDryRun) return live;
    const shadows = await tx.query<{ after: LeadState }>(SHADOWS, [organizationId, id, lookups.digests]);
    const byId = new Map([...live, ...shadows.map(({ after }) => after)].map((lead) => [lead.id, lead]));
    // Ids grow with time, so leads a dry run only imagines stand where new ones would.
    return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Imports with the same natural key that have worked since this one began, itself included. */
  private async importsSince(tx: Tx, id: string): Promise<string[]> {
    return (await tx.query<{ id: string }>(SINCE, [tx.scope.organizationId, id])).map((one) => one.id);
  }

  /** Notes which leads hold which value of the custom field that is the natural key. */
  async gatherKeys(tx: Tx, importId: string, naturalKey: NaturalKey | null): Promise<void> {
    if (!naturalKey?.startsWith('attributes.')) return;
    await tx.query(GATHER_KEYS, [tx.scope.organizationId, importId, naturalKey.slice('attributes.'.length)]);
  }

  async dropKeys(tx: Tx, importId: string): Promise<void> {
    await tx.query(DROP_KEYS, [tx.scope.organizationId, importId]);
  }

  async insert(tx: Tx, importId: string, rows: readonly PlannedRow[]): Promise<void> {
    const given = rows.map(({ line, outcome, leadId, errors, naturalKey, before, after }) => ({
      ...{ line, outcome, lead_id: leadId, lead_version: after?.version ?? null, natural_key: naturalKey, before, after },
      errors: errors.length > 0 ? errors : null,
    }));
    await tx.query(INSERT, [tx.scope.organizationId, importId, JSON.stringify(given)]);
  }

  /** Rows after a line, in the order of the file. */
  page(
    tx: Tx,
    importId: string,
    { after, outcome, limit }: { after: number; outcome: string | undefined; limit: number },
  ): Promise<ReportedRow[]> {
    return tx.query<ReportedRow>(PAGE, [tx.scope.organizationId, importId, after, outcome ?? null, limit]);
  }
}
