import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../../shared/ids.js';
import { newInvitationToken, readInvitationToken } from './invitation-token.js';

const KEY = Buffer.alloc(32, 7);

describe('invitation tokens', () => {
  it('lead to their organization and prove themselves by hash', () => {
    const organizationId = newId();
    const token = newInvitationToken(organizationId, KEY);
    expect(readInvitationToken(token.text, KEY)).toEqual({ organizationId, hash: token.hash });
    expect(token.text).toMatch(/^inv_[\w-]{22}\.[\w-]{43}$/);
    expect(token.hash.toString('base64url')).not.toContain(token.text.slice(-43));
  });

  it('are never the same, and mean nothing under another key or organization', () => {
    const organizationId = newId();
    const [one, two] = [newInvitationToken(organizationId, KEY), newInvitationToken(organizationId, KEY)];
    expect(one.text).not.toBe(two.text);
    expect(readInvitationToken(one.text, Buffer.alloc(32, 8))?.hash).not.toEqual(one.hash);
    const moved = newInvitationToken(newId(), KEY).text.slice(0, 27) + one.text.slice(27);
    expect(readInvitationToken(moved, KEY)?.hash).not.toEqual(one.hash);
  });

  it('are refused when they cannot be one, without throwing', () => {
    for (const text of ['', 'inv_', `inv_${'A'.repeat(22)}.${'A'.repeat(43)}`, `ck_${'A'.repeat(22)}.${'A'.repeat(43)}`])
      expect(readInvitationToken(text, KEY)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => expect(readInvitationToken(text, KEY)).toBeUndefined()));
  });
});
