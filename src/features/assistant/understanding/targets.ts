import type { Command, FieldChange, Reference, Refusal, Selection, StatusChoice } from './command.js';
import type { Frame } from './frame.js';
import { groupIn } from './lead-groups.js';
import { referenceIn, severalIn } from './references.js';

/** What a change is done to: one lead or several. */
export type Target = { readonly kind: 'one'; readonly who: Reference } | { readonly kind: 'many'; readonly which: Selection } | Refusal;

/** Finds out what a text points at; undefined when it points at nothing that can be told. */
export function targetIn(given: string, frame: Frame): Target | undefined {
  const text = given
    .trim()
    .replace(/^(?:for|of|on)\s+/i, '')
    .replace(/\s+(?:all|together)$/i, (word) => (/^(?:them|these|those)/i.test(given.trim()) ? word : ''));
  if (text === '') return undefined;
  const several = severalIn(text, frame);
  if (several) return { kind: 'many', which: several };
  if (mayBeGroup(text)) {
    const group = groupIn(text, frame);
    if (group?.refusal) return group.refusal;
    // "the five newest" would change other leads than the ones in mind when one comes in meanwhile.
    const isSaid = group && (Object.keys(group.filter).length > 0 || /\b(?:all|every|each|everything|everyone|everybody)\b/iu.test(text));
    if (isSaid && group.isNamed && group.limit === null && group.groupBy === null)
      return { kind: 'many', which: { kind: 'filter', filter: group.filter } };
  }
  // A group that was not understood is not one lead with an odd name.
  if (
    /^(?:(?:the|my|our|all|any|all of|every|each)\s+)*(?:leads|deals|contacts|customers|clients|prospects|opportunities|records|cards|all|every|each)\b/iu.test(
      text,
    )
  )
    return undefined;
  const who = referenceIn(text, frame);
  return who && { kind: 'one', who };
}

/** Only a plural, "all" or "every" makes a change of many leads: "the lead in proposal sent" is one that has to be asked for. */
function mayBeGroup(text: string): boolean {
  return /\b(?:all|every|each|everything|everyone|everybody|leads|deals|contacts|customers|clients|prospects|opportunities|records|cards|ones|entries)\b/iu.test(
    text,
  );
}

/** The command that moves a target. */
export function moved(target: Target, status: StatusChoice): Command {
  if (target.kind === 'refused') return target;
  return target.kind === 'one' ? { kind: 'move', who: target.who, status } : { kind: 'bulk-move', which: target.which, status };
}

/** The command that changes fields of a target. */
export function changed(target: Target, changes: readonly FieldChange[]): Command {
  if (target.kind === 'refused') return target;
  return target.kind === 'one' ? { kind: 'set', who: target.who, changes } : { kind: 'bulk-set', which: target.which, changes };
}

/** The command that deletes a target. */
export function deleted(target: Target): Command {
  if (target.kind === 'refused') return target;
  return target.kind === 'one' ? { kind: 'delete', who: target.who } : { kind: 'bulk-delete', which: target.which };
}
