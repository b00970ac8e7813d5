import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { JsonText, jsonPage } from '../../../platform/http/json-text.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { type CursorValue, decodeCursor, encodeCursor } from '../../../shared/cursor.js';

/** A row of a list as JSON text, with the values it is sorted by. */
export interface ListedRow {
  readonly json: string;
  readonly place: readonly CursorValue[];
}

/** Makes and reads the cursors of lists; `list` names the list with everything that changes which rows it has. */
@Injectable()
export class ListCursors {
  private readonly key: Buffer;

  constructor(settings: Settings) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  /** The place a cursor stands for; undefined for the first page. */
  read(cursor: string | undefined, list: readonly CursorValue[]): readonly CursorValue[] | undefined {
    if (cursor === undefined) return undefined;
    const place = decodeCursor(cursor, JSON.stringify(list), this.key);
    if (!place) throw InvalidCursor({ detail: 'Use the cursor with the same filters it was given for, or begin again without it.' });
    return place;
  }

  /** A page of rows that were asked for with one more than fits. */
  page(rows: readonly ListedRow[], limit: number, list: readonly CursorValue[]): JsonText {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = last && rows.length > limit ? encodeCursor(last.place, JSON.stringify(list), this.key) : null;
    return jsonPage(`[${shown.map(({ json }) => json).join(',')}]`, next);
  }
}
