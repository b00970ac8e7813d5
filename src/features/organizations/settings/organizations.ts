import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { inOrganization } from '../../../platform/database/in-organization.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { placeFaults } from './place-and-currency.js';
import { insertOrganization, insertOwner, type OrganizationRow } from './organizations.repository.js';

/** What a new organization is made of; currency and time zone default to what the operator set. */
export interface NewOrganization {
  readonly name: string;
  readonly country: string;
  readonly baseCurrency?: string;
  readonly timeZone?: string;
  /** Who becomes its owner; the person behind the scope when not said. */
  readonly ownerId?: string;
}

/** Makes organizations; routes, the demo seed and the command line all come through here. */
@Injectable()
export class Organizations {
  constructor(
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Makes an organization with its first owner. Needs the transaction of `db.write`; the scope's own organization stays chosen. */
  async create(tx: Tx, scope: Scope, wanted: NewOrganization): Promise<OrganizationRow> {
    const ownerId = wanted.ownerId ?? scope.actor.userId;
    const organization = this.complete(wanted, ownerId);
    const errors = placeFaults(organization, this.settings);
    if (errors.length > 0) throw ValidationFailed({ errors });
    return inOrganization(tx, organization.id, async (inside) => {
      await insertOrganization(inside, organization);
      await insertOwner(inside, organization, ownerId);
      await this.audit.record(inside, {
        action: 'organization.created',
        resourceType: 'organization',
        resourceId: organization.id,
        before: null,
        after: { ...organization, ownerId },
        organizationId: organization.id,
      });
      return organization;
    });
  }

  private complete(wanted: NewOrganization, createdBy: string): OrganizationRow {
    const now = this.clock.now().toISOString();
    return {
      id: newId(),
      name: wanted.name.trim(),
      country: wanted.country,
      baseCurrency: wanted.baseCurrency ?? this.settings.defaultBaseCurrency,
      timeZone: wanted.timeZone ?? this.settings.defaultOrgTimezone,
      status: 'active',
      createdBy,
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
  }
}
