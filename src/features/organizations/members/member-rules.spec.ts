import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROLE_PERMISSIONS, SYSTEM_ROLES } from '../../../platform/access/permissions.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { permissionsOf } from '../roles/role-rules.js';
import { assertMayChange, assertOwnerRemains, isActiveOwner } from './member-rules.js';
import type { MembershipRow } from './members.repository.js';

const member = (userId: string, role: string, more: Partial<MembershipRow> = {}): MembershipRow => ({
  userId,
  role,
  customRoleId: null,
  customPermissions: null,
  status: 'active',
  version: 1,
  ...more,
});
const changer = (userId: string, role: string): Parameters<typeof assertMayChange>[0] => ({
  userId,
  isOwner: role === 'owner',
  held: new Set(permissionsOf({ role, customPermissions: null })),
});
const codeOf = (work: () => void): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Problem ? error.definition.code : 'other';
  }
};

describe('who may change whom', () => {
  it('lets owners change everybody, admins all but owners', () => {
    for (const role of SYSTEM_ROLES) {
      expect(codeOf(() => assertMayChange(changer('a', 'owner'), member('b', role)))).toBeUndefined();
      expect(codeOf(() => assertMayChange(changer('a', 'admin'), member('b', role)))).toBe(
        role === 'owner' ? 'owner-protected' : undefined,
      );
    }
  });

  it('lets nobody change a member who may do more', () => {
    expect(codeOf(() => assertMayChange(changer('a', 'member'), member('b', 'manager')))).toBe('member-outranks-you');
    const custom = member('b', 'clerk', { customRoleId: 'r', customPermissions: ['audit:read'] });
    expect(codeOf(() => assertMayChange(changer('a', 'manager'), custom))).toBe('member-outranks-you');
    expect(codeOf(() => assertMayChange(changer('a', 'finance'), custom))).toBeUndefined();
  });

  it('is about others: what people do to themselves is limited elsewhere', () => {
    expect(codeOf(() => assertMayChange(changer('a', 'viewer'), member('a', 'owner')))).toBeUndefined();
  });

  it('never lets a role be touched that holds a permission the changer lacks', () => {
    const role = fc.constantFrom(...SYSTEM_ROLES);
    fc.assert(
      fc.property(role, role, (mine, theirs) => {
        const isAbove = ROLE_PERMISSIONS[theirs].some((permission) => !ROLE_PERMISSIONS[mine].includes(permission));
        expect(codeOf(() => assertMayChange(changer('a', mine), member('b', theirs))) !== undefined).toBe(isAbove);
      }),
    );
  });
});

describe('the owner who remains', () => {
  const people = fc.array(
    fc.record({ role: fc.constantFrom('owner', 'admin'), status: fc.constantFrom('active' as const, 'inactive' as const) }),
    { minLength: 1, maxLength: 5 },
  );
  const after = fc.option(
    fc.record({ role: fc.constantFrom('owner', 'viewer'), status: fc.constantFrom('active' as const, 'inactive' as const) }),
    { nil: undefined },
  );

  it('is there after every change that is allowed, and only such changes are refused', () => {
    fc.assert(
      fc.property(people, fc.nat(), after, (all, pick, change) => {
        const members = all.map(({ role, status }, index) => member(String(index), role, { status }));
        const target = members[pick % members.length] ?? member('x', 'admin');
        const left = members.flatMap((one) => (one === target ? (change ? [{ ...one, ...change }] : []) : [one]));
        const loses = members.some(isActiveOwner) && !left.some(isActiveOwner);
        expect(codeOf(() => assertOwnerRemains(members, target, change))).toBe(loses ? 'last-owner' : undefined);
      }),
    );
  });
});
