import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chainHeadMac,
  detailsDigest,
  EMPTY_CHAIN,
  rowHash,
  sealBatch,
  signCheckpoint,
  verifyCheckpoint,
  type AuditFacts,
} from './audit-chain.js';

const key = Buffer.alloc(32, 1);
const facts = (id: string): AuditFacts => ({
  id,
  organizationId: 'org',
  occurredAt: '2026-11-21T03:00:00.000Z',
  actorType: 'user',
  actorId: 'ada',
  onBehalfOf: null,
  action: 'lead.moved',
  resourceType: 'lead',
  resourceId: 'l-1',
  requestId: 'r-1',
  address: '127.0.0.1',
  beforeText: '{"status": "interest"}',
  afterText: '{"status": "closed-win"}',
  erasedAt: null,
});

describe('sealing', () => {
  it('numbers and links rows, in one batch or in many', () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map(facts);
    const whole = sealBatch(key, EMPTY_CHAIN, rows);
    const first = sealBatch(key, EMPTY_CHAIN, rows.slice(0, 2));
    const second = sealBatch(key, first.head, rows.slice(2));
    expect([...first.sealed, ...second.sealed]).toEqual(whole.sealed);
    expect(second.head).toEqual(whole.head);
    expect(whole.sealed.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(whole.sealed[0]?.prevHash).toEqual(EMPTY_CHAIN.hash);
    expect(whole.sealed[3]?.prevHash).toEqual(whole.sealed[2]?.hash);
    expect(whole.head).toEqual({ seq: 5, hash: whole.sealed[4]?.hash });
  });

  it('leaves the head where it is when there is nothing to seal', () => {
    expect(sealBatch(key, EMPTY_CHAIN, [])).toEqual({ sealed: [], head: EMPTY_CHAIN });
  });

  it('never changes between releases: old chains must verify', () => {
    expect(sealBatch(key, EMPTY_CHAIN, [facts('a')]).head.hash.toString('hex')).toBe(
      '3e2f3dfce8122bea2c56fe1bfb207a9b3b6df54004d130c95dd6656780568e5e',
    );
    expect(chainHeadMac(key, 'org', 1, Buffer.alloc(32)).toString('hex')).toBe(
      '043b98d09924412591c8fbdc038ae93efaad1c1fee077956932bd01c0ec5ddc1',
    );
  });

  it('tells apart fields whose joined text is the same, and null from empty', () => {
    const seal = { seq: 1, prevHash: EMPTY_CHAIN.hash, detailsDigest: Buffer.alloc(32) };
    const hash = (change: Partial<AuditFacts>): string => rowHash(key, { ...facts('a'), ...seal, ...change }).toString('hex');
    expect(hash({ actorType: 'us', actorId: 'erada' })).not.toBe(hash({ actorType: 'user', actorId: 'ada' }));
    expect(hash({ requestId: null })).not.toBe(hash({ requestId: '' }));
    expect(hash({ resourceId: null, requestId: 'x' })).not.toBe(hash({ resourceId: 'x', requestId: null }));
  });

  it('gives two rows with equal details unlike digests, so that erased ones cannot be matched', () => {
    expect(detailsDigest(key, facts('a'))).not.toEqual(detailsDigest(key, facts('b')));
    expect(detailsDigest(key, { ...facts('a'), beforeText: null })).not.toEqual(detailsDigest(key, { ...facts('a'), beforeText: '' }));
  });

  it('depends on the key', () => {
    const other = Buffer.alloc(32, 2);
    expect(sealBatch(other, EMPTY_CHAIN, [facts('a')]).head.hash).not.toEqual(sealBatch(key, EMPTY_CHAIN, [facts('a')]).head.hash);
    expect(chainHeadMac(other, 'org', 1, key)).not.toEqual(chainHeadMac(key, 'org', 1, key));
  });
});

describe('checkpoints', () => {
  const checkpoint = signCheckpoint(key, { organizationId: 'org', seq: 7, hash: Buffer.alloc(32, 9), at: '2026-11-21T03:00:00.000Z' });

  it('verify, also after a trip through JSON', () => {
    expect(verifyCheckpoint(key, checkpoint)).toBe(true);
    expect(verifyCheckpoint(key, JSON.parse(JSON.stringify(checkpoint)))).toBe(true);
  });

  it('do not verify with another key or any other content', () => {
    expect(verifyCheckpoint(Buffer.alloc(32, 2), checkpoint)).toBe(false);
    fc.assert(
      fc.property(fc.constantFrom('organizationId', 'hash', 'at', 'signature'), fc.string(), (field, text) => {
        fc.pre(text !== checkpoint[field as 'at']);
        expect(verifyCheckpoint(key, { ...checkpoint, [field]: text })).toBe(false);
        expect(verifyCheckpoint(key, { ...checkpoint, [field]: `${checkpoint[field as 'at']}${text || 'x'}` })).toBe(false);
      }),
    );
    expect(verifyCheckpoint(key, { ...checkpoint, seq: 8 })).toBe(false);
  });
});
