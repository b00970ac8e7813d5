import { describe, expect, it } from '@jest/globals';
import type { Permission } from '../../../platform/access/permissions.js';
import { systemScope } from '../../../platform/database/scope.js';
import { newId, NIL_ID } from '../../../shared/ids.js';
import { assertMayChange, mayChange } from './entry-rules.js';

const scope = (userId: string, ...permissions: Permission[]) => ({
  ...systemScope('test'),
  actor: { type: 'user' as const, id: userId, userId },
  permissions: new Set(permissions),
});

describe('mayChange', () => {
  const [author, other] = [newId(), newId()];

  it.each([
    ['its author', scope(author), author, true],
    ['somebody else', scope(other), author, false],
    ['whoever may delete everything', scope(other, 'activities:delete'), author, true],
    ['somebody, what the system wrote', scope(author), null, false],
    ['nobody, what nobody wrote', scope(NIL_ID), NIL_ID, false],
    ['whoever may delete everything, what the system wrote', scope(other, 'activities:delete'), null, true],
  ])('%s', (_, caller, authorId, expected) => {
    expect(mayChange(caller, authorId)).toBe(expected);
    if (expected) expect(() => assertMayChange(caller, authorId)).not.toThrow();
    else expect(() => assertMayChange(caller, authorId)).toThrow('Ask its author');
  });
});
