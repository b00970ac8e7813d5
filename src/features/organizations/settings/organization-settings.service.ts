import { Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import { type Scope, scopeIn } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { assertPerson } from '../callers.js';
import { lockMembers } from '../members/members.repository.js';
import { OwnerOnly } from '../organizations.errors.js';
import { Refusals } from '../refusals.js';
import type { UpdateOrganization } from './organizations.shapes.js';
import { findOrganization, lockOrganization, type OrganizationRow, updateOrganization } from './organizations.repository.js';
import { placeFaults } from './place-and-currency.js';

/** Settings and state of an organization that exists. */
@Injectable()
export class OrganizationSettingsService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly refusals: Refusals,
  ) {}

  async current(scope: Scope): Promise<OrganizationRow> {
    const organization = await this.db.read(scope, (tx) => findOrganization(tx, scope.organizationId));
    if (!organization) throw NotFound();
    return organization;
  }

  update(scope: Scope, patch: UpdateOrganization): Promise<OrganizationRow> {
    const errors = placeFaults(patch, this.settings);
    if (errors.length > 0) throw ValidationFailed({ errors });
    return this.db.write(scope, async (tx) => {
      const before = await this.locked(tx);
      if (scope.ifMatch !== undefined && scope.ifMatch !== before.version)
        throw EditConflict({ detail: `The organization is at version ${before.version} now.` });
      const wanted = { ...before, ...patch, name: patch.name?.trim() ?? before.name };
      return sameSettings(before, wanted) ? before : this.changed(tx, before, wanted, 'organization.updated');
    });
  }

  /** Switches the current organization off for everybody; nothing is deleted. */
  deactivate(scope: Scope): Promise<OrganizationRow> {
    return this.setStatus(scope, 'deactivated');
  }

  /** Switches an organization on again. It is not the current one, which nobody can choose while it is off, so the owner names it. */
  reactivate(scope: Scope, organizationId: string): Promise<OrganizationRow> {
    return this.setStatus(scopeIn(scope, organizationId), 'active');
  }

  private setStatus(scope: Scope, status: OrganizationRow['status']): Promise<OrganizationRow> {
    assertPerson(scope);
    const attempt = { resourceType: 'organization', resourceId: scope.organizationId } as const;
    return this.refusals.recorded(scope, attempt, () => this.db.write(scope, (tx) => this.withStatus(tx, status)));
  }

  private async withStatus(tx: Tx, status: OrganizationRow['status']): Promise<OrganizationRow> {
    const { userId } = tx.scope.actor;
    const self = (await lockMembers(tx, [userId])).find((member) => member.userId === userId);
    if (self?.status !== 'active') throw NotFound();
    if (self.role !== 'owner') throw OwnerOnly();
    const before = await this.locked(tx);
    if (before.status === status) return before;
    const action = status === 'active' ? 'organization.reactivated' : 'organization.deactivated';
    const after = await this.changed(tx, before, { ...before, status }, action);
    await this.bus.publish(tx, ACCESS_TOPIC, `organization:${before.id}`);
    return after;
  }

  private async locked(tx: Tx): Promise<OrganizationRow> {
    const found = await lockOrganization(tx, tx.scope.organizationId);
    if (!found) throw NotFound();
    return found;
  }

  private async changed(tx: Tx, before: OrganizationRow, wanted: OrganizationRow, action: string): Promise<OrganizationRow> {
    const after = await updateOrganization(tx, wanted, this.clock.now().toISOString());
    await this.audit.record(tx, { action, resourceType: 'organization', resourceId: before.id, before, after });
    return after;
  }
}

function sameSettings(left: OrganizationRow, right: OrganizationRow): boolean {
  return (
    left.name === right.name &&
    left.country === right.country &&
    left.baseCurrency === right.baseCurrency &&
    left.timeZone === right.timeZone
  );
}
