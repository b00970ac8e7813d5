import { Injectable } from '@nestjs/common';
import { hashPassword } from '../../../platform/crypto/passwords.js';
import { Database } from '../../../platform/database/database.js';
import { newToken } from '../../../platform/crypto/tokens.js';
import { systemScope } from '../../../platform/database/scope.js';
import { newId, NIL_ID } from '../../../shared/ids.js';
import { normalizeEmail } from '../../../shared/text.js';
import { AuditTrail } from '../../audit/index.js';
import { SessionClosing } from '../sessions/session-closing.js';
import { assertGoodPassword } from './new-password.js';
import { UsersRepository } from './users.repository.js';

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Without a password one is made. */
export type NewPlatformAdmin = Omit<NewAccount, 'password'> & { readonly password?: string };

const SCOPE_OF_COMMANDS = 'command-line';

/** Makes accounts without a mail; for the command line and the demo, never behind a route. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly sessions: SessionClosing,
    private readonly audit: AuditTrail,
  ) {}

  /** A verified account; gives the id of the one that is there when the address has one. */
  createVerified(account: NewAccount): Promise<{ userId: string; isNew: boolean }> {
    return this.create(account, false);
  }

  /** An account that administers the whole installation. One that is there is raised and keeps its password: then none is answered. */
  async createPlatformAdmin(wanted: NewPlatformAdmin): Promise<{ userId: string; email: string; password?: string }> {
    const password = wanted.password ?? `${newToken()}-Aa1`;
    const { userId, isNew } = await this.create({ ...wanted, password }, true);
    return { userId, email: normalizeEmail(wanted.email), ...(isNew ? { password } : {}) };
  }

  /**
   * Switches an account off or on. Off: nobody logs in with it, and its sessions and API keys stop within seconds; nothing it made is lost.
   * False when it is that already; an error when no account has the address.
   */
  setActive(address: string, isActive: boolean): Promise<boolean> {
    return this.database.write(systemScope(SCOPE_OF_COMMANDS), async (tx) => {
      const user = await this.users.byEmailToChange(tx, normalizeEmail(address));
      if (!user) throw new Error(`no account has the address ${address}`);
      if (!(await this.users.setActive(tx, user.id, isActive))) return false;
      const action = isActive ? 'user.reactivated' : 'user.deactivated';
      await this.audit.record(tx, { action, resourceType: 'user', resourceId: user.id, organizationId: NIL_ID });
      if (!isActive) await this.sessions.all(tx, user.id, 'deactivated');
      return true;
    });
  }

  private async create(account: NewAccount, isPlatformAdmin: boolean): Promise<{ userId: string; isNew: boolean }> {
    const email = normalizeEmail(account.email);
    assertGoodPassword(account.password, { ...account, email });
    const passwordHash = await hashPassword(account.password);
    return this.database.write(systemScope(SCOPE_OF_COMMANDS), async (tx) => {
      const id = newId();
      const isNew = await this.users.insertUnlessThere(tx, {
        id,
        email,
        name: account.name,
        passwordHash,
        isVerified: true,
        isPlatformAdmin,
      });
      const user = await this.users.byEmailToChange(tx, email);
      if (!user) throw new Error('the account that is there was not found');
      // An address nobody confirmed may have been registered by anybody: their password must not become a real one.
      if (user.emailVerifiedAt === null) await this.users.verify(tx, { id: user.id, name: account.name, passwordHash });
      if (isPlatformAdmin && !user.isPlatformAdmin) await this.users.makePlatformAdmin(tx, user.id);
      const action = isPlatformAdmin ? 'user.platform-admin-made' : 'user.registered';
      await this.audit.record(tx, { action, resourceType: 'user', resourceId: user.id, after: { isNew }, organizationId: NIL_ID });
      return { userId: user.id, isNew };
    });
  }
}
