import { describe, expect, it } from '@jest/globals';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { anonymousScope } from '../../../platform/database/scope.js';
import { AccountInactive, InvalidCredentials, LoginLocked, OrganizationChoiceNeeded } from '../auth.errors.js';
import type { LoginService } from './login.service.js';
import { PasswordGrant } from './password-grant.js';
import type { RefreshService } from './refresh.service.js';

/** What the token route answers when the login behind it fails so. */
function answered(failure: Error): Promise<Problem> {
  const logins = { logIn: () => Promise.reject(failure) } as unknown as LoginService;
  const grant = new PasswordGrant(logins, {} as RefreshService);
  const input = { grant_type: 'password', username: 'a@example.com', password: 'x' } as const;
  return grant.answer(anonymousScope('test', null), input).then(
    () => {
      throw new Error('it was let in');
    },
    (error: unknown) => error as Problem,
  );
}

describe('a login that fails behind the token route', () => {
  it('is an invalid grant that says why, with the title where there is no detail', async () => {
    const detailed = await answered(InvalidCredentials({ detail: 'Check both.' }));
    expect([detailed.definition.code, detailed.details]).toEqual([
      'invalid-grant',
      expect.objectContaining({
        detail: 'Check both.',
        extra: { error: 'invalid_grant', error_description: 'Check both.', reason: 'invalid-credentials' },
      }),
    ]);
    const bare = await answered(AccountInactive());
    expect(bare.details.extra).toMatchObject({ error_description: AccountInactive.definition.title, reason: 'account-inactive' });
    const choice = await answered(OrganizationChoiceNeeded({ extra: { organizations: [] } }));
    expect(choice.details.extra).toMatchObject({ error: 'invalid_grant', organizations: [] });
  });

  it.each<[string, Error]>([
    ['a lock, because waiting is what helps', LoginLocked({ retryAfterSeconds: 30 })],
    ['a bad request', ValidationFailed({ errors: [] })],
    ['what broke in us', new Problem({ code: 'broken', status: 503, title: 'Broken' })],
    ['what nobody foresaw', new Error('connection lost')],
  ])('stays what it is when it is %s', async (_, failure) => {
    expect(await answered(failure)).toBe(failure);
  });
});
