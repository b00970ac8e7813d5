import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { HASH_OF_NOBODY, hashPassword, needsRehash, verifyPassword } from './passwords.js';

describe('passwords', () => {
  it('accepts the right password and nothing else', async () => {
    const stored = await hashPassword('Correct horse 7 battery');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(stored, 'Correct horse 7 battery')).toBe(true);
    expect(await verifyPassword(stored, 'correct horse 7 battery')).toBe(false);
    expect(await verifyPassword(stored, '')).toBe(false);
  });

  it('salts: the same password never gives the same hash', async () => {
    expect(await hashPassword('Correct horse 7')).not.toBe(await hashPassword('Correct horse 7'));
  });

  it('takes a letter typed as one or as two code points for the same', async () => {
    const stored = await hashPassword('Caf\u00e9 crème 42');
    expect(await verifyPassword(stored, 'Cafe\u0301 crème 42')).toBe(true);
  });

  it('says no for an unknown account, and works as hard for it as for a known one', async () => {
    expect(await verifyPassword(undefined, 'Correct horse 7')).toBe(false);
    expect(needsRehash(HASH_OF_NOBODY)).toBe(false);
    const stored = await hashPassword('Correct horse 7');
    const time = async (known: string | undefined): Promise<number> => {
      const from = performance.now();
      await verifyPassword(known, 'wrong');
      return performance.now() - from;
    };
    const known = Math.min(await time(stored), await time(stored), await time(stored));
    const unknown = Math.min(await time(undefined), await time(undefined), await time(undefined));
    // A skipped hash would be a thousand times faster; the wide bound keeps a busy machine from failing the test.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it('asks for a rehash when the parameters are not those of today', async () => {
    expect(needsRehash(await hashPassword('Correct horse 7'))).toBe(false);
    expect(needsRehash(await hash('Correct horse 7', { memoryCost: 8192, timeCost: 2 }))).toBe(true);
    expect(needsRehash(await hash('Correct horse 7', { memoryCost: 19_456, timeCost: 3 }))).toBe(true);
  });
});
