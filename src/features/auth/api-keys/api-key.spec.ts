import { describe, expect, it } from '@jest/globals';
import { effectiveScopes, type KeyState, opens } from './api-key.js';

const [current, previous, other] = [Buffer.from('current'), Buffer.from('previous'), Buffer.from('other')];
const now = new Date('2026-11-21T10:00:00.000Z');
const later = '2026-11-21T10:00:01.000Z';
const same = (left: Buffer, right: Buffer): boolean => left.equals(right);
const key = (over: Partial<KeyState> = {}): KeyState => ({
  keyHash: current,
  previousHash: previous,
  previousUntil: later,
  expiresAt: null,
  revokedAt: null,
  ...over,
});

describe('opens', () => {
  it('takes the current secret, and the one before it during the overlap', () => {
    expect(opens(key(), current, now, same)).toBe(true);
    expect(opens(key(), previous, now, same)).toBe(true);
    expect(opens(key({ previousUntil: now.toISOString() }), previous, now, same)).toBe(false);
    expect(opens(key(), other, now, same)).toBe(false);
    expect(opens(key({ previousHash: null, previousUntil: null }), previous, now, same)).toBe(false);
  });

  it('takes nothing once the key is revoked or over', () => {
    expect(opens(key({ revokedAt: later }), current, now, same)).toBe(false);
    expect(opens(key({ expiresAt: now.toISOString() }), current, now, same)).toBe(false);
    expect(opens(key({ expiresAt: later }), current, now, same)).toBe(true);
  });
});

describe('effectiveScopes', () => {
  it('are what the key names and its owner still has', () => {
    expect(effectiveScopes(['leads:read', 'leads:delete'], ['leads:read', 'files:read'])).toEqual(new Set(['leads:read']));
    expect(effectiveScopes(['gone:permission'], ['leads:read'])).toEqual(new Set());
  });
});
