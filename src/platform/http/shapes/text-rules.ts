import { isId } from '../../../shared/ids.js';
import type { Complaint, FieldOptions, JsonSchema } from './field.js';

/** The complaint about a value of another kind. */
export const wrongType = (expected: string): Complaint => ({ code: 'type', message: `must be ${expected}` });
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;
// Control characters are never meant: NUL cannot even be stored by PostgreSQL. Line breaks and tabs are text.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What a text must be like. */
export interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  readonly format?: string;
  /** What the pattern asks for, in words: "must be ...". */
  readonly expected?: string;
  /** A secret: documented as write-only and never echoed. */
  readonly secret?: boolean;
}

/** What is wrong with a text; undefined when nothing is. */
export function textComplaint(options: TextOptions, value: unknown): Complaint | undefined {
  if (typeof value !== 'string') return wrongType('text');
  const min = options.min ?? 0;
  if (min > 0 && value.trim().length < Math.min(min, 1)) return { code: 'blank', message: 'must not be blank' };
  if (value.length < min) return { code: 'too-short', message: `must have at least ${min} characters` };
  if (value.length > options.max) return { code: 'too-long', message: `must have at most ${options.max} characters` };
  if (CONTROL.test(value) || LONE_SURROGATE.test(value))
    return { code: 'control-characters', message: 'must not contain control characters' };
  if (options.pattern && !options.pattern.test(value))
    return { code: 'format', message: `must be ${options.expected ?? 'in the right form'}` };
  return undefined;
}

/** What is wrong with an e-mail address. */
export function emailComplaint(value: unknown): Complaint | undefined {
  const complaint = textComplaint({ max: 254 }, value);
  if (complaint) return complaint;
  return EMAIL.test(value as string) ? undefined : { code: 'email', message: 'must be an e-mail address' };
}

/** What an item of a list is: its schema, and what is wrong with a value. */
export function listItem(
  kind: 'text' | 'id' | readonly string[],
  maxLength: number,
): { schema: JsonSchema; complaint: (value: unknown) => Complaint | undefined } {
  if (kind === 'text')
    return { schema: { type: 'string', minLength: 1, maxLength }, complaint: (value) => textComplaint({ min: 1, max: maxLength }, value) };
  if (kind === 'id') return { schema: { type: 'string', format: 'uuid' }, complaint: idComplaint };
  const oneOf = (value: unknown): Complaint | undefined =>
    typeof value === 'string' && kind.includes(value)
      ? undefined
      : { code: 'one-of', message: `must be one of: ${kind.join(', ')}`, validOptions: kind };
  return { schema: { type: 'string', enum: [...kind] }, complaint: oneOf };
}

/** What is wrong with an id. */
export function idComplaint(value: unknown): Complaint | undefined {
  return typeof value === 'string' && isId(value) ? undefined : { code: 'id', message: 'must be an id (UUID)' };
}
