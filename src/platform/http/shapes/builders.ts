import { type Field, fieldsOf, registerField, type ShapeClass } from './field.js';
import { ListOfShape, Text } from './fields.js';

/** A page of a keyset list, as answered. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const pages = new Map<ShapeClass, ShapeClass>();

/** The page shape of a list: `items` and `nextCursor`; the same class for the same item. */
export function pageOf(item: ShapeClass): ShapeClass<PageOf<unknown>> {
  const known = pages.get(item);
  if (known) return known as ShapeClass<PageOf<unknown>>;
  const page = { [`${item.name}Page`]: class {} }[`${item.name}Page`] as ShapeClass<PageOf<unknown>>;
  ListOfShape(() => item)(page.prototype as object, 'items');
  Text({ max: 1000, nullable: true, description: 'Give it as `cursor` to get the next page; null on the last one.', example: null })(
    page.prototype as object,
    'nextCursor',
  );
  pages.set(item, page);
  return page;
}

/** What a merge patch of a shape may hold: every field optional; null clears a field that the full shape lets be absent or null. */
export type MergePatch<T> = { -readonly [K in keyof T]?: undefined extends T[K] ? T[K] | null : T[K] };

/** The RFC 7396 patch shape of a full shape. Extend it: `class UpdateLead extends mergePatchOf(CreateLead) {}`. */
export function mergePatchOf<T extends object>(full: new () => T, omit: readonly (keyof T & string)[] = []): new () => MergePatch<T> {
  const patch = class {};
  for (const field of fieldsOf(full)) if (!omit.includes(field.name as keyof T & string)) registerField(patch, patchField(field));
  return patch;
}

function patchField(field: Field): Field {
  return { ...field, optional: true, nullable: field.optional || field.nullable };
}
