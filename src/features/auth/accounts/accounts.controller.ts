import { Body, Controller, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { AccountExists, InvalidProof, InvitationUnusable, RegistrationClosed, WeakPassword } from '../auth.errors.js';
import { PasswordsService } from './passwords.service.js';
import { ResetPassword } from './passwords.shapes.js';
import { ProofShape } from './proof.shapes.js';
import { RegistrationService } from './registration.service.js';
import { MailAnswer, MailRequest, Register, RegistrationAnswer } from './registration.shapes.js';
import { VerificationService } from './verification.service.js';

/** What somebody does who is not logged in. */
@Controller('auth')
export class AccountsController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly verifications: VerificationService,
    private readonly passwords: PasswordsService,
  ) {}

  @Post('register')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [202, RegistrationAnswer],
    summary: 'Register',
    description:
      'Answers alike whether or not the address has an account; its owner gets a mail in both cases. Joins an organization only by invitation.',
    fails: [ValidationFailed, WeakPassword, RegistrationClosed, InvitationUnusable, AccountExists],
  })
  register(@CurrentScope() scope: Scope, @Body() input: Register): Promise<RegistrationAnswer> {
    return this.registrations.register(scope, input);
  }

  @Post('verify-email')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [204],
    summary: 'Confirm an e-mail address',
    description: 'By the token of the link, or by address and code.',
    fails: [ValidationFailed, InvalidProof],
  })
  verify(@CurrentScope() scope: Scope, @Body() input: ProofShape): Promise<void> {
    return this.verifications.verify(scope, input);
  }

  @Post('resend-verification')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [202, MailAnswer],
    summary: 'Send the confirmation mail again',
    fails: [ValidationFailed],
  })
  resend(@CurrentScope() scope: Scope, @Body() input: MailRequest): Promise<MailAnswer> {
    return this.registrations.resend(scope, input.email);
  }

  @Post('forgot-password')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [202, MailAnswer],
    summary: 'Ask for a new password by mail',
    fails: [ValidationFailed],
  })
  forgot(@CurrentScope() scope: Scope, @Body() input: MailRequest): Promise<MailAnswer> {
    return this.passwords.forgot(scope, input.email);
  }

  @Post('reset-password')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [204],
    summary: 'Choose a new password',
    description: 'With the token or code of the mail. Ends every session of the account.',
    fails: [ValidationFailed, InvalidProof, WeakPassword],
  })
  reset(@CurrentScope() scope: Scope, @Body() input: ResetPassword): Promise<void> {
    return this.passwords.reset(scope, input);
  }
}
