import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { personActor } from '../sessions/person.js';
import { invalidProof, readProof } from './proof.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import type { ProofShape } from './proof.shapes.js';
import { UsersRepository } from './users.repository.js';

/** Makes an account usable once its mail was answered. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokensRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditTrail,
  ) {}

  async verify(scope: Scope, input: ProofShape): Promise<void> {
    const proof = readProof(input);
    // Thrown outside, so that a wrong code is committed as counted.
    const fits = await this.database.write(scope, async (tx) => {
      const used = await this.tokens.use(tx, 'verify-email', proof);
      if (!used) return false;
      const { name, passwordHash } = used.facts;
      if (name === undefined || passwordHash === undefined) throw new Error('a registration without name or password');
      const user = await this.users.verify(tx, { id: used.userId, name, passwordHash });
      if (!user) return false;
      await this.audit.record(tx, {
        action: 'user.email-verified',
        resourceType: 'user',
        resourceId: user.id,
        organizationId: NIL_ID,
        actor: personActor(user.id),
      });
      return true;
    });
    if (!fits) throw invalidProof();
  }
}
