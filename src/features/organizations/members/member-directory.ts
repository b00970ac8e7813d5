import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { findOrganization } from '../settings/organizations.repository.js';

/** Somebody who works in an organization now. */
export interface DirectoryEntry {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

const MOST = 5_000;
const ACTIVE = `
  select m.user_id as id, u.email, u.name from memberships m join user_directory u on u.id = m.user_id
  where m.organization_id = $1 and m.status = 'active' order by m.user_id limit ${MOST}`;
const ADMINISTRATORS = `
  select m.user_id as id, u.email, u.name from memberships m join user_directory u on u.id = m.user_id
  where m.organization_id = $1 and m.status = 'active' and m.role in ('owner', 'admin') order by m.user_id limit 100`;
const IS_ACTIVE = `select 1 as found from memberships where organization_id = $1 and user_id = $2 and status = 'active'`;

/** What features that read files of people's own making ask of an organization. */
@Injectable()
export class MemberDirectory {
  /** The active members, 5,000 at most. */
  activeMembers(tx: Tx): Promise<DirectoryEntry[]> {
    return tx.query<DirectoryEntry>(ACTIVE, [tx.scope.organizationId]);
  }

  /** Who looks after the organization: its active owners and administrators. */
  administrators(tx: Tx): Promise<DirectoryEntry[]> {
    return tx.query<DirectoryEntry>(ADMINISTRATORS, [tx.scope.organizationId]);
  }

  /** Whether somebody works in the organization now; whoever is put in charge of something must. */
  async isActiveMember(tx: Tx, userId: string): Promise<boolean> {
    return (await tx.first(IS_ACTIVE, [tx.scope.organizationId, userId])) !== undefined;
  }

  /** The currency of amounts that name none. */
  async baseCurrency(tx: Tx): Promise<string | undefined> {
    return (await findOrganization(tx, tx.scope.organizationId))?.baseCurrency;
  }

  /** The IANA zone in which the organization counts days; UTC when it is gone. */
  async timeZone(tx: Tx): Promise<string> {
    return (await findOrganization(tx, tx.scope.organizationId))?.timeZone ?? 'UTC';
  }

  /** Where the organization is at home: how its people write numbers, reckon in money and count days. */
  async place(tx: Tx): Promise<{ country: string; baseCurrency: string; timeZone: string } | undefined> {
    const found = await findOrganization(tx, tx.scope.organizationId);
    return found && { country: found.country, baseCurrency: found.baseCurrency, timeZone: found.timeZone };
  }
}
