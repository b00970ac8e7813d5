import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { Database } from '../../../platform/database/database.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { type NoticePayload, SendNotice, SendTokenMail, type TokenMailPayload } from './accounts.jobs.js';
import { tokenLifeMinutes } from './one-time-token.js';
import { OneTimeTokensRepository, type SealedToken } from './one-time-tokens.repository.js';
import { type User, UsersRepository } from './users.repository.js';

/** Writes the mails of accounts. Runs on a worker, outside any transaction. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokensRepository,
    private readonly users: UsersRepository,
    private readonly mailer: Mailer,
    private readonly settings: Settings,
  ) {}

  @Handles(SendTokenMail)
  async sendToken({ scope, payload, jobId }: JobContext<TokenMailPayload>): Promise<void> {
    const made = await this.database.write(scope, (tx) => this.tokens.mint(tx, payload.tokenId));
    if (made) await this.mailToken(made, jobId);
  }

  @Handles(SendNotice)
  async sendNotice({ scope, payload, jobId }: JobContext<NoticePayload>): Promise<void> {
    const user = await this.database.read(scope, (tx) => this.users.byId(tx, payload.userId));
    if (user) await this.mailNotice(user, payload, jobId);
  }

  private async mailToken(made: SealedToken, jobId: string): Promise<void> {
    const { name, token, code, purpose } = made;
    const variables = { name, code, expiresInMinutes: tokenLifeMinutes(purpose) };
    if (purpose === 'verify-email') {
      await this.mailer.send('verify-email', made.email, { ...variables, link: this.link('verify-email', token) }, jobId);
    } else if (purpose === 'reset-password') {
      await this.mailer.send('password-reset', made.email, { ...variables, link: this.link('reset-password', token) }, jobId);
    } else {
      const newEmail = made.facts['newEmail'] ?? made.email;
      await this.mailer.send('email-change', newEmail, { ...variables, newEmail, link: this.link('change-email', token) }, jobId);
    }
  }

  private async mailNotice(user: User, payload: NoticePayload, jobId: string): Promise<void> {
    const { name, email } = user;
    const resetLink = this.link('forgot-password');
    const facts = { name, at: new Date(payload.at), ...(payload.address === null ? {} : { ip: payload.address }) };
    const { subject = '', detail = '' } = payload;
    const to = payload.to ?? email;
    switch (payload.notice) {
      case 'already-registered':
        return this.mailer.send('already-registered', to, { name, signInLink: this.link('login'), resetLink }, jobId);
      case 'password-changed':
        return this.mailer.send('password-changed', to, { ...facts, resetLink }, jobId);
      case 'lockout':
        return this.mailer.send(
          'new-sign-in-lockout',
          to,
          { ...facts, failedAttempts: Number(subject), lockedMinutes: Math.ceil(Number(detail) / 60), resetLink },
          jobId,
        );
      case 'email-changed':
        return this.mailer.send('email-changed', to, { ...facts, newEmail: email }, jobId);
      case 'session-revoked':
        return this.mailer.send('session-revoked', to, { ...facts, resetLink }, jobId);
      case 'api-key-created':
        return this.mailer.send('api-key-created', to, { ...facts, keyName: subject, organizationName: detail }, jobId);
    }
  }

  private link(path: string, token?: string): string {
    return `${this.settings.appUrl.replace(/\/$/, '')}/${path}${token === undefined ? '' : `?token=${encodeURIComponent(token)}`}`;
  }
}
