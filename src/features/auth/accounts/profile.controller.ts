import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { EmailTaken, InvalidProof, LoginLocked, PersonRequired, WeakPassword } from '../auth.errors.js';
import { EmailChangeService } from './email-change.service.js';
import { PasswordsService } from './passwords.service.js';
import { ChangePassword } from './passwords.shapes.js';
import { ChangeEmail, ProfileView, UpdateProfile } from './profile.shapes.js';
import { ProfileService } from './profile.service.js';
import { ProofShape } from './proof.shapes.js';
import { MailAnswer } from './registration.shapes.js';

@Controller('auth')
export class ProfileController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly passwords: PasswordsService,
    private readonly emails: EmailChangeService,
  ) {}

  @Get('me')
  @Endpoint({ access: 'signed-in', returns: [200, ProfileView], summary: 'Who you are', etag: true })
  me(@CurrentScope() scope: Scope): Promise<ProfileView> {
    return this.profiles.me(scope);
  }

  @Patch('me')
  @Endpoint({
    access: 'signed-in',
    returns: [200, ProfileView],
    summary: 'Change your profile',
    description: 'A merge patch (RFC 7396): null clears.',
    etag: true,
    ifMatch: 'optional',
    fails: [PersonRequired, ValidationFailed, EditConflict],
  })
  update(@CurrentScope() scope: Scope, @Body() patch: UpdateProfile): Promise<ProfileView> {
    return this.profiles.update(scope, patch);
  }

  @Post('change-password')
  @Endpoint({
    access: 'signed-in',
    rate: 'auth',
    returns: [204],
    summary: 'Change your password',
    description: 'Ends your other sessions.',
    fails: [PersonRequired, ValidationFailed, WeakPassword, LoginLocked, InvalidProof],
  })
  changePassword(@CurrentScope() scope: Scope, @Body() input: ChangePassword): Promise<void> {
    return this.passwords.change(scope, input);
  }

  @Post('change-email')
  @Endpoint({
    access: 'signed-in',
    rate: 'auth',
    returns: [202, MailAnswer],
    summary: 'Use another e-mail address',
    description: 'The new address gets a mail to confirm.',
    fails: [PersonRequired, ValidationFailed, LoginLocked],
  })
  changeEmail(@CurrentScope() scope: Scope, @Body() input: ChangeEmail): Promise<MailAnswer> {
    return this.emails.ask(scope, input);
  }

  @Post('change-email/confirm')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [204],
    summary: 'Confirm the new e-mail address',
    description: 'By the token of the link, or by the old address and the code.',
    fails: [ValidationFailed, InvalidProof, EmailTaken],
  })
  confirmEmail(@CurrentScope() scope: Scope, @Body() input: ProofShape): Promise<void> {
    return this.emails.confirm(scope, input);
  }
}
