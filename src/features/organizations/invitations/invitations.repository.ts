import type { Tx } from '../../../platform/database/tx.js';

export type InvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired';

/** An invitation as it is answered; the token is never part of it. */
export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: InvitationStatus;
  readonly resends: number;
  readonly lastRequestedAt: string;
  readonly expiresAt: string;
  readonly invitedBy: string;
  readonly createdAt: string;
  readonly acceptedAt: string | null;
  readonly version: number;
}

/** A pending invitation past its time reads as expired, whether or not a row was touched since. `$2` is now. */
const COLUMNS = `i.id, i.email, i.role, case when i.status = 'pending' and i.expires_at <= $2 then 'expired' else i.status end as status, i.resends,
  i.last_requested_at as "lastRequestedAt", i.expires_at as "expiresAt", i.invited_by as "invitedBy", i.created_at as "createdAt",
  i.accepted_at as "acceptedAt", i.version`;

const EXPIRE = `
  update invitations set status = 'expired', token_hash = null, updated_at = $2, version = version + 1
  where organization_id = $1 and email = any($3::text[]) and status = 'pending' and expires_at <= $2`;
const MEMBER_EMAILS = `
  select u.email from user_directory u join memberships m on m.organization_id = $1 and m.user_id = u.id
  where u.email = any($2::text[])`;
const INSERT = `
  insert into invitations as i (organization_id, id, email, role, last_requested_at, expires_at, invited_by, created_at, updated_at)
  values ($1, $3, $4, $5, $2, $6, $7, $2, $2)
  on conflict (organization_id, email) where status = 'pending' do nothing
  returning ${COLUMNS}`;
const LOCK = `select ${COLUMNS} from invitations i where i.organization_id = $1 and i.id = $3 for update`;
const RENEW = `
  update invitations i set status = 'pending', resends = i.resends + 1, token_hash = null, last_requested_at = $2, updated_at = $2, expires_at = $4,
    invited_by = $5, version = i.version + 1
  where i.organization_id = $1 and i.id = $3
  returning ${COLUMNS}`;
const REVOKE = `
  update invitations i set status = 'revoked', token_hash = null, updated_at = $2, version = i.version + 1
  where i.organization_id = $1 and i.id = $3
  returning ${COLUMNS}`;
const MINT = `
  update invitations i set token_hash = $4, mints = i.mints + 1, updated_at = $2
  where i.organization_id = $1 and i.id = $3 and i.status = 'pending' and i.expires_at > $2
  returning ${COLUMNS}, i.mints`;
const PAGE = `
  select ${COLUMNS} from invitations i
  where i.organization_id = $1 and i.id < $3
    and ($4::text is null or (case when i.status = 'pending' and i.expires_at <= $2 then 'expired' else i.status end) = $4)
  order by i.id desc
  limit $5`;
/** The one atomic step that uses a token up: of two callers at once the second finds nothing. */
const ACCEPT = `
  update invitations i set status = 'accepted', accepted_at = $2, accepted_by = $4, updated_at = $2, version = i.version + 1
  where i.organization_id = $1 and i.token_hash = $3 and i.status = 'pending' and i.expires_at > $2
  returning ${COLUMNS}`;
const BY_TOKEN = `select ${COLUMNS} from invitations i where i.organization_id = $1 and i.token_hash = $3`;
const PREVIEW = `
  select i.email, i.role, i.expires_at as "expiresAt", o.name as "organizationName"
  from invitations i join organizations o on o.id = i.organization_id and o.status = 'active'
  where i.organization_id = $1 and i.token_hash = $3 and i.status = 'pending' and i.expires_at > $2`;

export interface InvitationPreviewRow {
  readonly email: string;
  readonly role: string;
  readonly expiresAt: string;
  readonly organizationName: string;
}

/** Closes those pending invitations of some addresses whose time is over, so that the addresses can be invited again. */
export async function expireInvitationsOf(tx: Tx, emails: readonly string[], now: string): Promise<void> {
  await tx.query(EXPIRE, [tx.scope.organizationId, now, emails]);
}

/** Those of some addresses that belong to members, active or not. */
export async function addressesOfMembers(tx: Tx, emails: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ email: string }>(MEMBER_EMAILS, [tx.scope.organizationId, emails]);
  return new Set(rows.map((row) => row.email));
}

/** Stores an invitation; undefined when the address has an open one. */
export function insertInvitation(
  tx: Tx,
  made: { id: string; email: string; role: string; expiresAt: string; invitedBy: string },
  now: string,
): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(INSERT, [tx.scope.organizationId, now, made.id, made.email, made.role, made.expiresAt, made.invitedBy]);
}

export function lockInvitation(tx: Tx, id: string, now: string): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(LOCK, [tx.scope.organizationId, now, id]);
}

/** Gives an invitation new time and takes its token away; whoever renews it answers for it from now on. */
export function renewInvitation(
  tx: Tx,
  id: string,
  renewed: { expiresAt: string; invitedBy: string },
  now: string,
): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(RENEW, [tx.scope.organizationId, now, id, renewed.expiresAt, renewed.invitedBy]);
}

export function revokeInvitation(tx: Tx, id: string, now: string): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(REVOKE, [tx.scope.organizationId, now, id]);
}

/** Puts a new token in place of the old one; undefined when the invitation is no longer open. */
export function mintInvitationToken(
  tx: Tx,
  id: string,
  hash: Buffer,
  now: string,
): Promise<(InvitationRow & { readonly mints: number }) | undefined> {
  return tx.first(MINT, [tx.scope.organizationId, now, id, hash]);
}

/** Invitations before an id, newest first. */
export function pageOfInvitations(
  tx: Tx,
  page: { before: string; status: string | null; limit: number },
  now: string,
): Promise<InvitationRow[]> {
  return tx.query<InvitationRow>(PAGE, [tx.scope.organizationId, now, page.before, page.status, page.limit]);
}

/** Uses a token up for a person; undefined when it does not open an invitation now. */
export function acceptInvitation(tx: Tx, hash: Buffer, userId: string, now: string): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(ACCEPT, [tx.scope.organizationId, now, hash, userId]);
}

export function findInvitationByToken(tx: Tx, hash: Buffer, now: string): Promise<InvitationRow | undefined> {
  return tx.first<InvitationRow>(BY_TOKEN, [tx.scope.organizationId, now, hash]);
}

export function previewInvitation(tx: Tx, hash: Buffer, now: string): Promise<InvitationPreviewRow | undefined> {
  return tx.first<InvitationPreviewRow>(PREVIEW, [tx.scope.organizationId, now, hash]);
}

const MAIL_FACTS = `
  select o.name as "organizationName", u.name as "inviterName", r.name as "roleName"
  from invitations i
  join organizations o on o.id = i.organization_id and o.status = 'active'
  left join user_directory u on u.id = i.invited_by
  left join roles r on r.organization_id = i.organization_id and r.key = i.role
  where i.organization_id = $1 and i.id = $2`;

export interface InvitationMailFacts {
  readonly organizationName: string;
  readonly inviterName: string | null;
  /** Null for system roles. */
  readonly roleName: string | null;
}

/** What the mail of an invitation tells besides the invitation itself. */
export function invitationMailFacts(tx: Tx, id: string): Promise<InvitationMailFacts | undefined> {
  return tx.first<InvitationMailFacts>(MAIL_FACTS, [tx.scope.organizationId, id]);
}

const ADDRESS_OF = `select u.email from user_directory u where u.id = $1 and u.is_active`;

/** The address of a person whose account is active. */
export async function addressOfPerson(tx: Tx, userId: string): Promise<string | undefined> {
  return (await tx.first<{ email: string }>(ADDRESS_OF, [userId]))?.email;
}
