import type { Tx } from '../../../platform/database/tx.js';

export type MemberStatus = 'active' | 'inactive';

/** A member as stored, with what their role allows. */
export interface MembershipRow {
  readonly userId: string;
  readonly role: string;
  readonly customRoleId: string | null;
  readonly customPermissions: string[] | null;
  readonly status: MemberStatus;
  readonly version: number;
}

/** A member as it is answered. */
export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly status: MemberStatus;
  readonly joinedAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

const INSERT = `
  insert into memberships (organization_id, user_id, role, custom_role_id, joined_at, updated_at) values ($1, $2, $3, $4, $5, $5)`;
const MEMBER = `m.user_id as id, u.name, u.email, m.role, m.status, m.joined_at as "joinedAt", m.updated_at as "updatedAt", m.version`;
const FIND = `
  select ${MEMBER} from memberships m join user_directory u on u.id = m.user_id
  where m.organization_id = $1 and m.user_id = $2`;
const PAGE = `
  select ${MEMBER} from memberships m join user_directory u on u.id = m.user_id
  where m.organization_id = $1
    and ($2::timestamptz is null or (m.joined_at, m.user_id) > ($2::timestamptz, $3::uuid))
    and ($4::text is null or m.role = $4)
    and ($5::text is null or m.status = $5)
    and ($6::text is null or u.name ilike $6 or u.email ilike $6)
  order by m.joined_at, m.user_id
  limit $7`;
/**
 * Locks everybody a change of membership can turn on (all active owners, and the people named) always in the order of their ids, so
 * that two owners who demote each other wait for one another, and the second sees what the first did.
 */
const LOCK = `
  select m.user_id as "userId", m.role, m.custom_role_id as "customRoleId", m.status, m.version
  from memberships m
  where m.organization_id = $1 and (m.user_id = any($2::uuid[]) or (m.role = 'owner' and m.status = 'active'))
  order by m.user_id
  for update of m`;
const ROLES_OF = `select r.id, r.permissions from roles r where r.organization_id = $1 and r.id = any($2::uuid[])`;
const UPDATE = `
  update memberships m set role = $3, custom_role_id = $4, status = $5, updated_at = $6, version = m.version + 1
  where m.organization_id = $1 and m.user_id = $2`;
const DELETE = `delete from memberships where organization_id = $1 and user_id = $2`;

export interface MemberFilter {
  readonly after: { joinedAt: string; id: string } | undefined;
  readonly role: string | null;
  readonly status: string | null;
  readonly search: string | null;
  readonly limit: number;
}

export async function insertMembership(
  tx: Tx,
  member: { userId: string; role: string; customRoleId: string | null },
  now: string,
): Promise<void> {
  await tx.query(INSERT, [tx.scope.organizationId, member.userId, member.role, member.customRoleId, now]);
}

export function findMember(tx: Tx, userId: string): Promise<MemberRow | undefined> {
  return tx.first<MemberRow>(FIND, [tx.scope.organizationId, userId]);
}

/** Members after a place in the list, in the order they joined. */
export function pageOfMembers(tx: Tx, { after, role, status, search, limit }: MemberFilter): Promise<MemberRow[]> {
  const pattern = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return tx.query<MemberRow>(PAGE, [tx.scope.organizationId, after?.joinedAt ?? null, after?.id ?? null, role, status, pattern, limit]);
}

/** Locks the people named and all active owners; what comes back is as it is once everybody before is done. */
export async function lockMembers(tx: Tx, userIds: readonly string[]): Promise<MembershipRow[]> {
  const { organizationId } = tx.scope;
  const rows = await tx.query<Omit<MembershipRow, 'customPermissions'>>(LOCK, [organizationId, userIds]);
  const roleIds = rows.flatMap((row) => row.customRoleId ?? []);
  const roles = roleIds.length === 0 ? [] : await tx.query<{ id: string; permissions: string[] }>(ROLES_OF, [organizationId, roleIds]);
  const permissions = new Map(roles.map((role) => [role.id, role.permissions]));
  return rows.map((row) => ({ ...row, customPermissions: row.customRoleId === null ? null : (permissions.get(row.customRoleId) ?? []) }));
}

export async function updateMembership(
  tx: Tx,
  member: Pick<MembershipRow, 'userId' | 'role' | 'customRoleId' | 'status'>,
  now: string,
): Promise<void> {
  await tx.query(UPDATE, [tx.scope.organizationId, member.userId, member.role, member.customRoleId, member.status, now]);
}

export async function deleteMembership(tx: Tx, userId: string): Promise<void> {
  await tx.query(DELETE, [tx.scope.organizationId, userId]);
}
