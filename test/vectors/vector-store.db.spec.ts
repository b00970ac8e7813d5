import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { embedTexts } from '../../src/platform/ai/embedding/local-embedding.js';
import { bytesOf, checkedVector, cosine, vectorOf } from '../../src/platform/ai/vectors/vector-codec.js';
import { NEAREST_EXACT } from '../../src/platform/ai/vectors/vector-statements.js';
import { VectorStore } from '../../src/platform/ai/vectors/vector-store.js';
import { newId } from '../../src/shared/ids.js';
import { scopeOf, type Services, startServices } from '../organizations/services.js';

const SPACE = { kind: 'clause', engine: 'local', model: 'concord-hash-v1' };
const store = new VectorStore();

const SUBJECTS = 'supplier customer licensee distributor employee bank landlord student teacher doctor'.split(' ');
const VERBS = 'delivers pays returns inspects cancels insures repairs assigns records reports'.split(' ');
const OBJECTS = 'goods invoices software vehicles samples premises royalties books patents wages'.split(' ');
const TEXTS = SUBJECTS.flatMap((subject, s) =>
  VERBS.flatMap((verb, v) => OBJECTS.map((object, o) => `The ${subject} ${verb} ${object} ${s * 37 + v} times in ${1900 + v * 10 + o}.`)),
);

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.close());

const newScope = () => scopeOf(newId(), newId());
type Scope = ReturnType<typeof newScope>;

const chunksOf = (texts: readonly string[]) => embedTexts(texts).map((vector, at) => ({ text: texts[at] ?? '', vector }));
const put = (scope: Scope, ownerId: string, texts: readonly string[], space = SPACE) =>
  services.db.writeOne(scope, (tx) => store.put(tx, space, [{ ownerId, chunks: chunksOf(texts) }]));
const nearest = (scope: Scope, text: string, k: number, space = SPACE) =>
  services.db.read(scope, (tx) => store.nearest(tx, space, { vector: embedTexts([text])[0] ?? new Float32Array(), k }));

describe('vectors of an organization', () => {
  it('are found by what they say, nearest first', async () => {
    const [scope, first, second] = [newScope(), newId(), newId()];
    await put(scope, first, ['payment within thirty days of the invoice', 'governed by the laws of Ohio']);
    await put(scope, second, ['the heart pumps blood']);
    const found = await nearest(scope, 'Invoices are paid in 30 days', 3);
    expect(found.map(({ ownerId, chunk }) => [ownerId, chunk])[0]).toEqual([first, 0]);
    expect(found).toHaveLength(3);
    expect([...found].sort((one, other) => other.similarity - one.similarity)).toEqual(found);
    const [same] = await nearest(scope, 'the heart pumps blood', 1);
    expect(same).toMatchObject({ ownerId: second, chunk: 0 });
    expect(same?.similarity).toBeCloseTo(1, 5);
  });

  it('are replaced as a whole, and the same text is left alone', async () => {
    const [scope, owner] = [newScope(), newId()];
    const rows = async () =>
      (
        await services.database.owner.query<{ chunk: number; row: string }>(
          'select chunk, xmin::text as row from vectors where owner_id = $1 order by chunk',
          [owner],
        )
      ).rows;
    await put(scope, owner, ['one', 'two', 'three']);
    const before = await rows();
    await put(scope, owner, ['one', 'zwei']);
    const after = await rows();
    expect(after.map(({ chunk }) => chunk)).toEqual([0, 1]);
    expect(after[0]?.row).toBe(before[0]?.row);
    expect(after[1]?.row).not.toBe(before[1]?.row);
    await put(scope, owner, []);
    expect(await rows()).toEqual([]);
  });

  it('tell which owners need not be embedded again', async () => {
    const [scope, one, two, none] = [newScope(), newId(), newId(), newId()];
    await put(scope, one, ['a', 'b']);
    await put(scope, two, ['c'], { ...SPACE, model: 'other' });
    const asked = (texts: string[]) =>
      services.db.read(scope, async (tx) => [
        ...(await store.unchanged(tx, SPACE, [
          { ownerId: one, texts },
          { ownerId: two, texts: ['c'] },
          { ownerId: none, texts: [] },
        ])),
      ]);
    expect(await asked(['a', 'b'])).toEqual([one, none]);
    expect(await asked(['b', 'a'])).toEqual([none]);
    expect(await asked(['a'])).toEqual([none]);
  });

  it('go when they are removed, of that kind alone', async () => {
    const [scope, owner] = [newScope(), newId()];
    await put(scope, owner, ['a']);
    await put(scope, owner, ['a'], { ...SPACE, kind: 'lead' });
    await services.db.writeOne(scope, (tx) => store.remove(tx, 'clause', [owner]));
    expect(await nearest(scope, 'a', 5)).toEqual([]);
    expect(await nearest(scope, 'a', 5, { ...SPACE, kind: 'lead' })).toHaveLength(1);
  });

  it('are never compared with those of another engine, model or kind', async () => {
    const [scope, owner] = [newScope(), newId()];
    await put(scope, owner, ['a']);
    for (const other of [{ engine: 'voyage' }, { model: 'concord-hash-v2' }, { kind: 'lead' }])
      expect(await nearest(scope, 'a', 5, { ...SPACE, ...other })).toEqual([]);
    await put(scope, owner, ['a'], { ...SPACE, model: 'concord-hash-v2' });
    expect(await nearest(scope, 'a', 5)).toEqual([]);
  });

  it('are not seen, changed or removed by another organization', async () => {
    const [scope, stranger, owner] = [newScope(), newScope(), newId()];
    await put(scope, owner, ['secret']);
    expect(await nearest(stranger, 'secret', 5)).toEqual([]);
    await services.db.writeOne(stranger, (tx) => store.remove(tx, SPACE.kind, [owner]));
    await put(stranger, owner, ['mine']);
    expect(await nearest(scope, 'secret', 5)).toEqual([{ ownerId: owner, chunk: 0, similarity: expect.closeTo(1, 5) }]);
    // With the organization of the condition forged, the policy still stands.
    const signs = '1'.repeat(1024);
    const forged = [scope.organizationId, SPACE.kind, SPACE.engine, SPACE.model, signs, 10];
    expect(await services.db.read(stranger, (tx) => tx.query(NEAREST_EXACT, forged))).toEqual([]);
    expect(await services.db.read(scope, (tx) => tx.query(NEAREST_EXACT, forged))).toHaveLength(1);
  });

  it('refuses what is no vector of the space, and asks for nothing when nothing is wanted', async () => {
    const [scope, ownerId] = [newScope(), newId()];
    for (const vector of [new Float32Array(1023).fill(1), new Float32Array(1024), new Float32Array(1024).fill(Number.NaN)]) {
      const attempt = services.db.writeOne(scope, (tx) => store.put(tx, SPACE, [{ ownerId, chunks: [{ text: 'x', vector }] }]));
      await expect(attempt).rejects.toThrow(RangeError);
    }
    expect(await nearest(scope, 'a', 0)).toEqual([]);
    await services.db.writeOne(scope, (tx) => store.put(tx, SPACE, []));
    await services.db.writeOne(scope, (tx) => store.remove(tx, SPACE.kind, []));
  });
});

describe('the search among a thousand', () => {
  it('finds at least 97 of 100 of what comparing all floats finds', async () => {
    const scope = newScope();
    const owners = TEXTS.map((text) => ({ ownerId: newId(), chunks: chunksOf([text]) }));
    await services.db.writeOne(scope, (tx) => store.put(tx, SPACE, owners));
    const asked = TEXTS.filter((_, at) => at % 97 === 0).map((text) => text.replace('The ', 'Every '));
    let found = 0;
    for (const text of asked) {
      const vector = checkedVector(embedTexts([text])[0] ?? []);
      const scored = owners.map(({ ownerId, chunks: [chunk] }) => ({ ownerId, score: cosine(vector, bytesOf(chunk?.vector ?? vector)) }));
      const exact = scored.sort((one, other) => other.score - one.score).slice(0, 10);
      const answer = new Set((await nearest(scope, text, 10)).map(({ ownerId }) => ownerId));
      found += exact.filter(({ ownerId }) => answer.has(ownerId)).length;
    }
    expect(asked.length).toBeGreaterThan(10);
    expect(found / (asked.length * 10)).toBeGreaterThanOrEqual(0.97);
  });
});

describe('a stored vector', () => {
  it('is read back as it was', () => {
    const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(floats, (values) => {
        const vector = Float32Array.from(values);
        expect(vectorOf(bytesOf(vector))).toEqual(vector);
      }),
    );
  });
});
