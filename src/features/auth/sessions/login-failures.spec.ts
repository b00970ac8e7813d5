import { describe, expect, it } from '@jest/globals';
import { countedAddress, LOCK_SECONDS } from './login-failures.js';

describe('LOCK_SECONDS', () => {
  it('leaves four failures free, then grows and never shrinks', () => {
    expect(LOCK_SECONDS.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(LOCK_SECONDS[4]).toBeGreaterThan(0);
    expect(LOCK_SECONDS[5]).toBeGreaterThan(LOCK_SECONDS[4] ?? Infinity);
    expect([...LOCK_SECONDS].sort((a, b) => a - b)).toEqual(LOCK_SECONDS);
    expect(LOCK_SECONDS.at(-1)).toBe(LOCK_SECONDS.at(-2));
  });
});

describe('countedAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('counts %s as %s', (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });
});
