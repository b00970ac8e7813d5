import { Problem } from '../../http/problems/problem.js';
import { readShape } from '../../http/shapes/shape-pipe.js';
import { fieldsOf, isPlainObject, type ShapeClass } from '../../http/shapes/field.js';
import { cleanText } from '../clean-text.js';

export type ReadObject<T> = { readonly value: T } | { readonly faults: string };

const MAX_FAULTS = 8;

/** Reads what an engine gave as an object of the shape; says what is wrong in words that the engine can repair it by. */
export function readObject<T extends object>(shape: ShapeClass<T>, given: unknown): ReadObject<T> {
  const parsed = typeof given === 'string' ? parse(given) : { value: given };
  if ('faults' in parsed) return parsed;
  try {
    return { value: readShape(shape, withoutNulls(shape as ShapeClass, parsed.value)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = (error.details.errors ?? []).slice(0, MAX_FAULTS).map(({ pointer, message }) => `${place(pointer)} ${message}`);
    return { faults: `${faults.join('; ')}.` };
  }
}

function parse(text: string): ReadObject<unknown> {
  try {
    return { value: JSON.parse(unfenced(text)) as unknown };
  } catch {
    return { faults: 'it is not a JSON object.' };
  }
}

/** Some models put a fence of Markdown around it, whatever they are told; others write line ends without end, so no pattern spans it. */
function unfenced(text: string): string {
  const bare = text.trim();
  if (!bare.startsWith('```') || !bare.endsWith('```') || bare.length < 6) return bare;
  return bare.slice(3, -3).replace(/^json/i, '');
}

/** Models write null for what they leave out; a field that may be absent but not null is absent then. */
function withoutNulls(shape: ShapeClass, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  const kept = { ...value };
  for (const { name, optional, nullable, nested, list } of fieldsOf(shape)) {
    const one = kept[name];
    if (one === null && optional && !nullable) delete kept[name];
    else if (nested && list && Array.isArray(one)) kept[name] = one.map((item) => withoutNulls(nested(), item));
    else if (nested) kept[name] = withoutNulls(nested(), one);
  }
  return kept;
}

/** The name of an unknown field is text of the model, and may be text of a document. */
function place(pointer: string | undefined): string {
  return pointer
    ? cleanText(pointer)
        .replaceAll(/[^\p{L}\p{N}/_.-]/gu, '')
        .slice(0, 80)
    : 'the object';
}
