import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from './json-document.js';
import { schemaChanges } from './schema-changes.js';

const compare =
  (direction: 'request' | 'response') =>
  (before: Json, after: Json, schemas: readonly [JsonObject, JsonObject] = [{}, {}]): string[] =>
    schemaChanges(
      { direction, documents: [{ components: { schemas: schemas[0] } }, { components: { schemas: schemas[1] } }], path: '$' },
      before,
      after,
    ).map(({ path, message }) => `${path} ${message}`);
const request = compare('request');
const response = compare('response');
const object = (properties: JsonObject, required: string[] = [], rest: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required,
  ...rest,
});
const text: JsonObject = { type: 'string' };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

describe('schemaChanges of types', () => {
  it('takes an integer for a number, one way', () => {
    expect(request({ type: 'integer' }, { type: 'number' })).toEqual([]);
    expect(request({ type: 'number' }, { type: 'integer' })).toEqual(['$ The type changed from number to integer.']);
    expect(response({ type: 'number' }, { type: 'integer' })).toEqual([]);
    expect(response({ type: 'integer' }, { type: 'number' })).toEqual(['$ The type changed from integer to number.']);
  });

  it('reports a new type once, in either direction', () => {
    expect(request(text, { type: 'boolean', enum: [true] })).toEqual(['$ The type changed from string to boolean.']);
    expect(response(text, {})).toEqual(['$ The type changed from string to anything.']);
    expect(request({}, text)).toEqual(['$ The type changed from anything to string.']);
    expect(request(text, { type: ['string', 'number'] })).toEqual([]);
    expect(response({ type: ['string', 'number'] }, text)).toEqual([]);
  });

  it('knows every way to write "or null"', () => {
    const ways: JsonObject[] = [
      { type: ['string', 'null'] },
      { anyOf: [text, { type: 'null' }] },
      { oneOf: [{ type: 'null' }, text] },
      { type: 'string', nullable: true },
      { anyOf: [ref('Text'), { type: 'null' }] },
    ];
    const schemas = [{ Text: text }, { Text: text }] as const;
    for (const way of ways) {
      expect(response(text, way, schemas)).toEqual(['$ It may now be null.']);
      expect(response(way, text, schemas)).toEqual([]);
      expect(request(way, text, schemas)).toEqual(['$ Null is no longer accepted.']);
      expect(request(text, way, schemas)).toEqual([]);
      for (const other of ways) expect([...request(way, other, schemas), ...response(way, other, schemas)]).toEqual([]);
    }
  });
});

describe('schemaChanges of values and limits', () => {
  it('minds fewer values in requests only, and more values nowhere', () => {
    const [few, many] = [
      { type: 'string', enum: ['a', 'b'] },
      { type: 'string', enum: ['a', 'b', 'c'] },
    ];
    expect(request(many, few)).toEqual(['$ No longer accepted: "c".']);
    expect(request(text, few)).toEqual(['$ Only these values are accepted now: "a", "b".']);
    expect(request({ type: 'string', enum: ['a', 'b'] }, { type: 'string', const: 'a' })).toEqual(['$ No longer accepted: "b".']);
    expect([...request(few, many), ...request(few, text), ...response(few, many), ...response(many, few)]).toEqual([]);
  });

  it.each([
    ['minLength', 2, 3],
    ['minItems', undefined, 1],
    ['minimum', undefined, 0],
    ['exclusiveMinimum', 1, 2],
    ['maxLength', 10, 9],
    ['maxItems', undefined, 100],
    ['maximum', undefined, 5],
    ['pattern', undefined, '^a'],
    ['format', 'date', 'date-time'],
    ['multipleOf', undefined, 5],
    ['uniqueItems', undefined, true],
  ])('minds %s from %j to %j in requests', (keyword, before, after) => {
    const of = (value: Json | undefined): JsonObject => (value === undefined ? {} : { [keyword]: value });
    expect(request(of(before), of(after))).toEqual([
      `$ ${keyword} changed from ${JSON.stringify(before) ?? 'nothing'} to ${JSON.stringify(after)}.`,
    ]);
    if (keyword !== 'format') {
      expect(request(of(after), of(before))).toEqual([]);
      expect([...response(of(before), of(after)), ...response(of(after), of(before))]).toEqual([]);
    }
  });

  it('does not mind a limit that says what was always so', () => {
    expect(request(text, { type: 'string', minLength: 0 })).toEqual([]);
  });

  it('minds another format in responses', () => {
    expect(response({ type: 'string', format: 'date' }, { type: 'string', format: 'date-time' })).toHaveLength(1);
    expect(response({ type: 'string', format: 'date' }, text)).toHaveLength(1);
    expect(response(text, { type: 'string', format: 'date' })).toEqual([]);
  });
});

describe('schemaChanges of objects and lists', () => {
  it('minds properties that responses lose or no longer promise', () => {
    const before = object({ a: text, b: text }, ['a', 'b']);
    expect(response(before, object({ a: text }, ['a']))).toEqual(['$.b The property is gone.']);
    expect(response(before, object({ a: text, b: text }, ['a']))).toEqual(['$.b The property may now be absent.']);
    expect(response(before, object({ a: text, b: text, c: text }, ['a', 'b', 'c']))).toEqual([]);
  });

  it('minds properties that requests must newly have or may no longer have', () => {
    const before = object({ a: text, b: text }, ['a']);
    expect(request(before, object({ a: text, b: text, c: text }, ['a', 'c']))).toEqual(['$.c The property is now required.']);
    expect(request(before, object({ a: text, b: text }, ['a', 'b']))).toEqual(['$.b The property is now required.']);
    expect(request(before, object({ a: text }, ['a']))).toEqual(['$.b The property is no longer accepted.']);
    expect(request(before, object({ a: text, b: text, c: text }, []))).toEqual([]);
    expect(request(before, { ...before, additionalProperties: false })).toEqual(['$ Other properties are no longer accepted.']);
  });

  it('looks into lists, maps, references and allOf', () => {
    const deep = (leaf: Json): JsonObject =>
      object({
        list: { type: 'array', items: { type: 'object', additionalProperties: { allOf: [object({ x: text }), object({ y: leaf })] } } },
      });
    expect(request(deep({ type: 'number' }), deep({ type: 'integer' }))).toEqual(['$.list[].*.y The type changed from number to integer.']);
    expect(response(ref('A'), ref('B'), [{ A: ref('Same'), Same: object({ x: text }, ['x']) }, { B: object({ x: text }) }])).toEqual([
      '$.x The property may now be absent.',
    ]);
    expect(request({ type: 'array', items: text }, { type: 'array' })).toEqual([]);
    expect(response({ type: 'array', items: text }, { type: 'array' })).toEqual(['$[] The type changed from string to anything.']);
  });

  it('comes to an end on schemas that contain themselves', () => {
    const tree = (leaf: JsonObject): JsonObject => object({ leaf, children: { type: 'array', items: ref('Tree') } });
    expect(request(ref('Tree'), ref('Tree'), [{ Tree: tree({ type: 'number' }) }, { Tree: tree({ type: 'integer' }) }])).toContain(
      '$.leaf The type changed from number to integer.',
    );
    expect(response(ref('Tree'), ref('Tree'), [{ Tree: tree(text) }, { Tree: tree(text) }])).toEqual([]);
    const heirs = {
      Pet: { oneOf: [ref('Cat'), ref('Dog')] },
      Cat: { allOf: [ref('Pet'), object({ purrs: text })] },
      Dog: { allOf: [ref('Pet')] },
    };
    expect(response(ref('Pet'), ref('Pet'), [heirs, heirs])).toEqual([]);
  });

  it('says which reference is broken', () => {
    expect(() => request(ref('Nobody'), text)).toThrow(/#\/components\/schemas\/Nobody/);
  });
});

describe('schemaChanges of choices', () => {
  const cat = object({ kind: { const: 'cat' }, lives: { type: 'integer' } }, ['kind', 'lives']);
  const dog = object({ kind: { const: 'dog' }, tricks: text }, ['kind', 'tricks']);
  const fish = object({ kind: { const: 'fish' }, depth: text }, ['kind', 'depth']);

  it('lets requests offer more forms and responses fewer', () => {
    expect(request({ oneOf: [cat, dog] }, { oneOf: [fish, dog, cat] })).toEqual([]);
    expect(response({ oneOf: [cat, dog, fish] }, { oneOf: [dog, cat] })).toEqual([]);
    expect(request(cat, { anyOf: [dog, cat] })).toEqual([]);
    expect(response({ anyOf: [cat, dog] }, dog)).toEqual([]);
  });

  it('minds a form that requests lose or responses gain', () => {
    expect(request({ oneOf: [cat, dog] }, { oneOf: [cat, fish] })).not.toEqual([]);
    expect(response({ oneOf: [cat, dog] }, { oneOf: [cat, dog, fish] })).not.toEqual([]);
    expect(response(cat, { oneOf: [cat, dog] })).not.toEqual([]);
  });

  it('compares null once, for the whole', () => {
    expect(response({ oneOf: [cat, dog] }, { oneOf: [cat, dog, { type: 'null' }] })).toEqual(['$ It may now be null.']);
    expect(request({ oneOf: [cat, dog, { type: 'null' }] }, { oneOf: [cat, dog] })).toEqual(['$ Null is no longer accepted.']);
  });

  it('tells what is wrong in the nearest form', () => {
    const wild = object({ kind: { const: 'cat' }, lives: { type: 'string' } }, ['kind', 'lives']);
    expect(response({ oneOf: [dog, cat] }, { oneOf: [dog, wild] })).toEqual(['$.lives The type changed from integer to string.']);
  });
});
