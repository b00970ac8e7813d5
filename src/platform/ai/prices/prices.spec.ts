import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PRICE_TABLE } from './price-table.js';
import { micros, Prices } from './prices.js';

const none = { tokensIn: 0, tokensOut: 0, audioSeconds: 0 };

describe('micros', () => {
  it('reads dollars exactly', () => {
    expect(['0', '0.15', '2.00', '10', '0.000001'].map(micros)).toEqual([0n, 150_000n, 2_000_000n, 10_000_000n, 1n]);
    for (const wrong of ['', '-1', '1.', '.5', '0.0000001', '1e3', 'free', '1,5']) expect(() => micros(wrong)).toThrow(RangeError);
  });
});

describe('Prices', () => {
  const prices = new Prices(['mine=0.20/0.60', 'even=0.5', 'free=0/0', 'a=b=1/2']);

  it('adds up tokens and rounds up once', () => {
    expect(prices.cost('gpt-4.1-mini', { ...none, tokensIn: 1_000_000, tokensOut: 1_000_000 })).toBe(2_000_000n);
    // 0.4 and 1.6 millionths make 2, not 1 + 2.
    expect(prices.cost('gpt-4.1-mini', { ...none, tokensIn: 1, tokensOut: 1 })).toBe(2n);
    expect(prices.cost('gpt-4.1-mini', { ...none, tokensIn: 1 })).toBe(1n);
    expect(prices.cost('gpt-4.1-mini', none)).toBe(0n);
    expect(prices.cost('whisper-1', { ...none, audioSeconds: 3600 })).toBe(360_000n);
    expect(prices.cost('whisper-1', { ...none, audioSeconds: 0.01 })).toBe(1n);
  });

  it('knows dated names of a model by the longest name they begin with', () => {
    expect(prices.of('gpt-4.1-mini-2025-04-14')).toEqual(prices.of('gpt-4.1-mini'));
    expect(prices.of('gpt-4.1-2025-04-14')).toEqual(prices.of('gpt-4.1'));
    expect(prices.of('gpt-4.1-mini')).not.toEqual(prices.of('gpt-4.1'));
  });

  it('takes the prices of the operator, and is dear where nobody knows', () => {
    const million = { ...none, tokensIn: 1_000_000, tokensOut: 1_000_000 };
    expect(['mine', 'even', 'free', 'a=b'].map((model) => prices.cost(model, million))).toEqual([800_000n, 1_000_000n, 0n, 3_000_000n]);
    expect(prices.cost('nobody-knows-it', million)).toBe(30_000_000n);
    expect(['nobody-knows-it', 'mine', 'gpt-4.1-2025-04-14'].map((model) => prices.knows(model))).toEqual([false, true, true]);
    expect(Object.keys(PRICE_TABLE.models).every((model) => prices.cost(model, { ...million, audioSeconds: 3600 }) > 0n)).toBe(true);
  });

  it('never asks less for more, and parts never cost less than the whole', () => {
    const amount = fc.nat({ max: 10_000_000 });
    const model = fc.constantFrom(...Object.keys(PRICE_TABLE.models), 'unknown');
    fc.assert(
      fc.property(model, amount, amount, fc.double({ min: 0, max: 1e6, noNaN: true }), (name, a, b, audioSeconds) => {
        const [whole, one, other] = [a + b, a, b].map((tokensIn) => prices.cost(name, { tokensIn, tokensOut: 0, audioSeconds: 0 })) as [
          bigint,
          bigint,
          bigint,
        ];
        expect(whole >= one && whole >= other && one + other >= whole && one + other <= whole + 1n).toBe(true);
        expect(
          prices.cost(name, { tokensIn: a, tokensOut: b, audioSeconds }) >=
            prices.cost(name, { tokensIn: a, tokensOut: b, audioSeconds: 0 }),
        ).toBe(true);
      }),
    );
  });
});
