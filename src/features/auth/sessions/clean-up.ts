import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { schedule } from '../../../platform/messaging/definitions.js';
import { Handles } from '../../../platform/messaging/handles.js';
import { OneTimeTokensRepository } from '../accounts/one-time-tokens.repository.js';
import { LoginFailuresRepository } from './login-failures.repository.js';
import { SessionsRepository } from './sessions.repository.js';

const CleanUpSessions = schedule({ name: 'auth.clean-up', every: 3_600 });

const DAY_MS = 86_400_000;
// Ended sessions stay for questions after an incident; used tokens, because the limit of mails and "send again" look at them.
const KEEP_SESSIONS_DAYS = 90;
const KEEP_TOKENS_DAYS = 7;
const KEEP_FAILURES_DAYS = 2;

/** Deletes what ended long ago. */
@Injectable()
export class AuthCleanUp {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly failures: LoginFailuresRepository,
    private readonly clock: Clock,
  ) {}

  @Handles(CleanUpSessions)
  async run(): Promise<void> {
    const scope = systemScope('auth-clean-up');
    const before = (days: number): Date => new Date(this.clock.now().getTime() - days * DAY_MS);
    await this.database.writeOne(scope, (tx) => this.sessions.deleteEndedBefore(tx, before(KEEP_SESSIONS_DAYS)));
    await this.database.writeOne(scope, (tx) => this.tokens.deleteEndedBefore(tx, before(KEEP_TOKENS_DAYS)));
    await this.database.writeOne(scope, (tx) => this.failures.deleteBefore(tx, before(KEEP_FAILURES_DAYS)));
  }
}
