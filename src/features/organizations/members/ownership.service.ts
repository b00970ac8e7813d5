import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { assertPerson } from '../callers.js';
import { MemberInactive, NotYourself, OwnerOnly } from '../organizations.errors.js';
import { Refusals } from '../refusals.js';
import { MemberChanges } from './member-changes.js';
import type { OwnershipTransferred, TransferOwnership } from './members.shapes.js';

/** Hands an organization over. */
@Injectable()
export class OwnershipService {
  constructor(
    private readonly db: Database,
    private readonly changes: MemberChanges,
    private readonly refusals: Refusals,
  ) {}

  async transfer(scope: Scope, { userId, myRoleAfter = 'admin' }: TransferOwnership): Promise<OwnershipTransferred> {
    assertPerson(scope);
    if (userId === scope.actor.userId) throw NotYourself({ detail: 'You own it already. Name another member.' });
    return this.refusals.recorded(scope, { resourceType: 'organization', resourceId: scope.organizationId }, () =>
      this.db.write(scope, async (tx) => {
        const { changer, target, members } = await this.changes.lock(tx, userId, 'organization:transfer');
        const self = members.find((member) => member.userId === changer.userId);
        if (!self || !changer.isOwner) throw OwnerOnly();
        if (target.status !== 'active') throw MemberInactive({ detail: 'Reactivate them first.' });
        const owner = await this.changes.update(tx, target, { role: 'owner', customRoleId: null, status: 'active' }, 'member.made-owner');
        const formerOwner = await this.changes.update(
          tx,
          self,
          { role: myRoleAfter, customRoleId: null, status: 'active' },
          'member.gave-ownership',
        );
        return { owner, formerOwner };
      }),
    );
  }
}
