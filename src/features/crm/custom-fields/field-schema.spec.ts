import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attributesCheck, schemaFaults } from './field-schema.js';

const of = (properties: object, more: object = {}): Record<string, unknown> => ({ type: 'object', properties, ...more });

describe('schemaFaults', () => {
  it('takes what custom fields can be', () => {
    const properties = {
      text: {
        type: 'string',
        title: 'T',
        description: 'D',
        default: 'x',
        examples: ['x'],
        minLength: 1,
        maxLength: 9,
        pattern: '^x+$',
        deprecated: true,
      },
      choice: { type: 'string', enum: ['a', 'b'] },
      number: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 0.5 },
      flag: { type: 'boolean', const: true },
      list: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 1, maxItems: 3, uniqueItems: true },
    };
    expect(schemaFaults('contact', of(properties, { required: ['text'], additionalProperties: false, title: 'Fields' }))).toEqual([]);
    expect(schemaFaults('lead', of({ text: { type: 'string' } }))).toEqual([]);
  });

  it.each([
    ['a name of ours', JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as Record<string, unknown>],
    ['a reference', of({ a: { type: 'string', $ref: 'x' } })],
    ['a choice of schemas', of({ a: { type: 'string', anyOf: [{}] } })],
    ['a number for a lead', of({ a: { type: 'integer' } })],
    ['no type', of({ a: {} })],
    ['a thousand fields', of(Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, { type: 'string' }])))],
    ['a count that is none', of({ a: { type: 'string', maxLength: -1 } })],
    ['nothing', {}],
  ])('refuses %s', (_, schema) => {
    const faults = schemaFaults('lead', schema);
    expect(faults.length).toBeGreaterThan(0);
    for (const { pointer, message } of faults) expect([pointer?.startsWith('/schema'), message.length > 0]).toEqual([true, true]);
  });

  it('never throws, and what it takes can be compiled', () => {
    const keyword = fc.constantFrom('type', 'enum', 'const', 'pattern', 'format', 'minimum', 'maxLength', 'items', '$ref', 'not', 'title');
    const value = fc.oneof(
      fc.constantFrom('string', 'number', 'array', 'email', '(', '^a+$', { type: 'string' }, ['a'], [], true, null),
      fc.integer(),
    );
    const field = fc.dictionary(keyword, value, { maxKeys: 4 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b_1', 'C'), field), fc.anything(), (properties, input) => {
        const schema = of(properties);
        if (schemaFaults('company', schema).length === 0) attributesCheck(schema)({ a: input });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('attributesCheck', () => {
  const check = attributesCheck(
    of({
      link: { type: 'string', format: 'uri' },
      when: { type: 'string', format: 'date-time' },
      on: { type: 'string', format: 'date' },
      mail: { type: 'string', format: 'email' },
    }),
  );

  it.each([
    [{ link: 'https://example.com/a?b#c', when: '2026-11-21T09:30:00Z', on: '2028-02-29', mail: 'a@example.com', other: 1 }, []],
    [{ link: 'example.com' }, ['/attributes/link']],
    [{ when: '2026-11-21' }, ['/attributes/when']],
    [{ on: '2026-02-29' }, ['/attributes/on']],
    [{ mail: 'a@' }, ['/attributes/mail']],
    [{ mail: 5 }, ['/attributes/mail']],
  ])('%j has faults at %j', (attributes, pointers) => {
    expect(check(attributes).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('says fifty faults at most', () => {
    const properties = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, { type: 'string' }]));
    const all = attributesCheck(of(properties, { required: Object.keys(properties), additionalProperties: false }));
    expect(all(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`g${n}`, 1])))).toHaveLength(50);
  });

  it('is told of own members only', () => {
    const own = attributesCheck(of({ to_string: { type: 'string' } }, { required: ['to_string'] }));
    expect(own(Object.create({ to_string: 'x' }) as Record<string, unknown>)).toHaveLength(1);
  });
});
