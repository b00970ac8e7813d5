import type { Scope } from '../../../platform/database/scope.js';
import { NIL_ID } from '../../../shared/ids.js';
import { NotYourEntry } from './activities.errors.js';

/** What a person wrote is changed and deleted by them, or by whoever may delete everything. */
export function mayChange({ actor, permissions }: Pick<Scope, 'actor' | 'permissions'>, authorId: string | null): boolean {
  return permissions.has('activities:delete') || (authorId !== null && authorId === actor.userId && authorId !== NIL_ID);
}

export function assertMayChange(scope: Pick<Scope, 'actor' | 'permissions'>, authorId: string | null): void {
  if (!mayChange(scope, authorId)) throw NotYourEntry({ detail: 'Ask its author, or somebody with the permission activities:delete.' });
}

/** SQL of the author as it is answered: null when nobody stands behind it. */
export const AUTHOR = `nullif(r.author_id, '${NIL_ID}')`;
