import { plural } from '../answers/wording.js';
import type { PlannedLine } from './plan-content.js';

/** A plan in words, with the question. */
export function planText({ title, leadCount, lines }: { title: string; leadCount: number; lines: readonly PlannedLine[] }): string {
  const shown = lines.map(({ lead, change }) => `- ${lead}: ${change}`);
  const more = leadCount > lines.length ? [`- and ${plural(leadCount - lines.length, 'lead')} more`] : [];
  return [`${title}?`, ...shown, ...more, 'Nothing has been changed yet. Say “yes” to do it or “no” to leave it.'].join('\n');
}
