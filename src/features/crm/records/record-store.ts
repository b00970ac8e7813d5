import type { Tx } from '../../../platform/database/tx.js';
import { auditCte, auditParameters } from '../../audit/index.js';

/** What every record has: an id, and a version that counts its changes. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
}

export interface RecordTable {
  readonly table: string;
  /** Select list over the alias `r`, made with `sqlSelectList`: what is answered is also what the audit trail keeps. */
  readonly view: string;
  /** Name of the resource in the audit trail. */
  readonly resource: string;
  /** Columns that requests fill, in the order of the values; `author_id` and bookkeeping are not among them. */
  readonly columns: readonly string[];
  /** Whether a record belongs to a lead, which must be there when it is made. */
  readonly ofLead: boolean;
  /** What no two living records may share; see `RecordKeys`. */
  readonly keys?: RecordKeys;
}

/** A table of natural keys, with a row for each key of each living record: its primary key is what keeps them apart. */
export interface RecordKeys {
  readonly table: string;
  /** Its column with the key, and the one with the id of the record. */
  readonly key: string;
  readonly owner: string;
  /** The column of the record that lists its keys. */
  readonly from: string;
}

export interface NewRecord {
  readonly id: string;
  /** Only for records of a lead. */
  readonly leadId?: string;
  readonly values: readonly unknown[];
}

/** What putting a record away came to: `removed: false` when it has another version than was wanted. */
export interface Removal {
  readonly version: number;
  readonly removed: boolean;
}

const LIVING = 'r.organization_id = $1 and r.id = $2 and r.deleted_at is null';

/**
 * The statements of one kind of record: made, read, changed, put away and brought back, each in one statement together with its audit
 * row. Tables have `organization_id, id, author_id, version, created_at, updated_at, deleted_at` beside their own columns.
 */
export class RecordStore<V extends Versioned> {
  private readonly sql: Readonly<Record<'insert' | 'find' | 'lock' | 'update' | 'remove' | 'restore', string>>;

  constructor(table: RecordTable) {
    const find = `select ${table.view} from ${table.table} r where ${LIVING}`;
    this.sql = {
      insert: insertText(table),
      find,
      lock: `${find} for no key update of r`,
      update: updateText(table),
      remove: removeText(table),
      restore: restoreText(table),
    };
  }

  /** Undefined when it should belong to a lead that is not there. */
  insert(tx: Tx, { id, leadId, values }: NewRecord): Promise<V | undefined> {
    const { organizationId, actor } = tx.scope;
    const parent = leadId === undefined ? [] : [leadId];
    return tx.first<V>(this.sql.insert, [organizationId, id, actor.userId, ...parent, ...values, ...auditParameters(tx.scope)]);
  }

  find(tx: Tx, id: string): Promise<V | undefined> {
    return tx.first<V>(this.sql.find, [tx.scope.organizationId, id]);
  }

  /** The record, locked until the end of the transaction. */
  lock(tx: Tx, id: string): Promise<V | undefined> {
    return tx.first<V>(this.sql.lock, [tx.scope.organizationId, id]);
  }

  /** Writes new values over a version; undefined when that version is gone. The verb in the past tense is what the audit trail calls it. */
  update(tx: Tx, { id, version }: Versioned, values: readonly unknown[], verb = 'updated'): Promise<V | undefined> {
    return tx.first<V>(this.sql.update, [tx.scope.organizationId, id, version, ...values, ...auditParameters(tx.scope), verb]);
  }

  /** Puts a record away; undefined when there is none. */
  remove(tx: Tx, id: string, ifMatch: number | undefined): Promise<Removal | undefined> {
    return tx.first<Removal>(this.sql.remove, [tx.scope.organizationId, id, ifMatch ?? null, ...auditParameters(tx.scope)]);
  }

  /** Brings back what was put away; undefined when there is no such record that was. */
  restore(tx: Tx, id: string): Promise<V | undefined> {
    return tx.first<V>(this.sql.restore, [tx.scope.organizationId, id, ...auditParameters(tx.scope)]);
  }
}

const parameters = (from: number, count: number): string => Array.from({ length: count }, (_, index) => `$${from + index}`).join(', ');

function insertText({ table, view, resource, columns, ofLead, keys }: RecordTable): string {
  const first = ofLead ? 5 : 4;
  // Held until the commit: while it is being absorbed or deleted nothing is put beside it that nobody would find again.
  const lead = `l as (select l.id from leads l where l.organization_id = $1 and l.id = $4 and l.deleted_at is null for share),`;
  const names = ['organization_id', 'id', 'author_id', ...(ofLead ? ['lead_id'] : []), ...columns].join(', ');
  const values = `$1, $2, $3, ${ofLead ? 'l.id, ' : ''}${parameters(first, columns.length)}${ofLead ? ' from l' : ''}`;
  return `with ${ofLead ? lead : ''}
    r as (insert into ${table} (${names}) select ${values} returning *),${takeKeys(keys)}
    v as (select ${view} from r),
    a as (${auditCte({
      from: 'v',
      first: first + columns.length,
      action: `'${resource}.created'`,
      resourceType: `'${resource}'`,
      resourceId: 'v.id',
      before: 'null::jsonb',
      after: 'to_jsonb(v)',
    })})
    select v.* from v`;
}

function updateText({ table, view, resource, columns, keys }: RecordTable): string {
  const changes = columns.map((column, index) => `${column} = $${index + 4}`).join(', ');
  return `with b as (select ${view} from ${table} r where ${LIVING}),
    r as (update ${table} r set ${changes}, version = r.version + 1, updated_at = now() where ${LIVING} and r.version = $3 returning r.*),
    ${leaveKeys(keys, true)}${takeKeys(keys)}
    v as (select ${view} from r),
    a as (${auditCte({
      from: 'v, b',
      first: 4 + columns.length,
      action: `'${resource}.' || $${10 + columns.length}::text`,
      resourceType: `'${resource}'`,
      resourceId: 'v.id',
      before: 'to_jsonb(b)',
      after: 'to_jsonb(v)',
    })})
    select v.* from v`;
}

function removeText({ table, view, resource, keys }: RecordTable): string {
  return `with b as (select ${view} from ${table} r where ${LIVING} for update of r),
    r as (
      update ${table} r set deleted_at = now(), version = r.version + 1, updated_at = now() from b
      where r.organization_id = $1 and r.id = $2 and ($3::int is null or b.version = $3) returning r.id),${leaveKeys(keys)}
    a as (${auditCte({
      from: 'r, b',
      first: 4,
      action: `'${resource}.deleted'`,
      resourceType: `'${resource}'`,
      resourceId: 'r.id',
      before: 'to_jsonb(b)',
      after: 'null::jsonb',
    })})
    select b.version, exists (select from r) as removed from b`;
}

function restoreText({ table, view, resource, keys }: RecordTable): string {
  return `with r as (
      update ${table} r set deleted_at = null, version = r.version + 1, updated_at = now()
      where r.organization_id = $1 and r.id = $2 and r.deleted_at is not null returning r.*),${takeKeys(keys)}
    v as (select ${view} from r),
    a as (${auditCte({
      from: 'v',
      first: 3,
      action: `'${resource}.restored'`,
      resourceType: `'${resource}'`,
      resourceId: 'v.id',
      before: 'null::jsonb',
      after: 'to_jsonb(v)',
    })})
    select v.* from v`;
}

/** The keys of the written record `r` that it does not have yet. */
function takeKeys(keys: RecordKeys | undefined): string {
  if (!keys) return '';
  const { table, key, owner, from } = keys;
  return `
    taken as (
      insert into ${table} (organization_id, ${key}, ${owner}) select r.organization_id, u.k, r.id from r, unnest(r.${from}) as u(k)
      where not exists (select from ${table} k where k.organization_id = $1 and k.${key} = u.k and k.${owner} = r.id)),`;
}

/** Gives back the keys of the written record `r`: all, or those it does not list any more. */
function leaveKeys(keys: RecordKeys | undefined, onlyUnlisted = false): string {
  if (!keys) return '';
  const { table, key, owner, from } = keys;
  const unlisted = onlyUnlisted ? ` and k.${key} <> all (r.${from})` : '';
  return `
    given as (delete from ${table} k using r where k.organization_id = $1 and k.${owner} = r.id${unlisted}),`;
}
