import { isObject, type Json, type JsonObject } from './json-document.js';
import { bothFacts, schemaFacts, type SchemaFacts } from './schema-facts.js';

/** One change that can break a caller: where, and what. */
export interface BreakingChange {
  readonly path: string;
  readonly message: string;
}

/** Two versions of a schema; in a request the caller must still be let in, in a response nothing new may surprise him. */
export interface SchemaPair {
  readonly direction: 'request' | 'response';
  readonly documents: readonly [before: JsonObject, after: JsonObject];
  readonly path: string;
}

interface Walk extends SchemaPair {
  /** The pairs that are being compared further up; schemas may contain themselves. */
  readonly trail: readonly (readonly [Json | undefined, Json | undefined])[];
  /** How many choices deep we are: a base with `oneOf` its own heirs would lead down for ever. */
  readonly choices: number;
}

const MAX_CHOICES = 3;

const AT_LEAST = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum'];
const AT_MOST = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum'];
const EXACT = ['pattern', 'format', 'multipleOf', 'contentEncoding', 'contentMediaType'];

/** Everything in the new schema that breaks a caller who was built for the old one. */
export function schemaChanges(pair: SchemaPair, before: Json | undefined, after: Json | undefined): BreakingChange[] {
  return compare({ ...pair, trail: [], choices: 0 }, before, after);
}

function compare(walk: Walk, before: Json | undefined, after: Json | undefined): BreakingChange[] {
  if (walk.trail.some(([one, other]) => one === before && other === after)) return [];
  const [old, young] = walk.documents;
  return compareFacts({ ...walk, trail: [...walk.trail, [before, after]] }, schemaFacts(old, before), schemaFacts(young, after));
}

function compareFacts(walk: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  if (before.variants.length > 0 || after.variants.length > 0) {
    return [...nullChanges(walk, before, after), ...variantChanges(walk, before, after)];
  }
  const types = typeChanges(walk, before, after);
  // With another type every further difference would only say the same again.
  if (types.length > 0) return types;
  return [
    ...nullChanges(walk, before, after),
    ...valueChanges(walk, before, after),
    ...limitChanges(walk, before, after),
    ...propertyChanges(walk, before, after),
    ...itemChanges(walk, before, after),
  ];
}

function typeChanges({ direction, path }: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  const [given, expected] = direction === 'request' ? [before.types, after.types] : [after.types, before.types];
  const isFine =
    !expected || (given !== undefined && [...given].every((type) => expected.has(type) || (type === 'integer' && expected.has('number'))));
  return isFine ? [] : [{ path, message: `The type changed from ${typeText(before)} to ${typeText(after)}.` }];
}

function nullChanges({ direction, path }: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  if (direction === 'request') return before.isNullable && !after.isNullable ? [{ path, message: 'Null is no longer accepted.' }] : [];
  return after.isNullable && !before.isNullable ? [{ path, message: 'It may now be null.' }] : [];
}

/** Values that a response may newly have are no breach: callers of a closed list must expect it to grow. */
function valueChanges({ direction, path }: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  const allowed = after.values;
  if (direction === 'response' || !allowed) return [];
  if (!before.values) return [{ path, message: `Only these values are accepted now: ${[...allowed].join(', ')}.` }];
  const refused = [...before.values].filter((value) => !allowed.has(value));
  return refused.length === 0 ? [] : [{ path, message: `No longer accepted: ${refused.join(', ')}.` }];
}

function limitChanges({ direction, path }: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  const [old, young] = [before.keywords, after.keywords];
  const changed = (keyword: string): BreakingChange => ({
    path,
    message: `${keyword} changed from ${JSON.stringify(old[keyword]) ?? 'nothing'} to ${JSON.stringify(young[keyword]) ?? 'nothing'}.`,
  });
  if (direction === 'response') return old['format'] !== undefined && old['format'] !== young['format'] ? [changed('format')] : [];
  const narrower = [
    ...AT_LEAST.filter((keyword) => numberOr(young[keyword], -Infinity) > numberOr(old[keyword], lowest(keyword))),
    ...AT_MOST.filter((keyword) => numberOr(young[keyword], Infinity) < numberOr(old[keyword], Infinity)),
    ...EXACT.filter((keyword) => young[keyword] !== undefined && young[keyword] !== old[keyword]),
    ...(young['uniqueItems'] === true && old['uniqueItems'] !== true ? ['uniqueItems'] : []),
  ];
  return narrower.map(changed);
}

function propertyChanges(walk: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  const at = (name: string): string => `${walk.path}.${name}`;
  const isRequest = walk.direction === 'request';
  const changes: BreakingChange[] = [];
  for (const [name, schema] of before.properties) {
    if (after.properties.has(name)) changes.push(...compare({ ...walk, path: at(name) }, schema, after.properties.get(name)));
    // Requests are checked strictly: what is not declared is refused.
    else changes.push({ path: at(name), message: isRequest ? 'The property is no longer accepted.' : 'The property is gone.' });
  }
  if (isRequest) {
    const demanded = [...after.required].filter((name) => !before.required.has(name));
    changes.push(...demanded.map((name) => ({ path: at(name), message: 'The property is now required.' })));
    if (after.additional === false && isOpen(before))
      changes.push({ path: walk.path, message: 'Other properties are no longer accepted.' });
  } else {
    const unsure = [...before.required].filter((name) => !after.required.has(name) && after.properties.has(name));
    changes.push(...unsure.map((name) => ({ path: at(name), message: 'The property may now be absent.' })));
  }
  return changes;
}

function itemChanges(walk: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  const items =
    before.items === undefined && after.items === undefined ? [] : compare({ ...walk, path: `${walk.path}[]` }, before.items, after.items);
  if (!isObject(before.additional) || !isObject(after.additional)) return items;
  return [...items, ...compare({ ...walk, path: `${walk.path}.*` }, before.additional, after.additional)];
}

/** Each form a caller may send must still fit one that is accepted; each form he may get must fit one he knew. */
function variantChanges(outer: Walk, before: SchemaFacts, after: SchemaFacts): BreakingChange[] {
  if (outer.choices === MAX_CHOICES) return [];
  const walk = { ...outer, choices: outer.choices + 1 };
  const [old, young] = walk.documents;
  const [olds, youngs] = [formsOf(old, before), formsOf(young, after)];
  const isRequest = walk.direction === 'request';
  return (isRequest ? olds : youngs).flatMap((form) => {
    const pairs = (isRequest ? youngs : olds).map((other) => (isRequest ? ([form, other] as const) : ([other, form] as const)));
    const attempts = pairs.map(([was, is]) => ({ changes: compareFacts(walk, was, is), isOtherKind: areOtherKinds(walk, was, is) }));
    if (attempts.some(({ changes }) => changes.length === 0)) return [];
    // The nearest form of the same kind tells best what is wrong.
    attempts.sort((a, b) => Number(a.isOtherKind) - Number(b.isOtherKind) || a.changes.length - b.changes.length);
    return attempts[0]?.changes ?? [];
  });
}

/** True when a property with fixed values, such as a discriminator, tells the two forms apart. */
function areOtherKinds({ documents: [old, young] }: Walk, before: SchemaFacts, after: SchemaFacts): boolean {
  return [...before.properties].some(([name, schema]) => {
    const values = schemaFacts(old, schema).values;
    const others = schemaFacts(young, after.properties.get(name)).values;
    return values !== undefined && others !== undefined && [...values].every((value) => !others.has(value));
  });
}

// Null is compared for the whole; the forms themselves count without it.
function formsOf(document: JsonObject, facts: SchemaFacts): SchemaFacts[] {
  if (facts.variants.length === 0) return [{ ...facts, isNullable: false }];
  const shared = { ...facts, variants: [] };
  return facts.variants.map((form) => ({ ...bothFacts(shared, schemaFacts(document, form)), isNullable: false }));
}

function isOpen(facts: SchemaFacts): boolean {
  return facts.additional !== false;
}

function lowest(keyword: string): number {
  return keyword === 'minimum' || keyword === 'exclusiveMinimum' ? -Infinity : 0;
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function typeText(facts: SchemaFacts): string {
  return facts.types ? [...facts.types].join(' or ') : 'anything';
}
