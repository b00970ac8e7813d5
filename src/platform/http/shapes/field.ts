import { ValidateBy, ValidateIf, ValidateNested, type ValidationArguments } from 'class-validator';

/** A JSON Schema fragment (draft 2020-12, as OpenAPI 3.1 uses it). */
export type JsonSchema = Record<string, unknown>;

/** A shape: a class whose fields carry the decorators of `fields.ts`. */
export type ShapeClass<T = object> = new (...args: never[]) => T;

export interface FieldOptions {
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

/** What a check says of a value: nothing when it is fine, else what was expected. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly validOptions?: readonly string[];
  readonly didYouMean?: string;
}

export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly description?: string;
  readonly example?: unknown;
  /** Schema of one value, without nullability. */
  readonly schema: JsonSchema;
  /** Set when the value is another shape, or a list of one. */
  readonly nested?: () => ShapeClass;
  readonly list: boolean;
  /** Only for scalars and lists of scalars; nested shapes are walked by the validator. */
  readonly check: (value: unknown) => Complaint | undefined;
  /** Turns a query-string text into the value `check` expects. */
  readonly fromText?: (text: string) => unknown;
  /** SQL that renders a column of this kind as JSON, where the plain column would not do. */
  readonly sqlJson?: (column: string) => string;
}

const own = new Map<unknown, Map<string, Field>>();
const collected = new Map<unknown, readonly Field[]>();

/** Fields of a shape, those of its parent classes first. */
export function fieldsOf(shape: unknown): readonly Field[] {
  const known = collected.get(shape);
  if (known) return known;
  const all = new Map<string, Field>();
  const chain: unknown[] = [];
  for (let at: unknown = shape; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) chain.unshift(at);
  for (const link of chain) for (const [name, field] of own.get(link) ?? []) all.set(name, field);
  const fields = [...all.values()];
  collected.set(shape, fields);
  return fields;
}

/** Registers a field of a shape; the decorators of `fields.ts` and the shape builders call it. */
export function registerField(shape: unknown, field: Field): void {
  let fields = own.get(shape);
  if (!fields) own.set(shape, (fields = new Map<string, Field>()));
  fields.set(field.name, field);
  collected.delete(shape);
  const complaint = (value: unknown): Complaint | undefined => complaintOf(field, value);
  const prototype = (shape as { prototype: object }).prototype;
  if (field.nested) {
    // Nothing is left to check of what may be missing or null; class-validator itself takes no null for a nested object.
    ValidateIf((owner: Record<string, unknown>) => {
      const value = owner[field.name];
      return value === undefined ? !field.optional : value !== null || !field.nullable;
    })(prototype, field.name);
    ValidateNested({ each: field.list })(prototype, field.name);
  }
  ValidateBy({
    name: 'shape',
    constraints: [field],
    validator: {
      validate: (value: unknown) => complaint(value) === undefined,
      defaultMessage: (args?: ValidationArguments) => complaint(args?.value)?.message ?? 'is not valid',
    },
  })(prototype, field.name);
}

/** Why a value does not fit a field, absence and null included; nested shapes are judged by their own fields. */
export function complaintOf(field: Field, value: unknown): Complaint | undefined {
  if (value === undefined) return field.optional ? undefined : { code: 'required', message: 'is required' };
  if (value === null) return field.nullable ? undefined : { code: 'not-null', message: 'must not be null' };
  if (!field.nested) return field.check(value);
  if (!field.list) return isPlainObject(value) ? undefined : { code: 'type', message: 'must be an object' };
  return field.check(value);
}

/** True for objects as JSON makes them, not arrays or class instances with behaviour. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Builds a decorator from the parts of a field that its kind decides. */
export function fieldDecorator(
  options: FieldOptions,
  kind: Omit<Field, 'name' | 'optional' | 'nullable' | 'description' | 'example' | 'list'> & { list?: boolean },
): PropertyDecorator {
  return (target, name) => {
    registerField(target.constructor, {
      list: false,
      ...kind,
      name: String(name),
      optional: options.optional ?? false,
      nullable: options.nullable ?? false,
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options.example === undefined ? {} : { example: options.example }),
    });
  };
}
