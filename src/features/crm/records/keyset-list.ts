import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import type { Tx } from '../../../platform/database/tx.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { decodeCursor, encodeCursor, type CursorValue } from '../../../shared/cursor.js';
import { canonicalJson } from '../../../shared/json.js';

export const USUAL_LIMIT = 50;

/** What a list is ordered by: an expression over `r` and then the id, both in one direction. */
export interface ListOrder {
  readonly column: string;
  readonly type: string;
  readonly direction: 'asc' | 'desc';
}

export interface ListQuestion {
  /** Select list over `r` and whatever `from` joins. */
  readonly view: string;
  /** Tables, the first one called `r`. */
  readonly from: string;
  /** Constants of the source with `$n` for the values; all must hold. */
  readonly conditions: readonly string[];
  /** `$1` is the organization. */
  readonly values: readonly unknown[];
  readonly order: ListOrder;
  /** The id the order ends with; `r.id` unless said. */
  readonly id?: string;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  /** Everything that makes it this list and no other, beside the organization; a cursor works for no other. */
  readonly context: readonly unknown[];
}

type Row = Record<string, unknown> & { readonly sortKey: string; readonly sortId: string };

// Prepared statements are counted, and a parameter for the limit makes the planner guess: usual sizes stand in the text.
const USUAL_LIMITS: ReadonlySet<number> = new Set([10, 20, 25, 50, 100]);

/** Pages of records, one statement each, by signed cursors. */
@Injectable()
export class KeysetLists {
  private readonly key: Buffer;

  constructor(settings: Settings) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async page<V>(tx: Tx, question: ListQuestion): Promise<PageOf<V>> {
    const context = `records ${tx.scope.organizationId} ${canonicalJson(question.context)}`;
    const limit = question.limit ?? USUAL_LIMIT;
    const { text, values } = statement(question, limit, this.read(question.cursor, context, 2));
    const rows = await tx.query<Row>(text, values);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const nextCursor = rows.length > limit && last ? this.cursor([last.sortKey, last.sortId], context) : null;
    return { items: items as V[], nextCursor };
  }

  /** The values of a cursor, for lists that are put together otherwise; undefined for the first page. */
  read(cursor: string | undefined, context: string, length: number): readonly CursorValue[] | undefined {
    if (cursor === undefined) return undefined;
    const values = decodeCursor(cursor, context, this.key);
    if (values?.length !== length) {
      throw InvalidCursor({ detail: 'Use the cursor with the same filters and sort it was given for, or begin again without it.' });
    }
    return values;
  }

  cursor(values: readonly CursorValue[], context: string): string {
    return encodeCursor(values, context, this.key);
  }
}

function statement(question: ListQuestion, limit: number, after: readonly CursorValue[] | undefined): { text: string; values: unknown[] } {
  const { view, from, order, id = 'r.id' } = question;
  const values = [...question.values];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['r.organization_id = $1', ...question.conditions];
  if (after) {
    const than = order.direction === 'asc' ? '>' : '<';
    conditions.push(`(${order.column}, ${id}) ${than} (${parameter(after[0])}::${order.type}, ${parameter(after[1])}::uuid)`);
  }
  const size = USUAL_LIMITS.has(limit) ? String(limit) : `${parameter(limit)}::int`;
  const text = `select ${view}, (${order.column})::text as "sortKey", ${id}::text as "sortId" from ${from}
    where ${conditions.join(' and ')} order by ${order.column} ${order.direction}, ${id} ${order.direction} limit ${size} + 1`;
  return { text, values };
}
