import { asList, asObject, isObject, target, type Json, type JsonObject } from './json-document.js';

/** What a schema says once references, `allOf` and the ways to write "or null" are out of the way. */
export interface SchemaFacts {
  /** Without `null`; undefined means any type. */
  readonly types: ReadonlySet<string> | undefined;
  readonly isNullable: boolean;
  /** The allowed values as JSON text, without null; undefined means all. */
  readonly values: ReadonlySet<string> | undefined;
  readonly properties: ReadonlyMap<string, Json>;
  readonly required: ReadonlySet<string>;
  readonly items: Json | undefined;
  readonly additional: Json | undefined;
  /** The other keywords, such as limits and formats. */
  readonly keywords: JsonObject;
  /** The forms of a `oneOf` or `anyOf` with several members besides null. */
  readonly variants: readonly Json[];
}

const ANYTHING: SchemaFacts = {
  types: undefined,
  isNullable: true,
  values: undefined,
  properties: new Map(),
  required: new Set(),
  items: undefined,
  additional: undefined,
  keywords: {},
  variants: [],
};

/** Reads the facts of a schema in its document. */
export function schemaFacts(document: JsonObject, schema: Json | undefined, seen: ReadonlySet<string> = new Set()): SchemaFacts {
  if (!isObject(schema)) return ANYTHING;
  let facts = ownFacts(schema);
  const reference = schema['$ref'];
  if (typeof reference === 'string' && !seen.has(reference)) {
    facts = bothFacts(facts, schemaFacts(document, target(document, reference), new Set([...seen, reference])));
  }
  for (const part of asList(schema['allOf'])) facts = bothFacts(facts, schemaFacts(document, part, seen));
  for (const keyword of ['oneOf', 'anyOf']) {
    const forms = asList(schema[keyword]);
    if (forms.length > 0) facts = bothFacts(facts, factsOfForms(document, forms, seen));
  }
  return facts;
}

/** The facts of something that must satisfy both. */
export function bothFacts(one: SchemaFacts, other: SchemaFacts): SchemaFacts {
  return {
    types: common(one.types, other.types),
    isNullable: one.isNullable && other.isNullable,
    values: common(one.values, other.values),
    properties: new Map([...one.properties, ...other.properties]),
    required: new Set([...one.required, ...other.required]),
    items: one.items ?? other.items,
    additional: one.additional ?? other.additional,
    keywords: { ...one.keywords, ...other.keywords },
    variants: [...one.variants, ...other.variants],
  };
}

function ownFacts(schema: JsonObject): SchemaFacts {
  const { type, properties, required, items, additionalProperties, enum: listed, const: constant, nullable, ...rest } = schema;
  const types = typeof type === 'string' ? [type] : asList(type).filter((name) => typeof name === 'string');
  const allowed = constant === undefined ? asList(listed) : [constant];
  const mayBeNull = (types.length === 0 || types.includes('null') || nullable === true) && (allowed.length === 0 || allowed.includes(null));
  return {
    types: types.length === 0 ? undefined : new Set(types.filter((name) => name !== 'null')),
    isNullable: mayBeNull,
    values: allowed.length === 0 ? undefined : new Set(allowed.filter((value) => value !== null).map((value) => JSON.stringify(value))),
    properties: new Map(
      Object.entries(asObject(properties)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ),
    required: new Set(asList(required).filter((name) => typeof name === 'string')),
    items,
    additional: additionalProperties,
    keywords: rest,
    variants: [],
  };
}

function factsOfForms(document: JsonObject, forms: readonly Json[], seen: ReadonlySet<string>): SchemaFacts {
  const others = forms.filter((form) => asObject(form)['type'] !== 'null');
  const hasNull = others.length < forms.length;
  const [only] = others;
  if (others.length === 1) {
    const facts = schemaFacts(document, only, seen);
    return { ...facts, isNullable: facts.isNullable || hasNull };
  }
  return { ...ANYTHING, isNullable: hasNull || others.some((form) => schemaFacts(document, form, seen).isNullable), variants: others };
}

function common(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (!one || !other) return one ?? other;
  return new Set([...one].filter((value) => other.has(value)));
}
