import { expect, it } from '@jest/globals';
import { ManualClock } from '../../../platform/clock/clock.js';
import { loadSettings } from '../../../platform/config/load-settings.js';
import type { StoredSigningKey } from '../../../platform/crypto/signing-keys.js';
import type { Bus } from '../../../platform/database/bus.js';
import type { Database } from '../../../platform/database/database.js';
import { KeyRing } from './key-ring.js';

const run = (_: unknown, work: (tx: unknown) => unknown): unknown => work({});
const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: 'a'.repeat(64), LOG_LEVEL: 'silent' });

/** A ring on a table that keeps what is put there, or loses it. */
function ring(keeps: boolean): KeyRing {
  const kept: StoredSigningKey[] = [];
  const repository = {
    takeTurn: () => Promise.resolve(),
    all: () => Promise.resolve([...kept]),
    insert: (_: unknown, key: StoredSigningKey) => Promise.resolve(keeps && kept.push(key)),
  };
  const bus = { publish: () => Promise.resolve() } as unknown as Bus;
  return new KeyRing({ read: run, write: run } as unknown as Database, repository as never, new ManualClock(), bus, settings);
}

it('knows the public half of what it signs with and of nothing else', async () => {
  const keys = ring(true);
  const { kid } = await keys.current();
  expect(await keys.publicKey(kid)).toContain('BEGIN PUBLIC KEY');
  expect(await keys.publicKey('never-seen')).toBeUndefined();
});

it('signs with nothing rather than with a key nobody can verify', async () => {
  await expect(ring(false).current()).rejects.toThrow('there is no signing key');
});
