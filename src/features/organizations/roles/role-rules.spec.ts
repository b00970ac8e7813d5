import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS, ROLE_PERMISSIONS, SYSTEM_ROLES } from '../../../platform/access/permissions.js';
import { isSystemRole, missingPermissions, permissionsOf, roleKeyOf } from './role-rules.js';
import { SYSTEM_ROLE_TEXTS } from './system-roles.js';

describe('roles', () => {
  it('allow what the table says, and nothing when nobody knows them', () => {
    for (const role of SYSTEM_ROLES) expect(permissionsOf({ role, customPermissions: null })).toEqual(ROLE_PERMISSIONS[role]);
    expect(permissionsOf({ role: 'gone', customPermissions: null })).toEqual([]);
    expect(permissionsOf({ role: 'constructor', customPermissions: null })).toEqual([]);
    expect(permissionsOf({ role: 'clerk', customPermissions: ['leads:read', 'no:such'] })).toEqual(['leads:read']);
    expect(permissionsOf({ role: 'clerk', customPermissions: [] })).toEqual([]);
  });

  it('keep transfer and deactivation of the organization to its owners', () => {
    for (const permission of ['organization:transfer', 'organization:deactivate'] as const) {
      expect(SYSTEM_ROLES.filter((role) => ROLE_PERMISSIONS[role].includes(permission))).toEqual(['owner']);
    }
    expect(ROLE_PERMISSIONS.owner).toEqual(PERMISSIONS);
  });

  it('have a name and a description each', () => {
    expect(Object.keys(SYSTEM_ROLE_TEXTS)).toEqual([...SYSTEM_ROLES]);
    expect(isSystemRole('owner')).toBe(true);
    expect(isSystemRole('Owner')).toBe(false);
  });

  it('tell what somebody lacks to give them', () => {
    expect(missingPermissions(['leads:read', 'audit:read'], new Set(['leads:read']))).toEqual(['audit:read']);
    expect(missingPermissions([], new Set())).toEqual([]);
  });

  it.each([
    ['Deal Desk (EMEA)', 'deal-desk-emea'],
    ['  Éditeur  en chef ', 'editeur-en-chef'],
    ['2nd line', 'nd-line'],
    ['X', undefined],
    ['日本', undefined],
    ['a'.repeat(59) + ' b', 'a'.repeat(59)],
  ])('make a key of a name: %s', (name, key) => {
    expect(roleKeyOf(name)).toBe(key);
  });
});
