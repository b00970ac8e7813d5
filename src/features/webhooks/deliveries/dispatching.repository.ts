import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';

/** An active subscription, as far as matching goes. */
export interface ActiveWebhook {
  readonly id: string;
  readonly events: readonly string[];
  /** Events before this are not for it. */
  readonly enabledAt: string;
}

const LISTENING = `select distinct organization_id as "organizationId" from webhooks where active and deleted_at is null`;
const LISTENING_AMONG = `${LISTENING} and organization_id = any($1::uuid[])`;
const LOCK_CURSOR = `select seq::float8 as seq from webhook_cursors where organization_id = $1 for update`;
const MOVE_CURSOR = `update webhook_cursors set seq = $2 where organization_id = $1`;
// Shared with other dispatchers, but whoever switches one off waits until its messages are in line, and then drops them.
const ACTIVE = `select id, events, enabled_at as "enabledAt" from webhooks
  where organization_id = $1 and active and deleted_at is null order by id for share`;

/** What the dispatcher asks. */
@Injectable()
export class DispatchingRepository {
  /** Organizations with active webhooks, of all or among some. */
  async listening(tx: Tx, among?: readonly string[]): Promise<string[]> {
    const rows = await (among
      ? tx.query<{ organizationId: string }>(LISTENING_AMONG, [among])
      : tx.query<{ organizationId: string }>(LISTENING));
    return rows.map((row) => row.organizationId);
  }

  /** How far events were looked at, held until the end of the transaction: one dispatcher at a time per organization. */
  async lockCursor(tx: Tx): Promise<number | undefined> {
    return (await tx.first<{ seq: number }>(LOCK_CURSOR, [tx.scope.organizationId]))?.seq;
  }

  async moveCursor(tx: Tx, seq: number): Promise<void> {
    await tx.query(MOVE_CURSOR, [tx.scope.organizationId, seq]);
  }

  active(tx: Tx): Promise<ActiveWebhook[]> {
    return tx.query<ActiveWebhook>(ACTIVE, [tx.scope.organizationId]);
  }
}
