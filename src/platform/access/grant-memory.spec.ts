import { describe, expect, it } from '@jest/globals';
import type { Grant } from './grant.js';
import { GrantMemory } from './grant-memory.js';

const grant: Grant = {
  organizationId: 'o1',
  actor: { type: 'api-key', id: 'k1', userId: 'u1' },
  permissions: new Set(),
  sessionId: 's1',
};

function remembering(expiresAtMs = Number.MAX_SAFE_INTEGER): GrantMemory {
  const memory = new GrantMemory(5_000);
  memory.set('token', grant, 1_000, expiresAtMs);
  return memory;
}

describe('GrantMemory', () => {
  it('knows a grant until the interval ends, and no longer', () => {
    expect(remembering().get('token', 5_999)).toBe(grant);
    expect(remembering().get('token', 6_000)).toBeUndefined();
    expect(remembering().get('other', 1_000)).toBeUndefined();
  });

  it('never outlives the credential', () => {
    expect(remembering(2_000).get('token', 1_999)).toBe(grant);
    expect(remembering(2_000).get('token', 2_000)).toBeUndefined();
  });

  it.each(['user:u1', 'session:s1', 'organization:o1', 'key:k1', 'unheard-of:x', ''])('forgets on %j', (message) => {
    const memory = remembering();
    memory.forget(message);
    expect(memory.get('token', 1_000)).toBeUndefined();
  });

  it.each(['user:u2', 'session:s2', 'organization:o2', 'key:k2', 'user:s1', 'session'])(
    'keeps a grant that %j does not concern',
    (message) => {
      const memory = remembering();
      memory.forget(message);
      expect(memory.get('token', 1_000)).toBe(grant);
    },
  );

  it('forgets everything when messages may have been lost', () => {
    const memory = remembering();
    memory.forgetAll();
    expect(memory.get('token', 1_000)).toBeUndefined();
  });

  it('stays bounded', () => {
    const memory = remembering();
    for (let n = 0; n < 20_000; n++) memory.set(`t${n}`, grant, 1_000, 9_000);
    expect(memory.get('token', 1_000)).toBeUndefined();
    expect(memory.get('t19999', 1_000)).toBe(grant);
  });
});
