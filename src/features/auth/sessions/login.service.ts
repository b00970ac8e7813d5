import { Injectable } from '@nestjs/common';
import { needsRehash, hashPassword, verifyPassword } from '../../../platform/crypto/passwords.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { normalizeEmail } from '../../../shared/text.js';
import { Memberships } from '../../organizations/index.js';
import { AccountInactive, InvalidCredentials, NotAMember, OrganizationChoiceNeeded } from '../auth.errors.js';
import { type User, UsersRepository } from '../accounts/users.repository.js';
import { LoginGate } from './login-gate.js';
import { LoginRecords } from './login-records.js';
import { chooseOrganization, type Place } from './organization-choice.js';
import { personActor } from './person.js';
import { SessionTokens } from './session-tokens.js';
import type { LogIn, SessionTokensView } from './sessions.shapes.js';

/** Lets people in: the same answer in about the same time for an unknown address and a wrong password. */
@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly gate: LoginGate,
    private readonly memberships: Memberships,
    private readonly records: LoginRecords,
    private readonly tokens: SessionTokens,
  ) {}

  async logIn(scope: Scope, input: LogIn, userAgent?: string): Promise<SessionTokensView> {
    const email = normalizeEmail(input.email);
    await this.gate.assertOpen(scope, email);
    const user = await this.database.read(scope, (tx) => this.users.byEmail(tx, email));
    if (!(await verifyPassword(user?.passwordHash, input.password)) || !user) return this.refuse(scope, email, user);
    // Others may have failed meanwhile. Whoever guesses many at once must not learn more than five of the answers.
    await this.gate.assertOpen(scope, email);
    await this.assertUsable(scope, user);
    const place = await this.placeFor(scope, user, input.organizationId);
    const session = await this.records.success(scope, user, place, userAgent);
    await this.keepHashUpToDate(scope, user, input.password);
    return this.tokens.both({ userId: user.id, sessionId: session.id, ...place }, session);
  }

  /** The organization a person's new session works in. */
  async placeFor(scope: Scope, user: Pick<User, 'id' | 'lastOrganizationId'>, asked?: string): Promise<Place> {
    const all = await this.memberships.organizationsOf({ ...scope, actor: personActor(user.id) });
    const choice = chooseOrganization(all, asked, user.lastOrganizationId);
    if (choice.kind === 'none') return { organizationId: null, role: null };
    if (choice.kind === 'not-a-member') throw NotAMember({ detail: 'Leave organizationId out to work in one of yours.' });
    if (choice.kind === 'needed') {
      const organizations = choice.options.map(({ organizationId, name, role }) => ({ organizationId, name, role }));
      throw OrganizationChoiceNeeded({ detail: 'Log in again with organizationId set to one of these.', extra: { organizations } });
    }
    return { organizationId: choice.organization.organizationId, role: choice.organization.role };
  }

  private async refuse(scope: Scope, email: string, user: User | undefined): Promise<never> {
    await this.gate.countFailure(scope, email, user);
    throw InvalidCredentials({ detail: 'Check both and try again. After five failures logging in is paused for a while.' });
  }

  private async assertUsable(scope: Scope, user: User): Promise<void> {
    if (!user.isActive) throw AccountInactive({ detail: 'Ask an administrator to switch it on again.' });
    if (user.emailVerifiedAt === null) throw await this.records.unverified(scope, user);
  }

  private async keepHashUpToDate(scope: Scope, user: User, password: string): Promise<void> {
    if (!needsRehash(user.passwordHash)) return;
    const passwordHash = await hashPassword(password);
    await this.database.writeOne(scope, (tx) => this.users.rehash(tx, user, passwordHash));
  }
}
