import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { validateSync, type ValidationError } from 'class-validator';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { isId } from '../../../shared/ids.js';
import { jsonPointer } from '../../../shared/json.js';
import { type FieldError, InvalidParameters, NotFound, ValidationFailed } from '../problems/core-problems.js';
import { complaintOf, type Field, fieldsOf, isPlainObject, type ShapeClass } from './field.js';
import { textComplaint } from './text-rules.js';

/**
 * The one validation pipe: closed shapes, no conversion of bodies. Accepting runs the fields' checks in one loop; the same checks are
 * class-validator constraints, and it is class-validator that names what is wrong once the loop has said no.
 */
@Injectable()
export class ShapePipe implements PipeTransform {
  transform(value: unknown, { metatype, type, data }: ArgumentMetadata): unknown {
    if (type === 'param') return checkedParameter(value, data);
    const shape = metatype as ShapeClass | undefined;
    if (!shape || fieldsOf(shape).length === 0) return value;
    return type === 'query' ? readQuery(shape, value) : readShape(shape, value);
  }
}

/** What cannot be an id or a key belongs to nothing, so it is simply not found; a NUL PostgreSQL could not even be asked for. */
function checkedParameter(value: unknown, name: string | undefined): unknown {
  if (typeof value !== 'string' || textComplaint({ max: 300 }, value)) throw NotFound();
  if (name !== undefined && /^id$|Id$/.test(name) && !isId(value)) throw NotFound();
  return value;
}

/** Reads a JSON body as a shape, or throws `validation-failed` with a pointer for each fault. */
export function readShape<T>(shape: ShapeClass<T>, value: unknown): T {
  if (!isPlainObject(value)) throw ValidationFailed({ errors: [{ pointer: '', code: 'type', message: 'the body must be a JSON object' }] });
  if (accepts(shape as ShapeClass, value)) return instance(shape as ShapeClass, value) as T;
  throw ValidationFailed({ errors: violations(shape as ShapeClass, value, []) });
}

/** True when a value has only declared fields and all of them are right. */
export function accepts(shape: ShapeClass, value: Record<string, unknown>): boolean {
  const fields = fieldsOf(shape);
  let present = 0;
  for (const field of fields) {
    const one = value[field.name];
    if (one !== undefined) present++;
    if (complaintOf(field, one) !== undefined) return false;
    if (field.nested && one !== undefined && one !== null && !acceptsNested(field, one)) return false;
  }
  let given = 0;
  for (const key in value) if (value[key] !== undefined) given++;
  return given === present;
}

function acceptsNested(field: Field, value: unknown): boolean {
  const shape = (field.nested as () => ShapeClass)();
  const all = field.list ? (value as Record<string, unknown>[]) : [value as Record<string, unknown>];
  return all.every((one) => accepts(shape, one));
}

function instance(shape: ShapeClass, value: Record<string, unknown>): object {
  const made = Object.create(shape.prototype as object) as Record<string, unknown>;
  for (const field of fieldsOf(shape)) {
    const one = value[field.name];
    if (one === undefined) continue;
    made[field.name] = !field.nested || one === null ? one : nestedInstance(field, one);
  }
  return made;
}

function nestedInstance(field: Field, value: unknown): unknown {
  const shape = (field.nested as () => ShapeClass)();
  if (!field.list) return isPlainObject(value) ? instance(shape, value) : value;
  return Array.isArray(value) ? value.map((one) => (isPlainObject(one) ? instance(shape, one) : (one as unknown))) : value;
}

function violations(shape: ShapeClass, value: Record<string, unknown>, path: readonly (string | number)[]): FieldError[] {
  const found = validateSync(instance(shape, value), { forbidUnknownValues: true, validationError: { target: false } });
  return [...unknownFields(shape, value, path), ...found.flatMap((error) => fieldErrors(shape, error, path))];
}

function unknownFields(shape: ShapeClass, value: unknown, path: readonly (string | number)[]): FieldError[] {
  if (!isPlainObject(value)) return [];
  const fields = fieldsOf(shape);
  const names = fields.map((field) => field.name);
  const errors: FieldError[] = [];
  for (const key of Object.keys(value)) {
    if (names.includes(key)) continue;
    const near = didYouMean(key, names);
    errors.push({
      pointer: jsonPointer([...path, key]),
      code: 'unknown-field',
      message: 'is not a field of this request',
      validOptions: names,
      ...(near ? { didYouMean: near } : {}),
    });
  }
  for (const field of fields) {
    if (!field.nested) continue;
    const inner = field.nested();
    const one = value[field.name];
    if (field.list && Array.isArray(one))
      one.forEach((item, index) => errors.push(...unknownFields(inner, item, [...path, field.name, index])));
    else errors.push(...unknownFields(inner, one, [...path, field.name]));
  }
  return errors;
}

function fieldErrors(shape: ShapeClass, error: ValidationError, path: readonly (string | number)[]): FieldError[] {
  const field = fieldsOf(shape).find((one) => one.name === error.property);
  const here = [...path, error.property];
  if (!field) return (error.children ?? []).flatMap((child) => fieldErrors(shape, child, here));
  const complaint = complaintOf(field, error.value);
  if (complaint) return [{ pointer: jsonPointer(here), ...complaint }];
  if (!field.nested) return [];
  const inner = field.nested();
  const children = error.children ?? [];
  if (!field.list) return children.flatMap((child) => fieldErrors(inner, child, here));
  return children.flatMap((item) => (item.children ?? []).flatMap((child) => fieldErrors(inner, child, [...here, Number(item.property)])));
}

/** Reads a query string as a shape; texts become what the field's kind says, and nothing else is converted. */
export function readQuery<T>(shape: ShapeClass<T>, query: unknown): T {
  const given = (query ?? {}) as Record<string, unknown>;
  const fields = fieldsOf(shape);
  const made = Object.create((shape as ShapeClass).prototype as object) as Record<string, unknown>;
  const errors: FieldError[] = [];
  for (const field of fields) {
    const raw = given[field.name];
    const value =
      typeof raw === 'string' && field.fromText
        ? field.fromText(raw)
        : Array.isArray(raw) && field.schema['type'] === 'array'
          ? (raw as unknown)
          : raw;
    const complaint = complaintOf(field, value);
    if (complaint) errors.push({ parameter: field.name, ...complaint });
    else if (value !== undefined) made[field.name] = value;
  }
  const names = fields.map((field) => field.name);
  for (const key in given) {
    if (names.includes(key)) continue;
    const near = didYouMean(key, names);
    errors.push({
      parameter: key,
      code: 'unknown-parameter',
      message: 'is not a parameter of this request',
      validOptions: names,
      ...(near ? { didYouMean: near } : {}),
    });
  }
  if (errors.length > 0) throw InvalidParameters({ errors });
  return made as T;
}
