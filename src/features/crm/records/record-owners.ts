import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { MemberDirectory } from '../../organizations/index.js';
import { OwnerUnknown } from '../leads/leads.errors.js';

/** Who looks after a record must work here now. */
@Injectable()
export class RecordOwners {
  constructor(private readonly members: MemberDirectory) {}

  /** Asks only when the owner changes: whoever left may stay the owner of what they had. */
  async know(tx: Tx, ownerId: string | null, before: string | null = null): Promise<void> {
    if (ownerId === null || ownerId === before || (await this.members.isActiveMember(tx, ownerId))) return;
    throw OwnerUnknown({
      errors: [{ pointer: '/ownerId', code: 'owner-unknown', message: 'is not an active member; GET /members lists them' }],
    });
  }
}
