import { textComplaint, wrongType } from './text-rules.js';
import { type Complaint, isPlainObject } from './field.js';

/** What people write is flat; whatever walks through a value must not run out of stack. */
const DEEPEST = 32;

/** What is wrong with a free JSON object of at most `max` characters: it must be possible to store it, and to walk through it. */
export function jsonComplaint(value: unknown, max: number): Complaint | undefined {
  if (!isPlainObject(value)) return wrongType('an object');
  const open: (readonly [unknown, number])[] = [[value, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [one, depth] = next;
    if (typeof one === 'string') {
      const complaint = textComplaint({ max: Infinity }, one);
      if (complaint) return complaint;
    }
    if (typeof one !== 'object' || one === null) continue;
    if (depth > DEEPEST) return { code: 'too-deep', message: `must not be nested deeper than ${DEEPEST} levels` };
    for (const [key, inner] of Object.entries(one)) open.push([key, depth], [inner, depth + 1]);
  }
  return JSON.stringify(value).length > max ? { code: 'too-long', message: `must be at most ${max} bytes as JSON` } : undefined;
}
