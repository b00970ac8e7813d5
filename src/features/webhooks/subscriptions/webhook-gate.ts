import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { SafeHttp } from '../../../platform/net/safe-http.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { WebhookLimits } from '../webhook-limits.js';
import { WebhookUrlRefused } from '../webhooks.errors.js';

/** What requests about webhooks are held against: addresses, limits and cursors. */
@Injectable()
export class WebhookGate {
  private readonly cursorKey: Buffer;

  constructor(
    @Inject(SafeHttp) private readonly http: SafeHttp,
    @Inject(WebhookLimits) readonly limits: WebhookLimits,
    @Inject(Settings) settings: Settings,
  ) {
    this.cursorKey = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  /** Refuses what can be refused by its text. Where a name leads is looked at before each message, since it can change. */
  assertUrl(url: string): void {
    const fault = this.http.urlFault(url);
    if (fault !== undefined) {
      throw WebhookUrlRefused({ detail: `The URL ${fault}.`, errors: [{ pointer: '/url', code: 'url-refused', message: fault }] });
    }
  }

  /** The id a page begins before; null for the first page. */
  placeOf(cursor: string | undefined, list: readonly unknown[]): string | null {
    if (cursor === undefined) return null;
    const [id] = decodeCursor(cursor, JSON.stringify(list), this.cursorKey) ?? [];
    if (typeof id !== 'string') throw InvalidCursor({ detail: 'Begin again without a cursor, or use the same filters as before.' });
    return id;
  }

  /** A page of rows that were asked for with one more than fits. */
  page<R extends { readonly id: string }>(rows: readonly R[], limit: number, list: readonly unknown[]): PageOf<R> {
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? encodeCursor([last.id], JSON.stringify(list), this.cursorKey) : null };
  }
}
