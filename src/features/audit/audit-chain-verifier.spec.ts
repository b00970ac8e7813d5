import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chainHeadMac,
  EMPTY_CHAIN,
  rowHash,
  sealBatch,
  signCheckpoint,
  type AuditCheckpoint,
  type AuditFacts,
  type SealedAuditRow,
} from './audit-chain.js';
import { ChainVerifier, type ChainFault, type ChainVerdict, type StoredHead } from './audit-chain-verifier.js';

const chainKey = Buffer.alloc(32, 1);
const checkpointKey = Buffer.alloc(32, 2);
const organizationId = 'org-1';

interface Stored {
  rows: SealedAuditRow[];
  head: StoredHead | undefined;
  checkpoints: AuditCheckpoint[];
}

const headOf = (seq: number, hash: Buffer): StoredHead => ({ seq, hash, mac: chainHeadMac(chainKey, organizationId, seq, hash) });

function store(facts: AuditFacts[], checkpointsAt: number[] = []): Stored {
  const { sealed, head } = sealBatch(chainKey, EMPTY_CHAIN, facts);
  const rows = facts.flatMap((row, index) => {
    const seal = sealed[index];
    return seal ? [{ ...row, ...seal }] : [];
  });
  const checkpoints = checkpointsAt.flatMap((seq) => {
    const row = rows[seq - 1];
    return row ? [signCheckpoint(checkpointKey, { organizationId, seq, hash: row.hash, at: `2026-11-21T00:00:0${seq % 10}Z` })] : [];
  });
  return { rows, head: headOf(head.seq, head.hash), checkpoints };
}

function verify({ rows, head, checkpoints }: Stored, batch = 3): ChainVerdict {
  const verifier = new ChainVerifier({ organizationId, chainKey, checkpointKey, checkpoints });
  const ordered = [...rows].sort((a, b) => a.seq - b.seq);
  for (let at = 0; at < ordered.length; at += batch) if (!verifier.add(ordered.slice(at, at + batch))) break;
  return verifier.finish({ head });
}

const found = (stored: Stored): [ChainFault, number] | undefined => {
  const { ok, firstBad } = verify(stored);
  expect(ok).toBe(firstBad === undefined);
  return firstBad && [firstBad.reason, firstBad.seq];
};

const text = fc.string({ maxLength: 8 });
const optional = fc.option(text);
const sealedFields = (Object.keys(plainFacts('')) as (keyof AuditFacts)[]).filter(
  (field) => field !== 'organizationId' && field !== 'erasedAt',
);
const arbitraryOf = (field: keyof AuditFacts): fc.Arbitrary<string | null> =>
  plainFacts('')[field] === null || field.endsWith('Text') ? optional : text;
const someFacts = fc.record(Object.fromEntries(sealedFields.map((field) => [field, arbitraryOf(field)])));
const someChain = fc
  .array(someFacts, { minLength: 3, maxLength: 12 })
  .map((all) => all.map((facts, index): AuditFacts => ({ ...plainFacts(''), ...facts, id: `${index}-${facts.id}` })));
const somePlace = fc.nat({ max: 1000 });

describe('ChainVerifier on untouched chains', () => {
  it('finds nothing wrong, in batches of any size, with checkpoints anywhere', () => {
    fc.assert(
      fc.property(someChain, fc.integer({ min: 1, max: 20 }), somePlace, (facts, batch, place) => {
        expect(verify(store(facts, [1 + (place % facts.length), facts.length]), batch)).toEqual({
          ok: true,
          rows: facts.length,
          erased: 0,
        });
      }),
    );
  });

  it('is content with a chain that has not begun', () => {
    for (const empty of [store([]), { rows: [], head: undefined, checkpoints: [] }])
      expect(verify(empty)).toEqual({ ok: true, rows: 0, erased: 0 });
  });

  it('counts erased rows and still vouches for the rest of them', () => {
    fc.assert(
      fc.property(someChain, somePlace, (facts, place) => {
        const stored = store(facts);
        const at = place % facts.length;
        const erase = (row: SealedAuditRow): SealedAuditRow => ({
          ...row,
          beforeText: null,
          afterText: null,
          erasedAt: '2026-12-01T00:00:00Z',
        });
        stored.rows = stored.rows.map((row, index) => (index === at ? erase(row) : row));
        expect(verify(stored)).toEqual({ ok: true, rows: facts.length, erased: 1 });
        stored.rows = stored.rows.map((row, index) => (index === at ? { ...row, action: `${row.action}!` } : row));
        expect(found(stored)).toEqual(['changed', at + 1]);
      }),
    );
  });

  it('goes on from an archived row', () => {
    const { rows, head } = store(['a', 'b', 'c', 'd'].map((id) => plainFacts(id)));
    const [, second, ...rest] = rows;
    const after = { seq: 2, hash: second?.hash ?? EMPTY_CHAIN.hash };
    const verifier = new ChainVerifier({ organizationId, chainKey, checkpointKey, after });
    verifier.add(rest);
    expect(verifier.finish({ head })).toEqual({ ok: true, rows: 2, erased: 0 });
  });
});

describe('ChainVerifier on touched chains', () => {
  it('names the row in which any one field was changed', () => {
    fc.assert(
      fc.property(someChain, somePlace, fc.constantFrom(...sealedFields), optional, (facts, place, field, value) => {
        const stored = store(facts);
        const at = place % facts.length;
        fc.pre(stored.rows[at]?.[field] !== value);
        stored.rows = stored.rows.map((row, index) => (index === at ? { ...row, [field]: value } : row));
        expect(found(stored)).toEqual(['changed', at + 1]);
      }),
      { numRuns: 300 },
    );
  });

  it('names the row whose seal was touched', () => {
    fc.assert(
      fc.property(
        someChain,
        somePlace,
        fc.constantFrom('hash' as const, 'prevHash' as const, 'detailsDigest' as const),
        (facts, place, field) => {
          const stored = store(facts);
          const at = place % facts.length;
          stored.rows = stored.rows.map((row, index) => (index === at ? { ...row, [field]: Buffer.alloc(32, 9) } : row));
          expect(found(stored)).toEqual(['changed', at + 1]);
        },
      ),
    );
  });

  it('names the first number of any rows taken out of the middle', () => {
    fc.assert(
      fc.property(someChain, somePlace, fc.integer({ min: 1, max: 3 }), (facts, place, count) => {
        const stored = store(facts);
        const at = place % (facts.length - 1);
        const gone = Math.min(count, facts.length - 1 - at);
        stored.rows = stored.rows.filter((_, index) => index < at || index >= at + gone);
        expect(found(stored)).toEqual(['missing', at + 1]);
      }),
    );
  });

  it('is not fooled when the rest is renumbered after a removal', () => {
    fc.assert(
      fc.property(someChain, somePlace, (facts, place) => {
        const stored = store(facts);
        const at = place % (facts.length - 1);
        stored.rows = stored.rows.filter((_, index) => index !== at).map((row, index) => ({ ...row, seq: index + 1 }));
        expect(found(stored)).toEqual(['reordered', at + 1]);
      }),
    );
  });

  it('names the first of two rows that changed places', () => {
    fc.assert(
      fc.property(someChain, somePlace, somePlace, (facts, one, other) => {
        const [low = 0, high = 0] = [one % facts.length, other % facts.length].sort((a, b) => a - b);
        fc.pre(low !== high);
        const stored = store(facts);
        const seqOf = (index: number): number => (index === low ? high : index === high ? low : index) + 1;
        stored.rows = stored.rows.map((row, index) => ({ ...row, seq: seqOf(index) }));
        expect(found(stored)).toEqual(['reordered', low + 1]);
      }),
    );
  });

  it('finds a row put in, whether the rest moves up or the number is used twice', () => {
    fc.assert(
      fc.property(someChain, somePlace, fc.boolean(), (facts, place, moveUp) => {
        const stored = store(facts);
        const at = place % facts.length;
        const model = stored.rows[at];
        fc.pre(model !== undefined);
        const forged = { ...model, id: 'forged', hash: rowHash(Buffer.alloc(32, 5), model) } as SealedAuditRow;
        const rest = stored.rows.map((row, index) => (moveUp && index >= at ? { ...row, seq: row.seq + 1 } : row));
        stored.rows = moveUp ? [...rest, forged] : [...rest.slice(0, at + 1), forged, ...rest.slice(at + 1)];
        expect(found(stored)).toEqual([moveUp ? 'changed' : 'duplicate', at + 1]);
      }),
    );
  });

  it('finds rows cut off at the tail, by the head', () => {
    fc.assert(
      fc.property(someChain, somePlace, (facts, place) => {
        const stored = store(facts);
        stored.rows = stored.rows.slice(0, place % facts.length);
        expect(found(stored)).toEqual(['tail-cut', (place % facts.length) + 1]);
      }),
    );
  });

  it('finds a tail cut together with its head by a checkpoint, and only by that', () => {
    fc.assert(
      fc.property(someChain, somePlace, (facts, place) => {
        const stored = store(facts, [facts.length]);
        const kept = place % facts.length;
        stored.rows = stored.rows.slice(0, kept);
        // An old head with its own old proof, as from a backup: nothing inside the database can tell.
        stored.head = kept === 0 ? undefined : headOf(kept, stored.rows.at(-1)?.hash ?? EMPTY_CHAIN.hash);
        expect(found({ ...stored, checkpoints: [] })).toBeUndefined();
        expect(found(stored)).toEqual(['tail-cut', kept + 1]);
      }),
    );
  });

  it('finds a chain written anew by somebody who has the chain key, by a checkpoint', () => {
    fc.assert(
      fc.property(someChain, somePlace, (facts, place) => {
        const honest = store(facts, [facts.length]);
        const at = place % facts.length;
        const forged = store(facts.map((row, index) => (index === at ? { ...row, actorId: `${row.actorId}!` } : row)));
        expect(found(forged)).toBeUndefined();
        expect(found({ ...forged, checkpoints: honest.checkpoints })).toEqual(['checkpoint-mismatch', facts.length]);
      }),
    );
  });
});

describe('ChainVerifier at the ends', () => {
  const untouched = (): Stored =>
    store(
      ['a', 'b', 'c', 'd'].map((id) => plainFacts(id)),
      [2],
    );
  const hashAt = (stored: Stored, seq: number): Buffer => stored.rows[seq - 1]?.hash ?? EMPTY_CHAIN.hash;

  it('finds a head without a proof, set back, pointed elsewhere, or gone', () => {
    const stored = untouched();
    expect(found({ ...stored, head: { seq: 4, hash: hashAt(stored, 4), mac: Buffer.alloc(32) } })).toEqual(['head-forged', 4]);
    expect(found({ ...stored, head: headOf(3, hashAt(stored, 3)) })).toEqual(['head-behind', 4]);
    expect(found({ ...stored, head: headOf(4, hashAt(stored, 3)) })).toEqual(['head-forged', 4]);
    expect(found({ ...stored, head: undefined })).toEqual(['head-missing', 4]);
  });

  it('finds checkpoints that were touched or belong to another organization', () => {
    const stored = untouched();
    const [point] = stored.checkpoints;
    const foreign = signCheckpoint(checkpointKey, { organizationId: 'org-2', seq: 2, hash: hashAt(stored, 2), at: '2026-11-21T00:00:00Z' });
    expect(found({ ...stored, checkpoints: point ? [{ ...point, at: '2026-11-22T00:00:00Z' }] : [] })).toEqual(['checkpoint-forged', 2]);
    expect(found({ ...stored, checkpoints: [foreign] })).toEqual(['checkpoint-forged', 2]);
  });

  it('finds a row of another organization, a row of another chain, and details on an erased row', () => {
    const stored = untouched();
    const change = (seq: number, by: Partial<SealedAuditRow>): Stored => ({
      ...stored,
      rows: stored.rows.map((row) => (row.seq === seq ? { ...row, ...by } : row)),
    });
    expect(found(change(3, { organizationId: 'org-2' }))).toEqual(['foreign-row', 3]);
    expect(found(change(3, { erasedAt: '2026-12-01T00:00:00Z' }))).toEqual(['changed', 3]);
    const fork = { ...plainFacts('x'), ...sealBatch(chainKey, { seq: 2, hash: Buffer.alloc(32, 3) }, [plainFacts('x')]).sealed[0] };
    expect(found(change(3, fork))).toEqual(['broken-link', 3]);
  });

  it('names the earliest of several faults and the row it stands in', () => {
    const stored = untouched();
    stored.rows = stored.rows.slice(0, 3).map((row) => (row.seq === 2 ? { ...row, action: 'other' } : row));
    expect(verify(stored)).toMatchObject({ ok: false, rows: 1, firstBad: { seq: 2, id: 'b', reason: 'changed' } });
  });

  it('names the earliest of the faults that the head and the checkpoints show, in whatever order they are looked at', () => {
    const stored = untouched();
    const forged = (seq: number): AuditCheckpoint =>
      signCheckpoint(Buffer.alloc(32, 8), { organizationId, seq, hash: hashAt(stored, seq), at: '2026-11-21T00:00:00Z' });
    const head = headOf(4, hashAt(stored, 3));
    expect(found({ ...stored, head, checkpoints: [forged(3), forged(2)] })).toEqual(['checkpoint-forged', 2]);
    expect(found({ ...stored, head, checkpoints: [forged(2), forged(3)] })).toEqual(['checkpoint-forged', 2]);
    expect(found({ ...stored, head, checkpoints: [forged(4)] })).toEqual(['head-forged', 4]);
  });

  it('stays with the first fault when the reader goes on after it', () => {
    const stored = untouched();
    const altered = stored.rows.map((row) => (row.seq === 2 ? { ...row, action: 'other' } : row));
    const verifier = new ChainVerifier({ organizationId, chainKey, checkpointKey });
    expect([verifier.add(altered.slice(0, 2)), verifier.add(altered.slice(3))]).toEqual([false, false]);
    expect(verifier.finish({ head: stored.head })).toMatchObject({ ok: false, rows: 1, firstBad: { seq: 2, reason: 'changed' } });
  });

  it('refuses rows that are not given in order', () => {
    const stored = untouched();
    const verifier = new ChainVerifier({ organizationId, chainKey, checkpointKey });
    expect([verifier.add(stored.rows.slice(0, 3)), verifier.add(stored.rows.slice(0, 1))]).toEqual([true, false]);
    expect(verifier.finish({ head: stored.head }).firstBad).toMatchObject({ seq: 1, reason: 'reordered' });
  });
});

function plainFacts(id: string): AuditFacts {
  return {
    id,
    organizationId,
    occurredAt: '2026-11-21T03:00:00Z',
    actorType: 'user',
    actorId: 'ada',
    onBehalfOf: null,
    action: 'lead.moved',
    resourceType: 'lead',
    resourceId: 'l-1',
    requestId: null,
    address: null,
    beforeText: '{}',
    afterText: '{}',
    erasedAt: null,
  };
}
