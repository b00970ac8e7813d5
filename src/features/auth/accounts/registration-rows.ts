import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { newId, NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { personActor } from '../sessions/person.js';
import { AccountNotices } from './account-notices.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { UsersRepository } from './users.repository.js';

/** What a registration leaves behind until its mail is answered. */
export interface WantedAccount {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/** The rows of registrations. */
@Injectable()
export class RegistrationRows {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly notices: AccountNotices,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * A registration belongs to whoever answers its own mail: name and password wait beside the token. So nobody can register somebody
   * else's address first and be let in by the owner's confirmation of a later registration.
   */
  async want(tx: Tx, { email, name, passwordHash }: WantedAccount): Promise<void> {
    const id = newId();
    const isNew = await this.users.insertUnlessThere(tx, { id, email, name, passwordHash, isVerified: false });
    const user = await this.users.byEmail(tx, email);
    if (!user) throw new Error('the account that is there was not found');
    if (user.emailVerifiedAt === null) await this.notices.wantToken(tx, user.id, 'verify-email', { name, passwordHash });
    else await this.notices.tell(tx, user.id, 'already-registered');
    const action = isNew ? 'user.registered' : 'user.registered-again';
    await this.audit.record(tx, {
      action,
      resourceType: 'user',
      resourceId: user.id,
      organizationId: NIL_ID,
      actor: isNew ? personActor(user.id) : undefined,
    });
  }

  async wantAgain(tx: Tx, email: string): Promise<void> {
    const user = await this.users.byEmail(tx, email);
    if (!user || user.emailVerifiedAt !== null) return this.notices.pretendToWantToken(tx);
    const facts = (await this.tokens.latestFacts(tx, user.id, 'verify-email')) ?? { name: user.name, passwordHash: user.passwordHash };
    await this.notices.wantToken(tx, user.id, 'verify-email', facts);
  }
}
