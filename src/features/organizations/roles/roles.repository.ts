import type { Tx } from '../../../platform/database/tx.js';
import type { HeldRole } from './role-rules.js';

/** A custom role as it is stored. */
export interface RoleRow {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

const COLUMNS = `r.id, r.key, r.name, r.description, r.permissions, r.created_at as "createdAt", r.updated_at as "updatedAt", r.version`;

const ALL = `select ${COLUMNS} from roles r where r.organization_id = $1 order by r.key`;
/** Held until the transaction ends: a role is not deleted while it is being given. */
const BY_KEY = `select ${COLUMNS} from roles r where r.organization_id = $1 and r.key = $2 for key share`;
const LOCK = `select ${COLUMNS} from roles r where r.organization_id = $1 and r.id = $2 for update`;
const LOCK_ALL = `select pg_advisory_xact_lock(hashtextextended('roles ' || $1, 0))`;
const INSERT = `
  insert into roles as r (organization_id, id, key, name, description, permissions, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $7)
  returning ${COLUMNS}`;
const UPDATE = `
  update roles r set name = $3, description = $4, permissions = $5, updated_at = $6, version = r.version + 1
  where r.organization_id = $1 and r.id = $2
  returning ${COLUMNS}`;
const DELETE = `delete from roles where organization_id = $1 and id = $2`;
const USES = `
  select (select count(*)::int from memberships m where m.organization_id = $1 and m.custom_role_id = $2) as members,
    (select count(*)::int from invitations i where i.organization_id = $1 and i.role = $3 and i.status = 'pending' and i.expires_at > $4) as invitations`;
const HELD = `
  select m.role, r.permissions as "customPermissions"
  from memberships m left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
  where m.organization_id = $1 and m.user_id = $2 and m.status = 'active'`;

export function customRoles(tx: Tx): Promise<RoleRow[]> {
  return tx.query<RoleRow>(ALL, [tx.scope.organizationId]);
}

/** A role that is about to be given. */
export function findRoleByKey(tx: Tx, key: string): Promise<RoleRow | undefined> {
  return tx.first<RoleRow>(BY_KEY, [tx.scope.organizationId, key]);
}

export function lockRole(tx: Tx, id: string): Promise<RoleRow | undefined> {
  return tx.first<RoleRow>(LOCK, [tx.scope.organizationId, id]);
}

/** Makes those who add roles to an organization take turns, so that the limit on their number holds. */
export async function lockRoleList(tx: Tx): Promise<void> {
  await tx.query(LOCK_ALL, [tx.scope.organizationId]);
}

export async function insertRole(
  tx: Tx,
  role: Pick<RoleRow, 'id' | 'key' | 'name' | 'description' | 'permissions'>,
  now: string,
): Promise<RoleRow> {
  return one(
    await tx.query<RoleRow>(INSERT, [tx.scope.organizationId, role.id, role.key, role.name, role.description, role.permissions, now]),
  );
}

export async function updateRole(
  tx: Tx,
  role: Pick<RoleRow, 'id' | 'name' | 'description' | 'permissions'>,
  now: string,
): Promise<RoleRow> {
  return one(await tx.query<RoleRow>(UPDATE, [tx.scope.organizationId, role.id, role.name, role.description, role.permissions, now]));
}

export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.query(DELETE, [tx.scope.organizationId, id]);
}

/** How many members and open invitations carry a custom role. */
export async function usesOfRole(
  tx: Tx,
  role: Pick<RoleRow, 'id' | 'key'>,
  now: string,
): Promise<{ members: number; invitations: number }> {
  return one(await tx.query<{ members: number; invitations: number }>(USES, [tx.scope.organizationId, role.id, role.key, now]));
}

/** The role an active member holds now. */
export function heldRole(tx: Tx, userId: string): Promise<HeldRole | undefined> {
  return tx.first<HeldRole>(HELD, [tx.scope.organizationId, userId]);
}

function one<R>(rows: readonly R[]): R {
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always answers one row answered none');
  return row;
}
