import { Body, Controller, Header, Headers, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import {
  AccountInactive,
  EmailNotVerified,
  InvalidCredentials,
  InvalidGrant,
  InvalidRefreshToken,
  LoginLocked,
  NotAMember,
  OrganizationChoiceNeeded,
} from '../auth.errors.js';
import { LoginService } from './login.service.js';
import { PasswordGrant } from './password-grant.js';
import { RefreshService } from './refresh.service.js';
import { LogIn, RefreshSession, SessionTokensView, TokenAnswer, TokenRequest } from './sessions.shapes.js';

@Controller('auth')
export class LoginController {
  constructor(
    private readonly logins: LoginService,
    private readonly refreshes: RefreshService,
    private readonly grants: PasswordGrant,
  ) {}

  @Post('login')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [200, SessionTokensView],
    summary: 'Log in with e-mail and password',
    description:
      'An unknown address and a wrong password are answered alike. After five failures of an account or an address the wait grows.',
    fails: [InvalidCredentials, LoginLocked, EmailNotVerified, AccountInactive, NotAMember, OrganizationChoiceNeeded, ValidationFailed],
  })
  logIn(@CurrentScope() scope: Scope, @Body() input: LogIn, @Headers('user-agent') userAgent?: string): Promise<SessionTokensView> {
    return this.logins.logIn(scope, input, userAgent);
  }

  @Post('token')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'public',
    rate: 'auth',
    returns: [200, TokenAnswer],
    summary: 'Log in as OAuth 2 clients do',
    description: 'RFC 6749, grants `password` and `refresh_token`, as a form. Swagger UI uses it for its Authorize button.',
    consumes: 'application/x-www-form-urlencoded',
    fails: [InvalidGrant, LoginLocked, ValidationFailed],
  })
  token(@CurrentScope() scope: Scope, @Body() input: TokenRequest, @Headers('user-agent') userAgent?: string): Promise<TokenAnswer> {
    return this.grants.answer(scope, input, userAgent);
  }

  @Post('refresh')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'public',
    rate: 'write',
    returns: [200, SessionTokensView],
    summary: 'Exchange a refresh token for the next one',
    description:
      'Each token works once. Two calls at the same moment get the same successor; a token that comes back later ends the session.',
    fails: [InvalidRefreshToken, ValidationFailed],
  })
  refresh(@CurrentScope() scope: Scope, @Body() input: RefreshSession): Promise<SessionTokensView> {
    return this.refreshes.refresh(scope, input.refreshToken);
  }
}
