export const CHANGE_STATES = ['done', 'undone'] as const;

export type ChangeState = (typeof CHANGE_STATES)[number];

/** How long what the assistant did can be taken back. */
export const UNDO_HOURS = 24;

export type UndoRefusal = 'undone-already' | 'too-late';

/** What an attempt to undo a change at a moment comes to, as far as time and state decide. */
export function undoOf(change: { readonly state: ChangeState; readonly undoableUntil: Date }, now: Date): 'undone' | UndoRefusal {
  if (change.state === 'undone') return 'undone-already';
  return now.getTime() <= change.undoableUntil.getTime() ? 'undone' : 'too-late';
}

/** Until when a change made now can be undone. */
export function undoableUntil(now: Date): Date {
  return new Date(now.getTime() + UNDO_HOURS * 3_600_000);
}
