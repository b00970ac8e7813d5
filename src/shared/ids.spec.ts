import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { NIL_ID, idFromInstant, isId, newId } from './ids.js';

const atClock = (millis: () => number, run: () => void): void => {
  const clock = jest.spyOn(Date, 'now').mockImplementation(millis);
  try {
    run();
  } finally {
    clock.mockRestore();
  }
};

describe('newId', () => {
  it('gives valid UUIDv7 of the present', () => {
    const before = idFromInstant(new Date());
    const id = newId();
    expect(isId(id)).toBe(true);
    expect(id > before).toBe(true);
    expect(id < idFromInstant(new Date(Date.now() + 10_000))).toBe(true);
  });

  it('is sorted as made, whatever the clock does', () => {
    let now = Date.now() + 60_000;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 200 }), (steps) => {
        const ids: string[] = [];
        atClock(
          () => now,
          () => {
            for (const step of steps) {
              now += step;
              ids.push(newId());
            }
          },
        );
        expect(ids).toEqual([...new Set(ids)].sort());
        expect(ids.every(isId)).toBe(true);
      }),
    );
  });

  it('stays sorted when more ids are made in a millisecond than the counter holds', () => {
    const now = Date.now() + 120_000;
    const ids: string[] = [];
    atClock(
      () => now,
      () => {
        for (let i = 0; i < 10_000; i++) ids.push(newId());
      },
    );
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.every(isId)).toBe(true);
  });
});

describe('isId', () => {
  it.each([
    ['0190163d-8694-739b-aea5-966c26f8ad91', true],
    ['0190163D-8694-739B-AEA5-966C26F8AD91', false],
    ['0190163d-8694-439b-aea5-966c26f8ad91', false],
    ['0190163d-8694-739b-cea5-966c26f8ad91', false],
    ['0190163d8694739baea5966c26f8ad91', false],
    ['0190163d-8694-739b-aea5-966c26f8ad91\n', false],
    [NIL_ID, false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isId(text)).toBe(expected);
  });
});

describe('idFromInstant', () => {
  it('is the first id of its millisecond', () => {
    expect(idFromInstant(new Date('2022-02-22T19:22:22.000Z'))).toBe('017f22e2-79b0-7000-8000-000000000000');
    expect(isId(idFromInstant(new Date(0)))).toBe(true);
  });

  it('refuses instants that do not fit', () => {
    expect(() => idFromInstant(new Date(-1))).toThrow(RangeError);
    expect(() => idFromInstant(new Date(Number.NaN))).toThrow(RangeError);
  });
});
