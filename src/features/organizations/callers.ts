import type { Scope } from '../../platform/database/scope.js';
import { OrganizationRequired } from '../../platform/http/problems/core-problems.js';
import { NIL_ID } from '../../shared/ids.js';
import { PersonRequired } from './organizations.errors.js';

/** What concerns a person as such is done by the person, logged in: a key is made for one organization and never joins or leaves any. */
export function assertPerson(scope: Scope): void {
  if (scope.actor.type !== 'user') throw PersonRequired();
}

/** For routes that need no permission but an organization. */
export function assertOrganizationChosen(scope: Scope): void {
  if (scope.organizationId === NIL_ID) throw OrganizationRequired({ detail: 'Choose one with POST /api/v1/auth/switch, or create one.' });
}
