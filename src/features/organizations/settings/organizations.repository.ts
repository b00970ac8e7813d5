import type { Tx } from '../../../platform/database/tx.js';

/** An organization as it is stored. */
export interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly baseCurrency: string;
  readonly timeZone: string;
  readonly status: 'active' | 'deactivated';
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

const COLUMNS = `o.id, o.name, o.country, o.base_currency as "baseCurrency", o.time_zone as "timeZone", o.status, o.created_by as "createdBy",
  o.created_at as "createdAt", o.updated_at as "updatedAt", o.version`;

const INSERT = `
  insert into organizations (id, name, country, base_currency, time_zone, status, created_by, created_at, updated_at, version)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)`;
const INSERT_OWNER = `insert into memberships (organization_id, user_id, role, joined_at, updated_at) values ($1, $2, 'owner', $3, $3)`;
const CURRENT = `select ${COLUMNS} from organizations o where o.id = $1`;
const CURRENT_FOR_UPDATE = `${CURRENT} for update`;
const UPDATE = `
  update organizations o set name = $2, country = $3, base_currency = $4, time_zone = $5, status = $6, updated_at = $7, version = o.version + 1
  where o.id = $1
  returning ${COLUMNS}`;
const MINE = `
  select ${COLUMNS}, m.role, m.status as "membershipStatus"
  from memberships m join organizations o on o.id = m.organization_id
  where m.user_id = $1 and m.organization_id > $2
  order by m.organization_id
  limit $3`;

export type MyOrganizationRow = OrganizationRow & { readonly role: string; readonly membershipStatus: 'active' | 'inactive' };

export async function insertOrganization(tx: Tx, row: OrganizationRow): Promise<void> {
  const { id, name, country, baseCurrency, timeZone, status, createdBy, createdAt } = row;
  await tx.query(INSERT, [id, name, country, baseCurrency, timeZone, status, createdBy, createdAt]);
}

export async function insertOwner(tx: Tx, { id, createdAt }: OrganizationRow, userId: string): Promise<void> {
  await tx.query(INSERT_OWNER, [id, userId, createdAt]);
}

export function findOrganization(tx: Tx, id: string): Promise<OrganizationRow | undefined> {
  return tx.first<OrganizationRow>(CURRENT, [id]);
}

export function lockOrganization(tx: Tx, id: string): Promise<OrganizationRow | undefined> {
  return tx.first<OrganizationRow>(CURRENT_FOR_UPDATE, [id]);
}

export async function updateOrganization(tx: Tx, row: OrganizationRow, now: string): Promise<OrganizationRow> {
  const [updated] = await tx.query<OrganizationRow>(UPDATE, [
    row.id,
    row.name,
    row.country,
    row.baseCurrency,
    row.timeZone,
    row.status,
    now,
  ]);
  if (!updated) throw new Error('the organization that was locked is gone');
  return updated;
}

/** Organizations a person belongs to, after an id, oldest first. */
export function organizationsOfPerson(tx: Tx, userId: string, page: { after: string; limit: number }): Promise<MyOrganizationRow[]> {
  return tx.query<MyOrganizationRow>(MINE, [userId, page.after, page.limit]);
}
