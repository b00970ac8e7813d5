import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { mergePatch } from '../../../shared/json.js';
import { foldText } from '../../../shared/text.js';
import { attributesComplaint } from './record-fields.js';

/** Values of custom fields by key. */
export type AttributeValues = Readonly<Record<string, unknown>>;

/** B-tree entries end at 2,700 bytes; a key of this length stays below whatever letters it has. */
const LONGEST_KEY = 200;

export const trimmed = (text: string | null | undefined): string | null => text?.trim() || null;

export const nameKey = (name: string): string => foldText(name).slice(0, LONGEST_KEY);

export const searchText = (...parts: readonly (string | null)[]): string =>
  parts
    .map((part) => foldText(part ?? ''))
    .filter((part) => part !== '')
    .join(' ');

/** Custom fields after a merge patch, judged as a whole: only then is known how many there are. */
export function mergedAttributes(current: AttributeValues, patch: AttributeValues | null | undefined): AttributeValues {
  if (patch === undefined) return current;
  const merged = patch === null ? {} : (mergePatch(current, patch) as AttributeValues);
  const complaint = attributesComplaint(merged);
  if (complaint) throw ValidationFailed({ errors: [{ pointer: '/attributes', ...complaint }] });
  return merged;
}
