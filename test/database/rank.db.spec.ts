import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { RANK_SQL } from '../../migrations/sql/rank.js';
import { isRank, rankBetween } from '../../src/shared/rank.js';

type Gap = [before: string | null, after: string | null, jitter: string];

const digit = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const jitter = fc.string({ unit: digit, minLength: 0, maxLength: 6 });
const edge = fc.constantFrom('0', 'z', 'Z', 'a', 'A', '1');
const key = fc
  .oneof(fc.string({ unit: digit, minLength: 1, maxLength: 14 }), fc.string({ unit: edge, minLength: 1, maxLength: 30 }))
  .filter(isRank);
const gap: fc.Arbitrary<Gap> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(key, key, jitter).filter(([one, other]) => one !== other) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(key, fc.string({ unit: edge, minLength: 1 }), jitter)
      .map(([one, more, tail]): Gap => [one, `${one}${more}1`, tail]),
  },
  { weight: 1, arbitrary: fc.tuple(key, fc.constant(null), jitter) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(null), key, jitter) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(null), fc.constant(null), jitter) },
);

const inOrder = ([one, other, tail]: Gap): Gap => (one !== null && other !== null && one > other ? [other, one, tail] : [one, other, tail]);

describe('concord_rank_between', () => {
  const client = new pg.Client({ connectionString: process.env.CONCORD_TEST_OWNER_URL });

  // A schema of its own, rolled back: the test runs against the text of this commit, whatever is installed.
  beforeAll(async () => {
    await client.connect();
    await client.query('begin');
    await client.query('create schema rank_test');
    await client.query('set local search_path to rank_test');
    await client.query(RANK_SQL);
  });

  afterAll(async () => {
    await client.query('rollback');
    await client.end();
  });

  async function ranksInSql(gaps: readonly Gap[]): Promise<string[]> {
    const { rows } = await client.query<{ rank: string }>(
      `select concord_rank_between(b, a, j) as rank from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (b, a, j, n) order by n`,
      [gaps.map(([before]) => before), gaps.map(([, after]) => after), gaps.map(([, , tail]) => tail)],
    );
    return rows.map((row) => row.rank);
  }

  it('gives the keys of rankBetween, byte for byte', async () => {
    const gaps = fc.sample(gap, 4000).map(inOrder);
    expect(await ranksInSql(gaps)).toEqual(gaps.map((each) => rankBetween(...each)));
  });

  it('crosses every length of whole number as rankBetween does', async () => {
    const heads = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
    const ends = heads.flatMap((head, i) => ['0', 'z'].map((fill) => `${head}${fill.repeat(i < 26 ? 26 - i : i - 25)}1`));
    const gaps = ends.flatMap((end): Gap[] => [
      [end, null, 'JJJJJ'],
      [null, end, 'JJJJ0'],
    ]);
    expect(await ranksInSql(gaps)).toEqual(gaps.map((each) => rankBetween(...each)));
  });

  it.each<[string | null, string | null, string | null]>([
    ['a1', 'a1', 'JJJJJ'],
    ['b1', 'a1', 'JJJJJ'],
    ['a10', null, 'JJJJJ'],
    [null, '', 'JJJJJ'],
    ['a-1', null, 'JJJJJ'],
    ['a1\n', null, 'JJJJJ'],
    ['a\\x1', 'b1', 'JJJJJ'],
    ['a1', null, 'ä'],
    ['a1', null, null],
  ])('refuses %j, %j with the jitter %j', async (before, after, tail) => {
    await client.query('savepoint refused');
    const answer = client.query('select concord_rank_between($1, $2, $3)', [before, after, tail]);
    await expect(answer).rejects.toMatchObject({ code: '22023' });
    await client.query('rollback to savepoint refused');
  });
});
