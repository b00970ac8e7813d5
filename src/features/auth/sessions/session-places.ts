import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import { Memberships } from '../../organizations/index.js';
import type { Place } from './organization-choice.js';
import { personActor } from './person.js';

/** Where a session works now: its organization while the person still belongs there. */
@Injectable()
export class SessionPlaces {
  constructor(private readonly memberships: Memberships) {}

  async of(scope: Scope, userId: string, organizationId: string | null): Promise<Place> {
    if (organizationId === null) return { organizationId: null, role: null };
    const held = await this.memberships.grantFor({ ...scope, organizationId, actor: personActor(userId) });
    return held ? { organizationId, role: held.role } : { organizationId: null, role: null };
  }
}
