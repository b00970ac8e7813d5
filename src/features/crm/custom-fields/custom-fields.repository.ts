import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { JsonSchema } from '../../../platform/http/shapes/field.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { CustomFieldsView } from './custom-fields.shapes.js';
import { attributesCheck, type AttributesCheck, type RecordType } from './field-schema.js';

export interface SchemaRow {
  readonly recordType: RecordType;
  readonly schema: JsonSchema;
}

/** A record with custom fields. */
export interface RecordWithFields {
  readonly id: string;
  readonly name: string;
  readonly attributes: Record<string, unknown>;
}

const LIST = sqlSelectList(CustomFieldsView, {
  recordType: 'r.record_type',
  schema: 'r.schema',
  version: 'r.version',
  updatedAt: 'r.updated_at',
});
const ALL = `select r.record_type as "recordType", r.schema from custom_field_schemas r where r.organization_id = $1`;
const GET = `select ${LIST} from custom_field_schemas r where r.organization_id = $1 and r.record_type = $2`;
const LOCK = `select pg_advisory_xact_lock(hashtextextended($1 || $2, 14))`;

const AUDITED = { resourceType: `'custom-fields'`, resourceId: '$2' } as const;

const PUT = `with b as (select ${LIST} from custom_field_schemas r where r.organization_id = $1 and r.record_type = $2),
  r as (
    insert into custom_field_schemas as r (organization_id, record_type, schema, updated_by) values ($1, $2, $3, $4)
    on conflict (organization_id, record_type) do update
      set schema = excluded.schema, version = r.version + 1, updated_by = excluded.updated_by, updated_at = now()
    returning r.*),
  v as (select ${LIST} from r),
  a as (${auditCte({ ...AUDITED, from: 'v', first: 5, action: `'custom-fields.changed'`, before: '(select to_jsonb(b) from b)', after: 'to_jsonb(v)' })})
  select v.* from v`;
const REMOVE = `with r as (delete from custom_field_schemas r where r.organization_id = $1 and r.record_type = $2 returning r.*),
  v as (select ${LIST} from r),
  a as (${auditCte({ ...AUDITED, from: 'v', first: 3, action: `'custom-fields.removed'`, before: 'to_jsonb(v)', after: 'null::jsonb' })})
  select v."recordType" from v`;

const TABLES: Readonly<Record<RecordType, string>> = { lead: 'leads', company: 'companies', contact: 'contacts' };
const scan = (table: string): string => `select r.id, r.name, r.attributes from ${table} r
  where r.organization_id = $1 and r.deleted_at is null and r.id > $2 order by r.id limit $3`;
const SCANS = { lead: scan(TABLES.lead), company: scan(TABLES.company), contact: scan(TABLES.contact) };

/** What judges the custom fields of a kind of record now, asked anew: for work in batches, where one question more is nothing. */
export async function findAttributesCheck(tx: Tx, type: RecordType): Promise<AttributesCheck | undefined> {
  const found = await tx.first<CustomFieldsView>(GET, [tx.scope.organizationId, type]);
  return found?.schema ? attributesCheck(found.schema as JsonSchema) : undefined;
}

/** Questions about schemas of custom fields, and about the records they speak of. */
@Injectable()
export class CustomFieldsRepository {
  all(tx: Tx): Promise<SchemaRow[]> {
    return tx.query<SchemaRow>(ALL, [tx.scope.organizationId]);
  }

  get(tx: Tx, type: RecordType): Promise<CustomFieldsView | undefined> {
    return tx.first<CustomFieldsView>(GET, [tx.scope.organizationId, type]);
  }

  /** Makes other changes of the same schema wait; there may be no row to lock yet. */
  async lock(tx: Tx, type: RecordType): Promise<void> {
    await tx.query(LOCK, [tx.scope.organizationId, type]);
  }

  put(tx: Tx, type: RecordType, schema: JsonSchema): Promise<CustomFieldsView | undefined> {
    const { organizationId, actor } = tx.scope;
    return tx.first<CustomFieldsView>(PUT, [organizationId, type, JSON.stringify(schema), actor.userId, ...auditParameters(tx.scope)]);
  }

  async remove(tx: Tx, type: RecordType): Promise<boolean> {
    return (await tx.first(REMOVE, [tx.scope.organizationId, type, ...auditParameters(tx.scope)])) !== undefined;
  }

  /** The living records after an id, in the order of their ids. */
  recordsAfter(tx: Tx, type: RecordType, id: string, limit: number): Promise<RecordWithFields[]> {
    return tx.query<RecordWithFields>(SCANS[type], [tx.scope.organizationId, id, limit]);
  }
}
