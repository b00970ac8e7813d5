import { expect, it } from '@jest/globals';
import { PERMISSIONS, ROLE_PERMISSIONS } from '../../../platform/access/permissions.js';
import { anonymousScope, scopeIn, systemScope, type Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { AssignableRoles } from './assignable-roles.js';

/** What a caller may give on, when the database says that they hold this role now. */
function held(scope: Scope, role: string | undefined): Promise<ReadonlySet<string>> {
  const first = (): Promise<object | undefined> => Promise.resolve(role === undefined ? undefined : { role, customPermissions: null });
  return new AssignableRoles().heldByCaller({ scope, first } as unknown as Tx);
}

const person: Scope = { ...scopeIn(anonymousScope('test', null), newId()), permissions: new Set(PERMISSIONS) };

it('lets the installation itself give what an owner holds', async () => {
  expect([...(await held(systemScope('test'), undefined))].sort()).toEqual([...ROLE_PERMISSIONS.owner].sort());
});

it('lets people give what their role and their credential both hold', async () => {
  expect([...(await held(person, 'viewer'))].sort()).toEqual([...ROLE_PERMISSIONS.viewer].sort());
  expect([...(await held({ ...person, permissions: new Set(['leads:read', 'audit:export']) }, 'viewer'))]).toEqual(['leads:read']);
});

it('lets nobody who was removed this moment give anything', async () => {
  expect((await held(person, undefined)).size).toBe(0);
});
