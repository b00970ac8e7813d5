/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object, read only; an OpenAPI document is one. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The value as an object, or an empty one when it is anything else. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a list, or an empty one. */
export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The value as text: a string as it is, anything else as JSON. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** True for JSON objects; lists and null are none. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows `$ref` inside the document until something else stands there. */
export function resolved(document: JsonObject, node: Json | undefined): JsonObject {
  let current = asObject(node);
  for (let hops = 0; typeof current['$ref'] === 'string'; hops += 1) {
    if (hops > 50) throw new Error(`The reference ${current['$ref']} goes in a circle.`);
    current = target(document, current['$ref']);
  }
  return current;
}

/** The object a local reference such as `#/components/schemas/Lead` points to. */
export function target(document: JsonObject, reference: string): JsonObject {
  if (!reference.startsWith('#/')) throw new Error(`Only references inside the document can be followed, not ${reference}.`);
  let current: Json | undefined = document;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    current = Array.isArray(current) ? (current as readonly Json[])[Number(key)] : asObject(current)[key];
  }
  if (!isObject(current)) throw new Error(`The reference ${reference} leads nowhere.`);
  return current;
}
