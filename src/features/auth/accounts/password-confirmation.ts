import { Injectable } from '@nestjs/common';
import { verifyPassword } from '../../../platform/crypto/passwords.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { ValidationFailed, NotFound } from '../../../platform/http/problems/core-problems.js';
import { LoginGate } from '../sessions/login-gate.js';
import { personOf } from '../sessions/person.js';
import { type User, UsersRepository } from './users.repository.js';

/** Asks for the password again before something that could take the account over; wrong ones count towards the lock. */
@Injectable()
export class PasswordConfirmation {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly gate: LoginGate,
  ) {}

  async confirm(scope: Scope, password: string, pointer: string): Promise<User> {
    const { userId } = personOf(scope);
    const user = await this.database.read(scope, (tx) => this.users.byId(tx, userId));
    if (!user) throw NotFound();
    await this.gate.assertOpen(scope, user.email);
    const fits = await verifyPassword(user.passwordHash, password);
    if (!fits) {
      await this.gate.countFailure(scope, user.email, user);
      throw ValidationFailed({ errors: [{ pointer, code: 'wrong-password', message: 'is not your password' }] });
    }
    await this.gate.assertOpen(scope, user.email);
    return user;
  }
}
