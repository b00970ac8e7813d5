import { isSame } from '../../records/record-change.js';
import type { LeadChange, TimelineItem, TimelineType } from './timeline.shapes.js';

/** Kinds of rows a timeline is put together of, in the order of those of one moment. Events come last: see `placeAfter`. */
export const SOURCES = ['note', 'task', 'activity', 'attachment', 'event'] as const;

export type Source = (typeof SOURCES)[number];

/** A row as it is read: `entry` is the view, or what the audit trail knows. */
export interface TimelineRow {
  readonly source: Source;
  readonly id: string;
  readonly at: string;
  readonly userId: string | null;
  readonly entry: object;
}

interface EventEntry {
  readonly action: string;
  readonly actorType: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

/** Where a page ended; `eventsBefore` is the lowest number of an event that was shown. */
export interface TimelinePlace {
  readonly at: string;
  readonly source: Source;
  readonly id: string;
  readonly eventsBefore: string;
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const NO_EVENT_YET = '9223372036854775807';

/** The id below which rows of a source come after a place, among those of the place's own moment. */
export function idBorder(source: Source, place: Pick<TimelinePlace, 'source' | 'id'>): string {
  const [mine, there] = [SOURCES.indexOf(source), SOURCES.indexOf(place.source)];
  if (mine === there) return place.id;
  return mine < there ? FIRST_ID : LAST_ID;
}

/** The place of a page's last row. */
export function placeAfter(shown: readonly TimelineRow[], before: TimelinePlace | undefined): TimelinePlace | undefined {
  const last = shown.at(-1);
  if (!last) return undefined;
  const lastEvent = shown.findLast(({ source }) => source === 'event');
  return { at: last.at, source: last.source, id: last.id, eventsBefore: lastEvent?.id ?? before?.eventsBefore ?? NO_EVENT_YET };
}

/** Facts of a lead that change with every change, or that say nothing to people. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'version', 'createdAt', 'updatedAt', 'deletedAt', 'rank']);

export function timelineItem({ source, id, at, userId, entry }: TimelineRow): TimelineItem {
  const parts = { note: null, task: null, activity: null, attachment: null, change: null };
  if (source !== 'event') return { type: source, id, at, userId, ...parts, [source]: entry };
  const { action, actorType, before, after } = entry as EventEntry;
  const type: TimelineType = action === 'lead.moved' ? 'stage' : 'change';
  return { type, id, at, userId, ...parts, change: { action, actorType, ...changedParts(before, after) } };
}

/** What differs between two states; of a new lead what it has, of a deleted one nothing. */
export function changedParts(before: EventEntry['before'], after: EventEntry['after']): Pick<LeadChange, 'before' | 'after'> {
  if (after === null) return { before: null, after: null };
  const isEmpty = (value: unknown): boolean => value === null || isSame(value, []) || isSame(value, {});
  const names = Object.keys(after).filter(
    (name) => !BOOKKEEPING.has(name) && (before === null ? !isEmpty(after[name]) : !isSame(before[name], after[name])),
  );
  const picked = (state: Record<string, unknown>): object => Object.fromEntries(names.map((name) => [name, state[name] ?? null]));
  return { before: before === null ? null : picked(before), after: picked(after) };
}
