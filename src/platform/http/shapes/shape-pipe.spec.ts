import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { Problem } from '../problems/problem.js';
import { mergePatchOf, pageOf } from './builders.js';
import {
  Bool,
  Decimal,
  Email,
  Id,
  Instant,
  Int,
  JsonObject,
  ListOf,
  ListOfShape,
  LocalDate,
  MoneyField,
  Nested,
  OneOf,
  Text,
  TextMap,
  TimeZone,
} from './fields.js';
import { accepts, readQuery, readShape, ShapePipe } from './shape-pipe.js';
import { openApiSchema, serializerSchema, sqlSelectList } from './schema.js';
import type { ShapeClass } from './field.js';

class Inner {
  @Text({ min: 1, max: 5 }) label: string;
}
class Everything {
  @Text({ min: 2, max: 10 }) name: string;
  @Id({ optional: true }) id?: string;
  @Email({ optional: true }) email?: string;
  @Int({ min: 1, max: 9, optional: true }) count?: number;
  @Decimal({ min: 0, max: 1, optional: true }) share?: number;
  @Bool({ optional: true }) isOpen?: boolean;
  @OneOf(['spade', 'rake'], { optional: true }) kind?: string;
  @Instant({ optional: true, nullable: true }) at?: string | null;
  @LocalDate({ optional: true }) on?: string;
  @MoneyField({ optional: true, min: 0n }) price?: { amountMinor: string; currency: string };
  @TimeZone({ optional: true }) zone?: string;
  @JsonObject({ optional: true, maxBytes: 30 }) free?: Record<string, unknown>;
  @TextMap({ optional: true, maxKeys: 2, maxLength: 4 }) map?: Record<string, string>;
  @ListOf('text', { optional: true, max: 2, maxLength: 3, unique: true }) tags?: string[];
  @ListOf('id', { optional: true, max: 2 }) ids?: string[];
  @ListOf(['a', 'b'], { optional: true, max: 2 }) letters?: string[];
  @Nested(() => Inner, { optional: true, nullable: true }) inner?: Inner | null;
  @ListOfShape(() => Inner, { optional: true, max: 2 }) inners?: Inner[];
}

const UUID = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d';

/** Values that are right for some field, nearly right, or plain odd. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    'spade',
    'ana@example.com',
    UUID,
    '2026-11-21',
    '2026-11-21T09:30:00Z',
    'Europe/Paris',
    5,
    0.5,
    true,
    null,
    undefined,
    [],
    {},
    ['a'],
    ['a', 'a'],
    [UUID],
    { label: 'x' },
    [{ label: 'x' }],
    { amountMinor: '5', currency: 'EUR' },
    { k: 'v' },
    '',
    'a\u0000b',
    '\ud800',
  ),
  fc.jsonValue(),
);
const candidate = fc.dictionary(
  fc.constantFrom(
    'name',
    'id',
    'email',
    'count',
    'share',
    'isOpen',
    'kind',
    'at',
    'on',
    'price',
    'zone',
    'free',
    'map',
    'tags',
    'ids',
    'letters',
    'inner',
    'inners',
    'other',
  ),
  value,
  { maxKeys: 6, noNullPrototype: true },
);

function instance(shape: ShapeClass, plain: Record<string, unknown>): object {
  return Object.assign(Object.create(shape.prototype as object) as object, plain);
}

function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const codesOf = (body: unknown): string[] =>
  (problemOf(() => readShape(Everything, body)).details.errors ?? []).map((error) => `${error.pointer ?? ''} ${error.code}`);

describe('readShape', () => {
  it('accepts exactly what class-validator accepts and what has no other field', () => {
    fc.assert(
      fc.property(candidate, (plain) => {
        const inners = [plain['inner'], ...(Array.isArray(plain['inners']) ? (plain['inners'] as unknown[]) : [])];
        if (inners.some((one) => typeof one === 'object' && one !== null)) return; // nested plain objects are no instances here; the e2e tests see them
        const isKnown = plain['other'] === undefined;
        const errors = validateSync(instance(Everything, plain), { forbidUnknownValues: true });
        expect(accepts(Everything, plain)).toBe(isKnown && errors.length === 0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never lets a refusal be without a named fault, and never throws anything else', () => {
    fc.assert(
      fc.property(candidate, (plain) => {
        if (accepts(Everything, plain)) expect(readShape(Everything, plain)).toBeInstanceOf(Everything);
        else expect(codesOf(plain).length).toBeGreaterThan(0);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    [{ name: 'x' }, ['/name too-short']],
    [{ name: '   ' }, ['/name blank']],
    [{ name: 'x'.repeat(11) }, ['/name too-long']],
    [{ name: 'a\u0007b' }, ['/name control-characters']],
    [{}, ['/name required']],
    [{ name: null }, ['/name not-null']],
    [{ name: 'ok', count: 10 }, ['/count range']],
    [{ name: 'ok', count: 1.5 }, ['/count type']],
    [{ name: 'ok', share: Number.NaN }, ['/share type']],
    [{ name: 'ok', share: 2 }, ['/share range']],
    [{ name: 'ok', at: '2026-11-21' }, ['/at instant']],
    [{ name: 'ok', on: '2026-02-30' }, ['/on date']],
    [{ name: 'ok', price: { amountMinor: '-1', currency: 'EUR' } }, ['/price range']],
    [{ name: 'ok', price: { amountMinor: '1.5', currency: 'EUR' } }, ['/price money']],
    [{ name: 'ok', price: { amountMinor: '1', currency: 'EURO' } }, ['/price currency']],
    [{ name: 'ok', price: { amountMinor: '1', currency: 'EUR', x: 1 } }, ['/price unknown-field']],
    [{ name: 'ok', zone: 'Mars/Base' }, ['/zone time-zone']],
    [{ name: 'ok', free: { long: 'x'.repeat(40) } }, ['/free too-long']],
    [{ name: 'ok', map: { A: 'x' } }, ['/map key']],
    [{ name: 'ok', map: { a: 'x', b: 'x', c: 'x' } }, ['/map too-many']],
    [{ name: 'ok', tags: ['a', 'b', 'c'] }, ['/tags count']],
    [{ name: 'ok', tags: ['a', 'a'] }, ['/tags unique']],
    [{ name: 'ok', ids: ['x'] }, ['/ids id']],
    [{ name: 'ok', letters: ['c'] }, ['/letters one-of']],
    [{ name: 'ok', inner: { label: 7 } }, ['/inner/label type']],
    [{ name: 'ok', inner: { label: 'a', extra: 1 } }, ['/inner/extra unknown-field']],
    [{ name: 'ok', inners: [{ label: 'a' }, { label: 'toolong' }] }, ['/inners/1/label too-long']],
    [{ name: 'ok', inners: ['x'] }, ['/inners type']],
    [{ name: 'ok', inner: [] }, ['/inner type']],
    ['text', [' type']],
  ])('refuses %j with %j', (body, expected) => {
    expect(codesOf(body)).toEqual(expected);
  });

  it('keeps null where a field may be null', () => {
    expect(readShape(Everything, { name: 'ok', at: null, inner: null })).toEqual({ name: 'ok', at: null, inner: null });
  });
});

describe('readQuery', () => {
  class Query {
    @Int({ min: 1, max: 100, optional: true }) limit?: number;
    @Bool({ optional: true }) deleted?: boolean;
    @ListOf(['open', 'won'], { optional: true, max: 2 }) kinds?: string[];
    @Decimal({ optional: true }) share?: number;
  }

  it('turns texts into what a field says and nothing else', () => {
    expect({ ...readQuery(Query, { limit: '5', deleted: 'false', kinds: 'open, won', share: '0.5' }) }).toEqual({
      limit: 5,
      deleted: false,
      kinds: ['open', 'won'],
      share: 0.5,
    });
    for (const bad of [{ limit: '5x' }, { limit: '' }, { deleted: 'yes' }, { kinds: 'lost' }, { share: '' }, { limit: ['1', '2'] }]) {
      expect(problemOf(() => readQuery(Query, bad)).definition.code).toBe('invalid-parameters');
    }
  });
});

describe('merge patches', () => {
  class Patch extends mergePatchOf(Everything, ['id']) {}

  it('make every field optional and let null clear what could be absent', () => {
    expect(accepts(Patch, {})).toBe(true);
    expect(accepts(Patch, { email: null })).toBe(true);
    expect(accepts(Patch, { name: null })).toBe(false);
    expect(accepts(Patch, { id: UUID })).toBe(false);
  });
});

describe('schemas', () => {
  it('document what is checked', () => {
    const seen = new Map<string, ShapeClass>();
    const schema = openApiSchema(Everything, seen, 'request') as {
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, Record<string, unknown>>;
    };
    expect(schema.required).toEqual(['name']);
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties['at']).toMatchObject({ type: ['string', 'null'], format: 'date-time' });
    expect(schema.properties['inner']).toMatchObject({ anyOf: [{ $ref: '#/components/schemas/Inner' }, { type: 'null' }] });
    expect(schema.properties['inners']).toMatchObject({ type: 'array', maxItems: 2, items: { $ref: '#/components/schemas/Inner' } });
    expect([...seen.keys()]).toEqual(['Inner']);
  });

  it('give the serializer types without limits', () => {
    const { properties } = serializerSchema(Everything) as { properties: Record<string, unknown> };
    expect(properties['name']).toEqual({ type: 'string' });
    expect(properties['at']).toEqual({ type: 'string', format: 'date-time', nullable: true });
    expect(properties['map']).toEqual({ type: 'object', additionalProperties: { type: 'string' } });
    expect(properties['price']).toMatchObject({ properties: { amountMinor: { type: 'string' } }, additionalProperties: false });
  });

  it('make the select list of exactly the declared fields, or fail at load', () => {
    class Row {
      @Text({ max: 5 }) name: string;
      @Instant() madeAt: string;
    }
    expect(sqlSelectList(Row, { name: 't.name', madeAt: 't.made_at' })).toBe(
      `t.name as "name", to_char(t.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "madeAt"`,
    );
    expect(() => sqlSelectList(Row, { name: 't.name' })).toThrow('Row.madeAt has no SQL column');
  });

  it('name a page after its item, once', () => {
    expect(pageOf(Inner)).toBe(pageOf(Inner));
    expect(pageOf(Inner).name).toBe('InnerPage');
  });
});

describe('parameters of a path', () => {
  const parameter = (value: string, data = 'key'): unknown => new ShapePipe().transform(value, { type: 'param', data });

  it('pass as they are', () => {
    expect(parameter('meeting-booked')).toBe('meeting-booked');
  });

  it.each([
    ['a\u0000', 'key'],
    ['x'.repeat(301), 'key'],
    ['not-an-id', 'id'],
    ['not-an-id', 'leadId'],
  ])('find nothing when no row could have them: %j as %s', (value, name) => {
    expect(() => parameter(value, name)).toThrow(expect.objectContaining({ definition: expect.objectContaining({ code: 'not-found' }) }));
  });
});
