import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VECTOR_DIMENSIONS } from '../ai-types.js';
import { embedTexts, localEmbedding } from './local-embedding.js';
import { unit } from './projection.js';

const embed = (text: string): Float32Array => embedTexts([text])[0] ?? new Float32Array();
const cosine = (one: string, other: string): number => {
  const [a, b] = [embed(one), embed(other)];
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
};

const WORDS = (
  'supplier shall deliver goods within thirty days after receipt of each order invoice customer payment heart valve muscle lecture ' +
  'Bitcoin node wallet meeting budget phone website holiday garden river mountain bread music teacher window yellow quickly never'
).split(' ');
const sentence = fc.array(fc.constantFrom(...WORDS), { minLength: 8, maxLength: 40 }).map((words) => words.join(' '));

describe('embedTexts', () => {
  it('gives the vectors it has always given', () => {
    const texts = [
      '',
      'Acme Ltd',
      'The Supplier shall deliver the goods within 30 days.',
      'Jürgen Müller, Straße 5',
      '契約 Договор عقد',
      'a',
    ];
    const rounded = embedTexts(texts).map((vector) => Array.from(vector, (value) => Math.round(value * 10_000)).join());
    expect(createHash('sha256').update(rounded.join('\n')).digest('hex')).toBe(
      '3244db1326f7b7ef27f3e512767c7008a6d293ca11e04eecb556fd46bdb9030a',
    );
    expect(localEmbedding).toMatchObject({ name: 'local', model: 'concord-hash-v1', dimensions: 1024 });
  });

  it('gives a vector of unit length for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), sentence), (text) => {
        const vector = embed(text);
        expect(vector).toHaveLength(VECTOR_DIMENSIONS);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('gives each text its own vector whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 5 }), (texts) => {
        expect(embedTexts(texts)).toEqual(texts.map(embed));
      }),
      { numRuns: 30 },
    );
  });

  it('does not see case, accents, spaces and punctuation between words', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom('  ', '\n', '\t', ', ', '. ', ' - '), (text, gap) => {
        expect(embed(` ${text.toUpperCase().replaceAll(' ', gap)}! `)).toEqual(embed(text));
      }),
      { numRuns: 30 },
    );
    expect(embed('Müller, Łódź')).toEqual(embed('muller lodz'));
  });

  it('sees the order of words a little', () => {
    expect(cosine('seller pays buyer', 'buyer pays seller')).toBeGreaterThan(0.5);
    expect(embed('seller pays buyer')).not.toEqual(embed('buyer pays seller'));
  });

  it('puts a text with a word changed nearer than another text', () => {
    const nearness = fc.property(sentence, sentence, fc.nat(), (text, other, place) => {
      fc.pre(new Set([...text.split(' '), ...other.split(' ')]).size >= 12);
      const words = text.split(' ');
      const shared = words.filter((word) => other.split(' ').includes(word)).length;
      fc.pre(shared < words.length / 2);
      words[place % words.length] = 'umbrella';
      expect(cosine(text, words.join(' '))).toBeGreaterThan(cosine(text, other));
    });
    fc.assert(nearness, { numRuns: 100 });
  });

  it.each([
    ['the client cancelled the deal', 'the customer terminated the contract', 'the boat sank in the harbour'],
    ['Acme renewals are due', 'renewing Acme', 'Globex invoices are paid'],
    ['Kowalczyk asked for a quote', 'a proposal for Kowalcyzk', 'the weather was fine on Sunday'],
    ['governed by the laws of New York', 'the courts of Delaware have jurisdiction', 'insurance with coverage of at least $1,000,000'],
  ])('puts "%s" nearer to "%s" than to "%s"', (text, alike, other) => {
    expect(cosine(text, alike)).toBeGreaterThan(cosine(text, other) + 0.05);
  });

  it('knows a short name with a typing error', () => {
    expect(cosine('Jon Smiht', 'John Smith')).toBeGreaterThan(cosine('Jon Smiht', 'Maria Lopez') + 0.05);
  });
});

describe('unit', () => {
  it.each([[[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]], [[]]])('refuses %j, which has no direction', (values) => {
    expect(() => unit(values)).toThrow(RangeError);
  });
});
