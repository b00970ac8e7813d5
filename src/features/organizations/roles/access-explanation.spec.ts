import { describe, expect, it } from '@jest/globals';
import { type AccessFacts, explainAccess } from './access-explanation.js';

const facts: AccessFacts = {
  permission: 'leads:delete',
  organizationStatus: 'active',
  isAccountActive: true,
  membershipStatus: 'active',
  role: 'manager',
  rolePermissions: ['leads:read', 'leads:delete'],
  credential: undefined,
};

describe('explaining access', () => {
  it('says which role allows it', () => {
    expect(explainAccess(facts)).toMatchObject({ isAllowed: true, summary: 'Allowed: The role manager holds leads:delete.' });
    expect(explainAccess({ ...facts, role: 'clerk' }).summary).toBe('Allowed: The custom role clerk holds leads:delete.');
  });

  it.each<[string, Partial<AccessFacts>]>([
    ['The organization is deactivated.', { organizationStatus: 'deactivated', membershipStatus: 'inactive' }],
    ['The account is switched off.', { isAccountActive: false, rolePermissions: [] }],
    ['The membership is deactivated in this organization.', { membershipStatus: 'inactive', rolePermissions: [] }],
    ['The role manager does not hold leads:delete.', { rolePermissions: ['leads:read'] }],
    ['The API key does not carry leads:delete.', { credential: { isApiKey: true, permissions: new Set(['leads:read']) } }],
    ['The session does not carry leads:delete.', { credential: { isApiKey: false, permissions: new Set() } }],
  ])('names the first thing in the way: %s', (reason, change) => {
    expect(explainAccess({ ...facts, ...change })).toMatchObject({ isAllowed: false, summary: `Denied: ${reason}` });
  });

  it('asks about the credential only when it is the caller’s own', () => {
    expect(explainAccess(facts).steps.map((step) => step.step)).toEqual(['organization', 'account', 'membership', 'role']);
    const own = { isApiKey: true, permissions: new Set(['leads:delete'] as const) };
    expect(explainAccess({ ...facts, credential: own }).steps.at(-1)).toMatchObject({ step: 'credential', passed: true });
  });
});
