import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { DeliveryAttempt, DeliveryKind, DeliveryState, DeliveryView } from './deliveries.shapes.js';

/** A message that is to be sent. */
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventType: string;
  /** Null for a test. */
  readonly seq: number | null;
}

const VIEW = `d.id, d.webhook_id as "webhookId", case when d.kind = 'test' then 'test_' || replace(d.id::text, '-', '')
    else 'evt_' || replace(d.organization_id::text, '-', '') || '_' || d.event_seq end as "messageId",
  d.kind, d.event_type as "eventType", d.event_seq::float8 as sequence, d.state, d.attempts, d.next_attempt_at as "nextAttemptAt",
  d.last_status as "lastStatus", d.last_error as "lastError", d.created_at as "createdAt", d.finished_at as "finishedAt"`;
const OF_WEBHOOK = `from webhook_deliveries d where d.organization_id = $1 and d.webhook_id = $2`;

// One text per filter, so that each is planned for its index.
const PAGE = `select ${VIEW} ${OF_WEBHOOK} and ($3::uuid is null or d.id < $3) order by d.id desc limit $4`;
const PAGE_IN_STATE = `select ${VIEW} ${OF_WEBHOOK} and ($3::uuid is null or d.id < $3) and d.state = $5 order by d.id desc limit $4`;
const BY_ID = `select ${VIEW} ${OF_WEBHOOK} and d.id = $3`;
const ATTEMPTS = `select number, started_at as "startedAt", duration_ms as "durationMs", status, error, detail, response
  from webhook_attempts where organization_id = $1 and delivery_id = $2 order by number`;

const INSERT = `with d as (
    insert into webhook_deliveries (organization_id, id, webhook_id, kind, event_type, event_seq, next_attempt_at)
    select $1, n.id, n.webhook_id, $2, n.event_type, n.seq, now()
    from unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) as n (id, webhook_id, event_type, seq)
    on conflict (organization_id, webhook_id, event_seq) where kind = 'event' do nothing
    returning webhook_id),
  l as (
    update webhook_lanes set due_at = least(coalesce(due_at, now()), now())
    where organization_id = $1 and webhook_id in (select webhook_id from d))
  select count(*)::int as count from d`;
const CANCEL = `update webhook_deliveries set state = 'cancelled', next_attempt_at = null, finished_at = now()
  where organization_id = $1 and webhook_id = $2 and state = 'pending'`;
const REMOVE_OLD = `delete from webhook_deliveries where ctid = any(array(
  select ctid from webhook_deliveries where created_at < now() - make_interval(days => $1) limit $2)) returning 1`;
const DELETED = `select distinct organization_id as "organizationId" from webhooks where deleted_at is not null limit 1000`;

/** Questions about messages and what came of them. */
@Injectable()
export class DeliveriesRepository {
  page(
    tx: Tx,
    webhookId: string,
    { state, before, limit }: { state?: DeliveryState | undefined; before: string | null; limit: number },
  ): Promise<DeliveryView[]> {
    const parameters = [tx.scope.organizationId, webhookId, before, limit];
    return state === undefined ? tx.query<DeliveryView>(PAGE, parameters) : tx.query<DeliveryView>(PAGE_IN_STATE, [...parameters, state]);
  }

  byId(tx: Tx, webhookId: string, id: string): Promise<DeliveryView | undefined> {
    return tx.first<DeliveryView>(BY_ID, [tx.scope.organizationId, webhookId, id]);
  }

  attempts(tx: Tx, id: string): Promise<DeliveryAttempt[]> {
    return tx.query<DeliveryAttempt>(ATTEMPTS, [tx.scope.organizationId, id]);
  }

  /** Puts messages in line and makes their lanes due, in one statement; an event that is in line for a webhook already is left out. */
  async insert(tx: Tx, kind: DeliveryKind, deliveries: readonly NewDelivery[]): Promise<number> {
    if (deliveries.length === 0) return 0;
    const row = await tx.first<{ count: number }>(INSERT, [
      tx.scope.organizationId,
      kind,
      deliveries.map((one) => one.id),
      deliveries.map((one) => one.webhookId),
      deliveries.map((one) => one.eventType),
      deliveries.map((one) => one.seq),
    ]);
    return row?.count ?? 0;
  }

  /** Drops what waits to be sent. */
  async cancelPending(tx: Tx, webhookId: string): Promise<void> {
    await tx.query(CANCEL, [tx.scope.organizationId, webhookId]);
  }

  /** Takes away old messages of all organizations, `limit` at a time; gives how many. */
  async removeOld(tx: Tx, days: number, limit: number): Promise<number> {
    return (await tx.query(REMOVE_OLD, [days, limit])).length;
  }

  /** Organizations with deleted webhooks that are still kept for their log. */
  async organizationsWithDeleted(tx: Tx): Promise<string[]> {
    return (await tx.query<{ organizationId: string }>(DELETED)).map((row) => row.organizationId);
  }
}
