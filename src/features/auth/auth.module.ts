import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { AuthAccessModule } from './access/auth-access.module.js';
import { AccountMails } from './accounts/account-mails.js';
import { AccountNotices } from './accounts/account-notices.js';
import { Accounts } from './accounts/accounts.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { EmailChangeService } from './accounts/email-change.service.js';
import { InvitedRegistration } from './accounts/invited-registration.js';
import { OneTimeTokensRepository } from './accounts/one-time-tokens.repository.js';
import { PasswordConfirmation } from './accounts/password-confirmation.js';
import { PasswordChanges } from './accounts/password-changes.js';
import { PasswordsService } from './accounts/passwords.service.js';
import { ProfileController } from './accounts/profile.controller.js';
import { ProfileService } from './accounts/profile.service.js';
import { RegistrationRows } from './accounts/registration-rows.js';
import { RegistrationService } from './accounts/registration.service.js';
import { UsersRepository } from './accounts/users.repository.js';
import { VerificationService } from './accounts/verification.service.js';
import { ApiKeyMinting } from './api-keys/api-key-minting.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysRepository } from './api-keys/api-keys.repository.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AuthCleanUp } from './sessions/clean-up.js';
import { LoginController } from './sessions/login.controller.js';
import { LoginFailuresRepository } from './sessions/login-failures.repository.js';
import { LoginGate } from './sessions/login-gate.js';
import { LoginRecords } from './sessions/login-records.js';
import { LoginService } from './sessions/login.service.js';
import { PasswordGrant } from './sessions/password-grant.js';
import { RefreshPolicy } from './sessions/refresh-policy.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionClosing } from './sessions/session-closing.js';
import { SessionPlaces } from './sessions/session-places.js';
import { SessionTokens } from './sessions/session-tokens.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SigningKeysModule } from './signing-keys/signing-keys.module.js';

const ACCOUNTS = [
  UsersRepository,
  OneTimeTokensRepository,
  AccountNotices,
  AccountMails,
  Accounts,
  RegistrationRows,
  RegistrationService,
  InvitedRegistration,
  VerificationService,
  PasswordConfirmation,
  PasswordChanges,
  PasswordsService,
  ProfileService,
  EmailChangeService,
];

const SESSIONS = [
  SessionsRepository,
  LoginFailuresRepository,
  LoginGate,
  LoginRecords,
  LoginService,
  PasswordGrant,
  RefreshPolicy,
  RefreshService,
  SessionClosing,
  SessionPlaces,
  SessionTokens,
  SessionsService,
  AuthCleanUp,
];

const API_KEYS = [ApiKeysRepository, ApiKeyMinting, ApiKeysService];

/** Who people are: accounts, sessions, API keys, signing keys. */
@Module({
  imports: [AuthAccessModule, SigningKeysModule, OrganizationsModule],
  controllers: [AccountsController, ProfileController, LoginController, SessionsController, ApiKeysController],
  providers: [...ACCOUNTS, ...SESSIONS, ...API_KEYS],
  exports: [Accounts],
})
export class AuthModule {}
