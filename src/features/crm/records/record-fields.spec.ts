import { describe, expect, it } from '@jest/globals';
import { accepts } from '../../../platform/http/shapes/shape-pipe.js';
import { mergedAttributes, nameKey, searchText } from './record-content.js';
import { Attributes, attributesComplaint, DomainList, domainOf, EmailList, PhoneList } from './record-fields.js';

class Record {
  @DomainList({ optional: true }) domains?: string[];
  @EmailList({ optional: true }) emails?: string[];
  @PhoneList({ optional: true }) phones?: string[];
  @Attributes({ optional: true }) attributes?: object;
}

describe('domainOf', () => {
  it.each([
    ['Example.com', 'example.com'],
    [' https://www.example.com/about?x#y ', 'example.com'],
    ['http://example.com:8080', 'example.com'],
    ['info@example.com', 'example.com'],
    ['www.bücher.example.', 'bücher.example'],
    ['sub.example.co.uk', 'sub.example.co.uk'],
    ['example', undefined],
    ['exa mple.com', undefined],
    ['-a.example', undefined],
    [`${'a.'.repeat(130)}example`, undefined],
  ])('makes %s to %s', (text, expected) => {
    expect(domainOf(text)).toBe(expected);
  });
});

describe('lists of a record', () => {
  it.each([
    [{ domains: ['example.com'], emails: ['a@example.com'], phones: [' +351 21 000 0000 '] }, true],
    [{ domains: ['gmail.com'] }, false],
    [{ domains: ['x'] }, false],
    [{ domains: 'example.com' }, false],
    [{ emails: ['a'] }, false],
    [{ emails: Array.from({ length: 11 }, (_, n) => `a${n}@example.com`) }, false],
    [{ phones: ['call me'] }, false],
    [{ phones: [5] }, false],
  ])('%j is %s', (given, expected) => {
    expect(accepts(Record, given)).toBe(expected);
  });
});

describe('attributesComplaint', () => {
  it.each([
    [{ a: 'x', b: 1.5, c: true, d: ['x', 2, false] }, undefined],
    [{}, undefined],
    ['x', 'type'],
    [{ A: 'x' }, 'key'],
    [{ a: null }, 'type'],
    [{ a: { b: 1 } }, 'type'],
    [{ a: [['x']] }, 'type'],
    [{ a: [null] }, 'type'],
    [{ a: Number.POSITIVE_INFINITY }, 'type'],
    [{ a: 'x'.repeat(1001) }, 'too-long'],
    [{ a: 'x\u0000' }, 'control-characters'],
    [{ a: Array.from({ length: 51 }, () => 1) }, 'count'],
    [Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 1])), 'too-many'],
    [Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, 'x'.repeat(1000)])), 'too-long'],
  ])('%# is right', (given, code) => {
    expect(attributesComplaint(given)?.code).toBe(code);
  });
});

describe('mergedAttributes', () => {
  it('sets, removes, keeps and clears', () => {
    expect(mergedAttributes({ a: 1, b: 2 }, { a: null, c: 3 })).toEqual({ b: 2, c: 3 });
    expect(mergedAttributes({ a: 1 }, undefined)).toEqual({ a: 1 });
    expect(mergedAttributes({ a: 1 }, null)).toEqual({});
    expect(() => mergedAttributes({ a: 1 }, { B: 1 })).toThrow('Some fields are not right');
  });
});

describe('keys', () => {
  it('are folded and short', () => {
    expect(nameKey(` Łódź ${'x'.repeat(500)}`)).toHaveLength(200);
    expect(searchText('Ána', null, 'A@b.C')).toBe('ana a@b.c');
  });
});
