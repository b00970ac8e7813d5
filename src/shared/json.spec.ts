import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, jsonPointer, mergePatch } from './json.js';

const object = fc.dictionary(fc.string(), fc.jsonValue());

describe('mergePatch', () => {
  // RFC 7396, appendix A
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{"a":1}', '{"__proto__":{"b":2}}', '{"a":1,"__proto__":{"b":2}}'],
  ])('%s with %s gives %s', (target, patch, result) => {
    const given: unknown = JSON.parse(target);
    expect(JSON.stringify(mergePatch(given, JSON.parse(patch)))).toBe(result);
    expect(JSON.stringify(given)).toBe(target);
  });

  it('does nothing more the second time, and leaves what the patch does not name', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(canonicalJson(mergePatch(once, patch))).toBe(canonicalJson(once));
        const untouched = Object.entries(target).filter(([name]) => !Object.hasOwn(patch, name));
        for (const entry of untouched) expect(Object.entries(Object(once))).toContainEqual(entry);
        for (const [name, value] of Object.entries(patch)) expect(Object.hasOwn(Object(once), name)).toBe(value !== null);
      }),
    );
  });
});

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
    [[333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
    [{ at: new Date(0), none: undefined, list: [undefined] }, '{"at":"1970-01-01T00:00:00.000Z","list":[null]}'],
    ['\u000f"\\/', '"\\u000f\\"\\\\/"'],
  ])('case %#', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('does not depend on the order of members, and means the same as JSON.stringify', () => {
    fc.assert(
      fc.property(object, (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([[undefined], [Number.NaN], [{ a: Infinity }], [[1n]]])('refuses %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('jsonPointer', () => {
  it.each([
    [[], ''],
    [['foo', 0], '/foo/0'],
    [[''], '/'],
    [['a/b', 'm~n', '~1'], '/a~1b/m~0n/~01'],
  ])('%j gives %j', (path, pointer) => {
    expect(jsonPointer(path)).toBe(pointer);
  });
});
