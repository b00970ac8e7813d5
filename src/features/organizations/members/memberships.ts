import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../platform/access/permissions.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { permissionsOf } from '../roles/role-rules.js';

/** An organization a person belongs to. */
export interface OwnOrganization {
  readonly organizationId: string;
  readonly name: string;
  readonly role: string;
  /** False when the membership or the organization is switched off: it cannot be worked in. */
  readonly isActive: boolean;
}

const MAX_ORGANIZATIONS = 1_000;
const ORGANIZATIONS_OF = `
  select m.organization_id as "organizationId", o.name, m.role, (m.status = 'active' and o.status = 'active') as "isActive"
  from memberships m join organizations o on o.id = m.organization_id
  where m.user_id = $1
  order by m.organization_id
  limit ${MAX_ORGANIZATIONS}`;
const GRANT = `
  select m.role, r.permissions as "customPermissions"
  from memberships m
  join organizations o on o.id = m.organization_id and o.status = 'active'
  left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
  where m.organization_id = $1 and m.user_id = $2 and m.status = 'active'`;

/** Answers who belongs where and what that allows; the auth feature asks it for every grant. */
@Injectable()
export class Memberships {
  constructor(private readonly db: Database) {}

  /** Every organization of the person behind the scope, whichever organization is chosen. */
  organizationsOf(scope: Scope): Promise<OwnOrganization[]> {
    return this.db.read(scope, (tx) => tx.query<OwnOrganization>(ORGANIZATIONS_OF, [scope.actor.userId]));
  }

  /** What the person may do in the organization of the scope now; undefined without an active membership of an active organization. */
  async grantFor(scope: Scope): Promise<{ role: string; permissions: Permission[] } | undefined> {
    const held = await this.db.read(scope, (tx) =>
      tx.first<{ role: string; customPermissions: string[] | null }>(GRANT, [scope.organizationId, scope.actor.userId]),
    );
    return held && { role: held.role, permissions: permissionsOf(held) };
  }
}
