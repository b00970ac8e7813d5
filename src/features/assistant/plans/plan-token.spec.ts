import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Confirmable, contentHash, isTokenOf, planToken } from './plan-token.js';

const KEY = Buffer.alloc(32, 1);
const STEPS = [{ op: 'delete', leadId: 'a', version: 1 }];
const PLAN: Confirmable = {
  id: 'p',
  userId: 'u',
  conversationId: 'c',
  contentHash: contentHash({ tool: 'delete_leads', steps: STEPS }),
  expiresAt: '2026-11-21T15:00:00.000Z',
};

describe('the token of a plan', () => {
  it('is good for exactly this plan', () => {
    const token = planToken(PLAN, KEY);
    expect(isTokenOf(token, PLAN, KEY)).toBe(true);
    expect(isTokenOf(token, PLAN, Buffer.alloc(32, 2))).toBe(false);
    expect(isTokenOf('', PLAN, KEY)).toBe(false);
    for (const name of Object.keys(PLAN) as (keyof Confirmable)[]) expect(isTokenOf(token, { ...PLAN, [name]: 'other' }, KEY)).toBe(false);
  });

  it('is good for no other content, version of a lead included', () => {
    const hash = contentHash({ tool: 'delete_leads', steps: [{ op: 'delete', leadId: 'a', version: 2 }] });
    expect(hash).not.toBe(PLAN.contentHash);
    expect(contentHash({ steps: STEPS, tool: 'delete_leads' })).toBe(PLAN.contentHash);
  });

  it('is not found by changing a letter', () => {
    const token = planToken(PLAN, KEY);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_'), (at, letter) => {
        const changed = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
        expect(isTokenOf(changed, PLAN, KEY)).toBe(changed === token);
      }),
    );
  });
});
