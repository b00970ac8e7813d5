import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isInstant, isLocalDate } from '../../../shared/dates.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { jsonPointer } from '../../../shared/json.js';
import type { FieldError } from '../../../platform/http/problems/core-problems.js';
import type { JsonSchema } from '../../../platform/http/shapes/field.js';
import { emailComplaint } from '../../../platform/http/shapes/text-rules.js';
import { LinearPattern, PatternError } from './linear-pattern.js';

export const RECORD_TYPES = ['lead', 'company', 'contact'] as const;

/** What has custom fields. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** Tells what is wrong with the custom fields of a record; nothing is when the list is empty. */
export type AttributesCheck = (attributes: Readonly<Record<string, unknown>>) => FieldError[];

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const MOST_FAULTS = 50;

const isUri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) && URL.canParse(text);
const FORMATS = {
  date: isLocalDate,
  'date-time': isInstant,
  email: (text: string) => emailComplaint(text) === undefined,
  uri: isUri,
};

const COUNT = { type: 'integer', minimum: 0, maximum: 10_000 };
const NUMBER = { type: 'number' };
const SCALAR = { type: ['string', 'number', 'boolean'] };
const NOTES = {
  title: { type: 'string', maxLength: 200 },
  description: { type: 'string', maxLength: 1000 },
  default: true,
  examples: { type: 'array', maxItems: 20 },
  deprecated: { type: 'boolean' },
};
const RULES = {
  enum: { type: 'array', minItems: 1, maxItems: 200, items: { type: ['string', 'number', 'boolean'], maxLength: 200 }, uniqueItems: true },
  const: SCALAR,
  minLength: COUNT,
  maxLength: COUNT,
  pattern: { type: 'string', maxLength: 200 },
  format: { enum: Object.keys(FORMATS) },
  minimum: NUMBER,
  maximum: NUMBER,
  exclusiveMinimum: NUMBER,
  exclusiveMaximum: NUMBER,
  multipleOf: { type: 'number', exclusiveMinimum: 0 },
};
const plain = (types: readonly string[], more: object = {}): object => ({
  type: 'object',
  required: ['type'],
  properties: { type: { enum: types }, ...NOTES, ...RULES, ...more },
  additionalProperties: false,
});

/**
 * What a schema of custom fields may be: a subset of draft 2020-12 without references, so that it is all there is to read, and flat, because
 * fields are plain values or lists of them.
 */
function subset(types: readonly string[]): object {
  const list = {
    items: plain(types.filter((type) => type !== 'array')),
    minItems: COUNT,
    maxItems: COUNT,
    uniqueItems: { type: 'boolean' },
  };
  return {
    type: 'object',
    required: ['type', 'properties'],
    properties: {
      $schema: { const: DRAFT },
      type: { const: 'object' },
      title: NOTES.title,
      description: NOTES.description,
      properties: {
        type: 'object',
        maxProperties: 50,
        propertyNames: { pattern: '^[a-z][a-z0-9_]{0,63}$' },
        additionalProperties: plain(types, types.includes('array') ? list : {}),
      },
      required: { type: 'array', maxItems: 50, uniqueItems: true, items: { type: 'string' } },
      additionalProperties: { type: 'boolean' },
    },
    additionalProperties: false,
  };
}

const newAjv = (): Ajv2020 =>
  new Ajv2020({
    allErrors: true,
    strict: false,
    // Schemas come from outside: they are judged by the subset above, and never kept, added or referred to.
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    ownProperties: true,
    formats: FORMATS,
    code: { regExp: Object.assign((pattern: string) => new LinearPattern(pattern), { code: 'LinearPattern' }) },
  });

const ANY = newAjv().compile(subset(['string', 'number', 'integer', 'boolean', 'array']));
// The custom fields of leads are texts: files are imported into them and exported from them.
const TEXTS = newAjv().compile(subset(['string']));

/** What is wrong with a schema, with pointers into a body that has it as `schema`. */
export function schemaFaults(type: RecordType, schema: JsonSchema): FieldError[] {
  const judge = type === 'lead' ? TEXTS : ANY;
  if (!judge(schema)) return problemsOf(judge, '/schema');
  const { properties, required = [] } = schema as { properties: Record<string, JsonSchema>; required?: string[] };
  const faults: FieldError[] = [];
  for (const [index, name] of required.entries()) {
    if (Object.hasOwn(properties, name)) continue;
    faults.push({ pointer: jsonPointer(['schema', 'required', index]), code: 'unknown-field', message: 'is not among the properties' });
  }
  for (const [name, field] of Object.entries(properties)) {
    for (const [path, { pattern }] of [[[], field] as const, [['items'], (field['items'] ?? {}) as JsonSchema] as const]) {
      const message = typeof pattern === 'string' ? patternFault(pattern) : undefined;
      if (message) faults.push({ pointer: jsonPointer(['schema', 'properties', name, ...path, 'pattern']), code: 'pattern', message });
    }
  }
  return faults;
}

function patternFault(pattern: string): string | undefined {
  try {
    new LinearPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** Compiles a schema that has no faults. */
export function attributesCheck(schema: JsonSchema): AttributesCheck {
  const validate = newAjv().compile(schema);
  const names = Object.keys(schema['properties'] as object);
  return (attributes) => (validate(attributes) ? [] : problemsOf(validate, '/attributes', names));
}

function problemsOf(validate: ValidateFunction, prefix: string, names: readonly string[] = []): FieldError[] {
  return (validate.errors ?? []).slice(0, MOST_FAULTS).map((error) => fieldError(error, prefix, names));
}

/** One complaint of ajv as we say it. */
function fieldError({ keyword, instancePath, params, message }: ErrorObject, prefix: string, names: readonly string[]): FieldError {
  const { missingProperty, additionalProperty, allowedValues, format } = params as Record<string, unknown>;
  const code = keyword.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const pointer = prefix + instancePath;
  if (typeof missingProperty === 'string')
    return { pointer: pointer + jsonPointer([missingProperty]), code: 'required', message: 'is required' };
  if (typeof additionalProperty === 'string') {
    const near = didYouMean(additionalProperty, names);
    return {
      pointer: pointer + jsonPointer([additionalProperty]),
      code: 'unknown-field',
      message: prefix === '/schema' ? 'is not known here' : 'is not a field of this kind of record',
      ...(names.length > 0 ? { validOptions: names } : {}),
      ...(near ? { didYouMean: near } : {}),
    };
  }
  if (Array.isArray(allowedValues)) {
    const validOptions = allowedValues.map(String);
    return { pointer, code: 'one-of', message: `must be one of: ${validOptions.join(', ')}`, validOptions };
  }
  if (keyword === 'format') return { pointer, code, message: `must be ${FORMAT_WORDS[String(format)] ?? `a ${String(format)}`}` };
  return { pointer, code, message: message ?? 'is not valid' };
}

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  date: 'a calendar date, YYYY-MM-DD',
  'date-time': 'a date and time with zone, like 2026-11-21T09:30:00Z',
  email: 'an e-mail address',
  uri: 'an address, like https://example.com',
};
