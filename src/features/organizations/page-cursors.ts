import { Injectable } from '@nestjs/common';
import { type CursorValue, decodeCursor, encodeCursor } from '../../shared/cursor.js';
import { Settings } from '../../platform/config/settings.js';
import { deriveKey } from '../../platform/crypto/derived-keys.js';
import { InvalidCursor } from '../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../platform/http/shapes/builders.js';

/** Reads and makes the cursors of this feature's lists; `list` names the list with everything that changes which rows it has. */
@Injectable()
export class PageCursors {
  private readonly key: Buffer;

  constructor(settings: Settings) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  /** The place a cursor stands for; undefined for the first page. */
  read(cursor: string | undefined, list: readonly CursorValue[]): readonly string[] | undefined {
    if (cursor === undefined) return undefined;
    const place = decodeCursor(cursor, JSON.stringify(list), this.key);
    if (!place) throw InvalidCursor({ detail: 'Use the cursor with the same filters it was given for, or begin again without it.' });
    return place.map(String);
  }

  /** A page of rows that were asked for with one more than fits. */
  page<R>(rows: readonly R[], limit: number, list: readonly CursorValue[], placeOf: (row: R) => readonly string[]): PageOf<R> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const nextCursor = last !== undefined && rows.length > limit ? encodeCursor(placeOf(last), JSON.stringify(list), this.key) : null;
    return { items, nextCursor };
  }
}
