import { describe, expect, it } from '@jest/globals';
import { candidatePairs } from './candidate-pairs.js';
import { clusterLinks } from './clusters.js';
import { findDuplicates, matchAgainst } from './find-duplicates.js';
import { fitModel } from './fit-model.js';
import { matchKeys } from './match-keys.js';
import { DEFAULT_MODEL } from './match-model.js';
import type { MatchRecord } from './match-record.js';
import { prepareRecord } from './match-record.js';

/** A seeded generator, so that a failure can be seen again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SYLLABLES = 'ba ko mi ra ten sol ver dun lak hol pre sti nor wel gar fin'.split(' ');

/** People with addresses that households share, and for every third one a second record with typing errors. */
function town(people: number): MatchRecord[] {
  const next = numbers(7);
  const word = () => Array.from({ length: 2 + next(2) }, () => SYLLABLES[next(SYLLABLES.length)]).join('');
  const [firsts, lasts, streets] = [60, 120, 150].map((size) => Array.from({ length: size }, word));
  const pick = (list: string[] | undefined) => list?.[next(list.length)] ?? '';
  const records: MatchRecord[] = [];
  let home = { last: '', street: '', number: '', postcode: '' };
  for (let at = 0; at < people; at++) {
    if (at % 5 !== 0)
      home = { last: pick(lasts), street: `${pick(streets)} street`, number: String(1 + next(90)), postcode: String(2000 + next(500)) };
    const born = `${1930 + next(70)}-${String(1 + next(12)).padStart(2, '0')}-${String(1 + next(28)).padStart(2, '0')}`;
    const attributes = {
      street: home.street,
      number: home.number,
      postcode: home.postcode,
      born,
      card: String(1_000_000 + next(8_999_999)),
    };
    const person = { id: `p${at}`, name: `${pick(firsts)} ${home.last}`, attributes };
    records.push(person);
    if (at % 3 === 0) records.push({ id: `p${at}-again`, ...misspelt(person, next) });
  }
  return records;
}

function misspelt(person: MatchRecord, next: (below: number) => number): Omit<MatchRecord, 'id'> {
  const spoil = (text: string) => {
    const at = next(text.length);
    return text.slice(0, at) + (/\d/.test(text.charAt(at)) ? String(next(10)) : 'x') + text.slice(at + 1);
  };
  const attributes = { ...person.attributes };
  const key = Object.keys(attributes)[next(5)] ?? 'street';
  attributes[key] = next(3) === 0 ? '' : spoil(attributes[key] ?? '');
  return { name: next(2) === 0 ? spoil(person.name) : person.name.split(' ').reverse().join(' '), attributes };
}

const isTrue = (left: string, right: string) => left.replace('-again', '') === right.replace('-again', '');

describe('findDuplicates', () => {
  const records = town(300);
  const truth = records.filter(({ id }) => id.endsWith('-again')).length;

  it('finds the misspelt and leaves households alone, without labels', () => {
    const found = findDuplicates(records);
    const right = found.pairs.filter((pair) => isTrue(pair.leftId, pair.rightId)).length;
    const sums = found.pairs.map(({ base, factors }) => factors.reduce((sum, factor) => sum + factor.weight, base));
    for (const [at, pair] of found.pairs.entries()) expect(sums[at]).toBeCloseTo(pair.weight, 0);
    expect(right / found.pairs.length).toBeGreaterThan(0.98);
    expect(right / truth).toBeGreaterThan(0.97);
    expect(found.clusters.every((cluster) => cluster.length === 2)).toBe(true);
  });

  it('finds next to nothing where there are no duplicates', () => {
    expect(findDuplicates(records.filter(({ id }) => !id.endsWith('-again'))).pairs.length).toBeLessThanOrEqual(2);
  });

  it('does not depend on the names of the columns or on the order of the records', () => {
    const renamed = records.map((record) => ({
      ...record,
      attributes: Object.fromEntries(
        Object.entries(record.attributes).map(([key, value]) => [`c${'number street card born postcode'.indexOf(key)}`, value]),
      ),
    }));
    const ids = (list: MatchRecord[]) =>
      findDuplicates(list)
        .pairs.map((pair) => [pair.leftId, pair.rightId].sort().join())
        .sort();
    const expected = ids(records);
    const agreeing = ids(renamed.toReversed()).filter((pair) => expected.includes(pair)).length;
    expect(agreeing / expected.length).toBeGreaterThan(0.97);
  });

  it('weighs agreement on a rare value more', () => {
    const people = Array.from({ length: 200 }, (_, at) => ({
      id: `${at}`,
      name: at % 2 ? 'Anna Smith' : `Anna Q${SYLLABLES[at % 16]}${at}`,
      attributes: {},
    }));
    const model = fitModel(people);
    const last = model.fields.get('name.last');
    expect(last?.values?.get('smith') ?? 0).toBeGreaterThan((last?.rareValue ?? 1) * 10);
  });

  it('leaves out the numbers of another system, alike as they are', () => {
    const numbered = records.map((record, at) => ({ ...record, attributes: { ...record.attributes, no: `rec-${1000 + at}` } }));
    const [plain, found] = [findDuplicates(records), findDuplicates(numbered)];
    expect(found.pairs.map((pair) => pair.leftId)).toEqual(plain.pairs.map((pair) => pair.leftId));
    expect(found.pairs.flatMap((pair) => pair.factors).filter((factor) => factor.field === 'attributes.no')).toEqual([]);
  });

  it('takes few records as they come', () => {
    expect(findDuplicates([]).pairs).toEqual([]);
    expect(fitModel(records.slice(0, 5))).toBe(DEFAULT_MODEL);
    const twice = findDuplicates([records[0], { ...records[0], id: 'copy' }].filter((one) => one !== undefined));
    expect(twice.clusters).toEqual([['p0', 'copy']]);
  });

  it('compares a number of pairs that grows with the records, even when all are alike', () => {
    const alike = Array.from({ length: 3000 }, (_, at) =>
      prepareRecord({ id: `${at}`, name: 'Anna Smith', company: `Acme ${at % 70}`, attributes: {} }),
    );
    expect(candidatePairs(alike).length / 2).toBeLessThan(3000 * 20 + 10_000);
  });
});

describe('matchAgainst', () => {
  it('finds the known record of a new one, strongest first, and not itself', () => {
    const known = [
      { id: '1', name: 'Anna Smith', email: 'anna@smith.org', attributes: {} },
      { id: '2', name: 'Anna Smith', attributes: {} },
      { id: '3', name: 'Walter Miller', attributes: {} },
    ];
    const found = matchAgainst(
      [{ id: 'new', name: 'Anna Smith', email: 'anna@smith.org', attributes: {} }, ...known.slice(2)],
      known,
      DEFAULT_MODEL,
    );
    expect(found.map((pair) => pair.rightId)).toEqual(['1', '2']);
  });
});

describe('matchKeys', () => {
  it('gives similar records a common key', () => {
    const keys = (fields: Partial<MatchRecord>) => new Set(matchKeys({ id: 'a', name: 'Anna Smith', attributes: {}, ...fields }));
    const meet = (a: Partial<MatchRecord>, b: Partial<MatchRecord>) => [...keys(a)].some((key) => keys(b).has(key));
    expect(meet({}, { name: 'smith, anna' })).toBe(true);
    expect(meet({}, { name: 'Ana Smyth' })).toBe(true);
    expect(meet({}, { name: 'Walter Miller' })).toBe(false);
    expect(meet({ phone: '+49 30 1234567' }, { name: 'W', phone: '030 1234567' })).toBe(true);
    expect(meet({ email: 'a.smith@x.com' }, { name: 'W', email: 'asmith@y.org' })).toBe(true);
    expect(meet({ attributes: { card: '123-456-7' } }, { name: 'W', attributes: { card: '1234567' } })).toBe(true);
  });
});

describe('clusterLinks', () => {
  const chain = [
    { left: 0, right: 1, weight: 9 },
    { left: 1, right: 2, weight: 8 },
    { left: 2, right: 3, weight: 7 },
  ];

  it('joins what is linked', () => expect(clusterLinks(chain, () => false)).toEqual([[0, 1, 2, 3]]));

  it('does not chain records that contradict each other', () => {
    expect(clusterLinks(chain, (a, b) => Math.abs(a - b) === 2)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});
