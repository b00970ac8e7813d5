import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { normalizeEmail } from '../../../shared/text.js';
import { RegistrationClosed } from '../auth.errors.js';
import { hashChosenPassword } from './new-password.js';
import type { MailAnswer, Register, RegistrationAnswer } from './registration.shapes.js';
import { RegistrationRows } from './registration-rows.js';
import { InvitedRegistration } from './invited-registration.js';

const CHECK_MAIL: RegistrationAnswer = {
  status: 'check-mail',
  message: 'We have sent you a mail. Confirm your address with its link or code.',
};

/** Makes accounts. Whether an address has one already is told to its owner by mail and to nobody else. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly people: RegistrationRows,
    private readonly invited: InvitedRegistration,
    private readonly settings: Settings,
  ) {}

  async register(scope: Scope, input: Register): Promise<RegistrationAnswer> {
    const email = normalizeEmail(input.email);
    const name = input.name.trim();
    if (!input.invitationToken && !this.settings.registrationOpen)
      throw RegistrationClosed({ detail: 'Ask somebody of your organization for an invitation.' });
    const passwordHash = await hashChosenPassword(input.password, { email, name });
    if (input.invitationToken) return this.invited.join(scope, { email, name, passwordHash }, input.invitationToken);
    await this.database.write(scope, (tx) => this.people.want(tx, { email, name, passwordHash }));
    return CHECK_MAIL;
  }

  /** Sends the mail of a registration that was not answered yet once more. */
  async resend(scope: Scope, email: string): Promise<MailAnswer> {
    await this.database.write(scope, (tx) => this.people.wantAgain(tx, normalizeEmail(email)));
    return { message: 'If this address waits for confirmation, a mail is on its way.' };
  }
}
