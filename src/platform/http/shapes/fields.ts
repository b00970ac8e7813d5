import { isCurrency } from '../../../shared/money.js';
import { isInstant, isLocalDate, isTimeZone } from '../../../shared/dates.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { type Complaint, fieldDecorator, type FieldOptions, isPlainObject, type ShapeClass } from './field.js';
import { jsonComplaint } from './json-rules.js';
import { emailComplaint, idComplaint, listItem, textComplaint, type TextOptions, wrongType } from './text-rules.js';

/** Text of bounded length. */
export function Text(options: TextOptions): PropertyDecorator {
  const schema = {
    type: 'string',
    ...(options.min ? { minLength: options.min } : {}),
    maxLength: options.max,
    ...(options.pattern ? { pattern: options.pattern.source } : {}),
    ...(options.format ? { format: options.format } : {}),
    ...(options.secret ? { format: 'password', writeOnly: true } : {}),
  };
  return fieldDecorator(options, { schema, check: (value) => textComplaint(options, value), fromText: (text) => text });
}

/** An identifier: UUID text; those we make are version 7. */
export function Id(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d', ...options },
    {
      schema: { type: 'string', format: 'uuid' },
      check: idComplaint,
      fromText: (text) => text,
    },
  );
}

/** An e-mail address, at most 254 characters. */
export function Email(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: 'ana@example.com', ...options },
    { schema: { type: 'string', format: 'email', maxLength: 254 }, check: emailComplaint, fromText: (text) => text },
  );
}

/** A whole number between bounds, both included. */
export function Int(options: FieldOptions & { min?: number; max?: number; default?: number } = {}): PropertyDecorator {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  const check = (value: unknown): Complaint | undefined => {
    if (!Number.isInteger(value)) return wrongType('a whole number');
    if ((value as number) < min || (value as number) > max) return { code: 'range', message: `must be between ${min} and ${max}` };
    return undefined;
  };
  const schema = {
    type: 'integer',
    ...(options.min === undefined ? {} : { minimum: min }),
    ...(options.max === undefined ? {} : { maximum: max }),
    ...(options.default === undefined ? {} : { default: options.default }),
  };
  return fieldDecorator(options, { schema, check, fromText: (text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : text) });
}

/** A number with a fraction; never money. */
export function Decimal(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = options;
  const check = (value: unknown): Complaint | undefined => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType('a number');
    return value < min || value > max ? { code: 'range', message: `must be between ${min} and ${max}` } : undefined;
  };
  const schema = {
    type: 'number',
    ...(options.min === undefined ? {} : { minimum: min }),
    ...(options.max === undefined ? {} : { maximum: max }),
  };
  return fieldDecorator(options, {
    schema,
    check,
    fromText: (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)),
  });
}

/** True or false. */
export function Bool(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(options, {
    schema: { type: 'boolean' },
    check: (value) => (typeof value === 'boolean' ? undefined : wrongType('true or false')),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  });
}

/** One of a closed list; a near miss is answered with the likely value. */
export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const set = new Set(values);
  const check = (value: unknown): Complaint | undefined => {
    if (typeof value === 'string' && set.has(value)) return undefined;
    const near = typeof value === 'string' ? didYouMean(value, values) : undefined;
    return { code: 'one-of', message: `must be one of: ${values.join(', ')}`, validOptions: values, ...(near ? { didYouMean: near } : {}) };
  };
  return fieldDecorator(
    { example: values[0], ...options },
    { schema: { type: 'string', enum: [...values] }, check, fromText: (text) => text },
  );
}

/** A moment: RFC 3339, always sent in UTC with milliseconds. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: '2026-11-21T09:30:00.000Z', ...options },
    {
      schema: { type: 'string', format: 'date-time' },
      check: (value) =>
        value instanceof Date || (typeof value === 'string' && isInstant(value))
          ? undefined
          : { code: 'instant', message: 'must be a date and time with zone, like 2026-11-21T09:30:00Z' },
      fromText: (text) => text,
      sqlJson: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    },
  );
}

/** A calendar date without a time, YYYY-MM-DD. */
export function LocalDate(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: '2026-11-21', ...options },
    {
      schema: { type: 'string', format: 'date' },
      check: (value) =>
        typeof value === 'string' && isLocalDate(value) ? undefined : { code: 'date', message: 'must be a calendar date, YYYY-MM-DD' },
      fromText: (text) => text,
    },
  );
}

const MINOR = /^-?(0|[1-9]\d{0,17})$/;
const MONEY_SCHEMA = {
  type: 'object',
  properties: {
    amountMinor: {
      type: 'string',
      pattern: MINOR.source,
      description: 'Whole minor units (cents, yen) as text, because JSON numbers lose exactness.',
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217 code.' },
  },
  required: ['amountMinor', 'currency'],
};

/** Exact money: whole minor units as text, and an ISO 4217 currency. */
export function MoneyField(options: FieldOptions & { min?: bigint } = {}): PropertyDecorator {
  const check = (value: unknown): Complaint | undefined => {
    if (!isPlainObject(value)) return wrongType('money: { "amountMinor": "12500", "currency": "EUR" }');
    const { amountMinor, currency, ...rest } = value;
    if (Object.keys(rest).length > 0) return { code: 'unknown-field', message: 'money has only amountMinor and currency' };
    if (typeof amountMinor !== 'string' || !MINOR.test(amountMinor))
      return { code: 'money', message: 'amountMinor must be whole minor units as text, like "12500" for 125.00' };
    if (typeof currency !== 'string' || !isCurrency(currency))
      return { code: 'currency', message: 'currency must be an ISO 4217 code, like EUR' };
    if (options.min !== undefined && BigInt(amountMinor) < options.min)
      return { code: 'range', message: `amount must be at least ${options.min} in minor units` };
    return undefined;
  };
  return fieldDecorator(
    { example: { amountMinor: '1250000', currency: 'EUR' }, ...options },
    { schema: { ...MONEY_SCHEMA, additionalProperties: false }, check },
  );
}

/** An IANA time zone. */
export function TimeZone(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: 'Europe/Lisbon', ...options },
    {
      schema: { type: 'string', maxLength: 64 },
      check: (value) =>
        typeof value === 'string' && isTimeZone(value)
          ? undefined
          : { code: 'time-zone', message: 'must be an IANA time zone, like Europe/Lisbon' },
    },
  );
}

/** Free JSON object of bounded size, for documents whose form the server does not know. */
export function JsonObject(options: FieldOptions & { maxBytes?: number } = {}): PropertyDecorator {
  const max = options.maxBytes ?? 65_536;
  return fieldDecorator(options, {
    schema: { type: 'object', additionalProperties: true },
    check: (value) => jsonComplaint(value, max),
  });
}

/** Short texts by key, like custom fields. */
export function TextMap(options: FieldOptions & { maxKeys: number; maxLength: number }): PropertyDecorator {
  const check = (value: unknown): Complaint | undefined => {
    if (!isPlainObject(value)) return wrongType('an object of texts');
    const entries = Object.entries(value);
    if (entries.length > options.maxKeys) return { code: 'too-many', message: `must have at most ${options.maxKeys} keys` };
    for (const [key, text] of entries) {
      if (!/^[a-z][a-z0-9_]{0,63}$/.test(key))
        return { code: 'key', message: `key "${key.slice(0, 64)}" must be lower case letters, digits and _, beginning with a letter` };
      const complaint = textComplaint({ max: options.maxLength }, text);
      if (complaint) return { ...complaint, message: `"${key}" ${complaint.message}` };
    }
    return undefined;
  };
  return fieldDecorator(options, {
    schema: { type: 'object', maxProperties: options.maxKeys, additionalProperties: { type: 'string', maxLength: options.maxLength } },
    check,
  });
}

/** A list of texts, ids or values of a closed list. */
export function ListOf(
  kind: 'text' | 'id' | readonly string[],
  options: FieldOptions & { max: number; min?: number; maxLength?: number; unique?: boolean },
): PropertyDecorator {
  const item = listItem(kind, options.maxLength ?? 255);
  const check = (value: unknown): Complaint | undefined => {
    if (!Array.isArray(value)) return wrongType('a list');
    if (value.length < (options.min ?? 0) || value.length > options.max)
      return { code: 'count', message: `must have between ${options.min ?? 0} and ${options.max} items` };
    if (options.unique && new Set(value).size !== value.length) return { code: 'unique', message: 'must not repeat an item' };
    for (const [index, one] of value.entries()) {
      const complaint = item.complaint(one);
      if (complaint) return { ...complaint, message: `item ${index + 1} ${complaint.message}` };
    }
    return undefined;
  };
  const schema = {
    type: 'array',
    items: item.schema,
    maxItems: options.max,
    ...(options.min ? { minItems: options.min } : {}),
    ...(options.unique ? { uniqueItems: true } : {}),
  };
  return fieldDecorator(options, {
    schema,
    check,
    fromText: (text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
  });
}

/** Another shape as value. */
export function Nested(shape: () => ShapeClass, options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(options, { schema: {}, nested: shape, check: () => undefined });
}

/** A list of another shape. */
export function ListOfShape(shape: () => ShapeClass, options: FieldOptions & { max?: number; min?: number } = {}): PropertyDecorator {
  const { min = 0, max } = options;
  const check = (value: unknown): Complaint | undefined => {
    if (!Array.isArray(value)) return wrongType('a list');
    if (value.length < min || (max !== undefined && value.length > max))
      return {
        code: 'count',
        message: max === undefined ? `must have at least ${min} items` : `must have between ${min} and ${max} items`,
      };
    const odd = value.findIndex((one) => !isPlainObject(one));
    return odd < 0 ? undefined : { code: 'type', message: `item ${odd + 1} must be an object` };
  };
  const schema = { type: 'array', ...(max === undefined ? {} : { maxItems: max }), ...(min ? { minItems: min } : {}) };
  return fieldDecorator(options, { schema, nested: shape, list: true, check });
}
