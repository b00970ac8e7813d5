import { FIRST_NAME, LAST_NAME } from './compare-records.js';
import type { PreparedRecord, ValueKind } from './match-record.js';

/** All values of one field over a batch: `ids[place]` names the value of a record, 0 where it holds none; `counts[id]` how often it is held. */
export type FieldColumn = { field: string; kind: ValueKind; ids: Int32Array; texts: string[]; counts: number[] };

type Reading = { folded: string; kind: ValueKind };

function* readings(record: PreparedRecord): Generator<[string, Reading]> {
  const [first, last] = [record.nameParts[0], record.nameParts.at(-1)];
  if (last !== undefined) yield [LAST_NAME, { folded: last, kind: 'person' }];
  if (first !== undefined && record.nameParts.length > 1) yield [FIRST_NAME, { folded: first, kind: 'person' }];
  yield* record.fields;
}

/** Numbers the distinct values of every field, so that counting them is arithmetic; the kind of a field is that of most of its values. */
export function fieldColumns(records: readonly PreparedRecord[]): FieldColumn[] {
  const columns = new Map<string, FieldColumn & { known: Map<string, number>; kinds: Map<ValueKind, number> }>();
  for (const [place, record] of records.entries()) {
    for (const [field, { folded, kind }] of readings(record)) {
      let column = columns.get(field);
      if (!column) {
        column = { field, kind, ids: new Int32Array(records.length), texts: [''], counts: [0], known: new Map(), kinds: new Map() };
        columns.set(field, column);
      }
      let id = column.known.get(folded);
      if (id === undefined) {
        id = column.texts.push(folded) - 1;
        column.known.set(folded, id);
      }
      column.ids[place] = id;
      column.counts[id] = (column.counts[id] ?? 0) + 1;
      column.kinds.set(kind, (column.kinds.get(kind) ?? 0) + 1);
    }
  }
  return [...columns.values()]
    .map(({ field, kinds, ids, texts, counts, kind }) => {
      const usual = [...kinds].reduce((most, one) => (one[1] > most[1] ? one : most), [kind, 0]);
      return { field, kind: usual[0], ids, texts, counts };
    })
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;

/** Number of pairs of records that hold the same value of a field. */
export function agreeingPairs(column: FieldColumn): number {
  return column.counts.reduce((sum, count) => sum + pairsOf(count), 0);
}

/** Number of pairs of records that hold the same values of both fields. */
export function jointlyAgreeingPairs(one: FieldColumn, other: FieldColumn): number {
  const both = new Float64Array(one.ids.length);
  const span = other.texts.length;
  for (let place = 0; place < both.length; place++) {
    const [left, right] = [one.ids[place] ?? 0, other.ids[place] ?? 0];
    both[place] = left > 0 && right > 0 ? left * span + right : -1;
  }
  both.sort();
  let pairs = 0;
  for (let from = 0, at = 1; at <= both.length; at++) {
    if (at < both.length && both[at] === both[from]) continue;
    if ((both[from] ?? -1) >= 0) pairs += pairsOf(at - from);
    from = at;
  }
  return pairs;
}
