import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { InvalidGrant, LoginLocked } from '../auth.errors.js';
import { LoginService } from './login.service.js';
import { RefreshService } from './refresh.service.js';
import type { SessionTokensView, TokenAnswer, TokenRequest } from './sessions.shapes.js';

/** Speaks RFC 6749 on the outside; logins and refreshes are the same as everywhere. */
@Injectable()
export class PasswordGrant {
  constructor(
    private readonly logins: LoginService,
    private readonly refreshes: RefreshService,
  ) {}

  async answer(scope: Scope, input: TokenRequest, userAgent?: string): Promise<TokenAnswer> {
    const made = await this.exchange(scope, input, userAgent).catch((error: unknown) => {
      throw asGrantError(error);
    });
    return { access_token: made.accessToken, token_type: 'Bearer', expires_in: made.expiresIn, refresh_token: made.refreshToken };
  }

  private exchange(scope: Scope, input: TokenRequest, userAgent?: string): Promise<SessionTokensView> {
    if (input.grant_type === 'refresh_token') return this.refreshes.refresh(scope, required(input.refresh_token, 'refresh_token'));
    const email = required(input.username, 'username');
    return this.logins.logIn(scope, { email, password: required(input.password, 'password') }, userAgent);
  }
}

function required(value: string | undefined, name: string): string {
  if (value) return value;
  throw ValidationFailed({
    errors: [{ pointer: `/${name}`, code: 'required', message: 'is required for this grant' }],
    extra: { error: 'invalid_request' },
  });
}

/** OAuth clients look for `error` in a 400; a lock keeps its 429, because waiting is what helps. */
function asGrantError(error: unknown): unknown {
  if (!(error instanceof Problem) || error.definition.status >= 500) return error;
  const { code, title } = error.definition;
  if (code === LoginLocked.definition.code || code === ValidationFailed.definition.code) return error;
  const detail = error.details.detail ?? title;
  return InvalidGrant({
    detail,
    extra: { error: 'invalid_grant', error_description: detail, reason: code, ...error.details.extra },
    cause: error,
  });
}
