import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  changedParts,
  idBorder,
  NO_EVENT_YET,
  placeAfter,
  SOURCES,
  type Source,
  timelineItem,
  type TimelinePlace,
  type TimelineRow,
} from './timeline-item.js';

const row = (source: Source, id: string, at: string): TimelineRow => ({ source, id, at, userId: null, entry: {} });

describe('pages of a timeline', () => {
  const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const moments = ['2026-01-01', '2026-01-02', '2026-01-03'];
  const rows = fc.array(fc.record({ source: fc.constantFrom(...SOURCES), at: fc.constantFrom(...moments) }), { maxLength: 25 }).map((all) =>
    // Events have numbers that grow with time, as the trail gives them.
    all
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ source, at }, index) => row(source, source === 'event' ? String(index + 1) : uuid(index), at)),
  );

  /** What the statement reads, in a few lines. */
  const read = (all: readonly TimelineRow[], after: TimelinePlace | undefined, count: number): TimelineRow[] => {
    const place = after ?? { at: '9999', source: 'event' as const, id: '', eventsBefore: NO_EVENT_YET };
    const follows = ({ source, at, id }: TimelineRow): boolean =>
      source === 'event' ? BigInt(id) < BigInt(place.eventsBefore) : at < place.at || (at === place.at && id < idBorder(source, place));
    const order = (a: TimelineRow, b: TimelineRow): number => {
      if (a.at !== b.at) return a.at < b.at ? 1 : -1;
      if (a.source !== b.source) return SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source);
      return a.source === 'event' ? Number(b.id) - Number(a.id) : a.id < b.id ? 1 : -1;
    };
    return all.filter(follows).sort(order).slice(0, count);
  };

  it('show every row once and in one order, whatever their size', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), (all, size) => {
        const whole = read(all, undefined, all.length);
        const seen: TimelineRow[] = [];
        let after: TimelinePlace | undefined;
        for (let pages = 0; pages <= all.length; pages++) {
          const page = read(all, after, size);
          seen.push(...page);
          after = placeAfter(page, after);
          if (!after || page.length < size) break;
        }
        expect(seen).toEqual(whole);
        expect(seen).toHaveLength(all.length);
      }),
      { numRuns: 500 },
    );
    expect(placeAfter([], undefined)).toBeUndefined();
  });
});

describe('timelineItem', () => {
  it('puts an entry where its type says', () => {
    expect(timelineItem({ ...row('note', 'a', 'b'), entry: { body: 'x' } })).toMatchObject({
      type: 'note',
      note: { body: 'x' },
      change: null,
    });
    const entry = { action: 'lead.moved', actorType: 'user', before: { status: 'a' }, after: { status: 'b', version: 2 } };
    expect(timelineItem({ ...row('event', '1', 'b'), entry })).toMatchObject({
      type: 'stage',
      note: null,
      change: { after: { status: 'b' } },
    });
    expect(timelineItem({ ...row('event', '1', 'b'), entry: { ...entry, action: 'lead.updated' } }).type).toBe('change');
  });
});

describe('changedParts', () => {
  it.each([
    [
      'what differs',
      { name: 'a', tags: ['x'], version: 1 },
      { name: 'a', tags: ['y'], version: 2 },
      { before: { tags: ['x'] }, after: { tags: ['y'] } },
    ],
    ['what came', { name: 'a' }, { name: 'a', to: 'b' }, { before: { to: null }, after: { to: 'b' } }],
    [
      'what a new one has',
      null,
      { id: 'i', name: 'a', company: null, tags: [], attributes: {}, version: 1 },
      { before: null, after: { name: 'a' } },
    ],
    ['nothing of a deleted one', { name: 'a' }, null, { before: null, after: null }],
    ['nothing of what was erased', null, null, { before: null, after: null }],
  ])('tells %s', (_, before, after, expected) => {
    expect(changedParts(before, after)).toEqual(expected);
  });
});
