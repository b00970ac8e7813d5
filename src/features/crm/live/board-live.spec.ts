import { describe, expect, it } from '@jest/globals';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import type { AccessSource, Grant } from '../../../platform/access/grant.js';
import { ManualClock } from '../../../platform/clock/clock.js';
import type { Bus } from '../../../platform/database/bus.js';
import { anonymousScope, type Scope } from '../../../platform/database/scope.js';
import { opening } from './board-live.service.js';
import { keyOf, LiveAccess } from './live-access.js';

describe('how a stream begins', () => {
  it.each([
    [undefined, 50, { id: 50, event: 'ready', data: {} }],
    ['x', 50, { id: 50, event: 'ready', data: {} }],
    ['50', 50, undefined],
    ['40', 50, undefined],
    ['51', 50, { id: 50, event: 'reset', data: {} }],
    ['0', 1_000, undefined],
    ['0', 1_001, { id: 1_001, event: 'reset', data: {} }],
  ])('with %s when the newest is %s', (last, newest, expected) => {
    expect(opening(last, newest)).toEqual(expected);
  });
});

describe('access of those who stay', () => {
  const scope: Scope = { ...anonymousScope('r', null), organizationId: 'o', sessionId: 's', actor: { type: 'user', id: 'u', userId: 'u' } };
  const grant: Grant = { organizationId: 'o', actor: scope.actor, permissions: new Set(['leads:read'] as const), sessionId: 's' };

  function watching(answer: Grant | undefined, who: Scope = scope, apiKey?: string) {
    const clock = new ManualClock();
    const asked: unknown[] = [];
    let tell: (message: string) => void = () => undefined;
    const source = {
      grantOfSession: async (claims: unknown) => (asked.push(claims), answer),
      grantOfApiKey: async (key: string) => (asked.push(key), answer),
    } as unknown as AccessSource;
    const bus = {
      subscribe: (topic: string, listener: (message: string) => void) => {
        expect(topic).toBe(ACCESS_TOPIC);
        tell = listener;
        return () => undefined;
      },
    } as unknown as Bus;
    let wakes = 0;
    const watch = new LiveAccess(source, bus, clock).watch({ scope: who, apiKey, permission: 'leads:read', wake: () => wakes++ });
    return { watch, clock, asked, tell: (message: string) => tell(message), wakes: () => wakes };
  }

  it('is asked for after half a minute, not before', async () => {
    const { watch, clock, asked } = watching(grant);
    expect(await watch.isAllowed()).toBe(true);
    expect(asked).toEqual([]);
    clock.advance({ seconds: 30 });
    expect(await watch.isAllowed()).toBe(true);
    expect(await watch.isAllowed()).toBe(true);
    expect(asked).toEqual([{ sub: 'u', sid: 's', org: 'o', exp: Number.MAX_SAFE_INTEGER }]);
  });

  it.each([
    ['user:u', 1],
    ['user:other', 0],
    ['session:s', 1],
    ['session:other', 0],
    ['organization:o', 1],
    ['organization:other', 0],
    ['key:u', 1],
    ['key:other', 0],
    ['everything', 1],
  ])('is asked for at once when %s changes: %i', async (message, times) => {
    const { watch, asked, tell, wakes } = watching(grant);
    tell(message);
    expect(await watch.isAllowed()).toBe(true);
    expect([asked.length, wakes()]).toEqual([times, times]);
  });

  it.each([
    ['the session ended', undefined],
    ['the permission is gone', { ...grant, permissions: new Set<never>() }],
    ['it works in another organization now', { ...grant, organizationId: 'other' }],
  ])('is lost when %s', async (_, answer) => {
    const { watch, tell } = watching(answer);
    tell('user:u');
    expect(await watch.isAllowed()).toBe(false);
  });

  it('of a key is known by the credential that the guard took', () => {
    const actor = { type: 'api-key', id: 'k', userId: 'u' } as const;
    expect(keyOf(actor, { authorization: 'Bearer  ck_1 ' })).toBe('ck_1');
    expect(keyOf(actor, { authorization: 'bearer ck_1', 'x-api-key': 'ck_2' })).toBe('ck_1');
    expect(keyOf(actor, { 'x-api-key': 'ck_2' })).toBe('ck_2');
    // What a proxy in front is let in with is not ours.
    expect(keyOf(actor, { authorization: 'Basic cHJveHk6eA==', 'x-api-key': 'ck_2' })).toBe('ck_2');
    expect(keyOf(scope.actor, { authorization: 'Bearer token' })).toBeUndefined();
  });

  it('of a key is asked for by its text, and a scope with neither has none', async () => {
    const byKey = watching(grant, { ...scope, sessionId: null }, 'ck_text');
    byKey.tell('user:u');
    expect(await byKey.watch.isAllowed()).toBe(true);
    expect(byKey.asked).toEqual(['ck_text']);
    const neither = watching(grant, { ...scope, sessionId: null });
    neither.tell('user:u');
    expect(await neither.watch.isAllowed()).toBe(false);
    expect(neither.asked).toEqual([]);
  });
});
