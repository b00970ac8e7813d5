import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { DeliveryKind } from './deliveries.shapes.js';

/** The right to send to one receiver, until it is given back or runs out. */
export interface Lane {
  readonly organizationId: string;
  readonly webhookId: string;
  readonly claim: string;
}

/** Where and how to send. */
export interface Receiver {
  readonly url: string;
  /** Sealed, the newest first. */
  readonly secrets: readonly string[];
  readonly active: boolean;
}

export interface DueDelivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly eventType: string;
  readonly seq: number | null;
  /** Attempts made before. */
  readonly attempts: number;
}

/** What is written down of one attempt. */
export interface AttemptRecord {
  readonly deliveryId: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Until the next attempt, when there is one. */
  readonly retryInMs: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly detail: string | null;
  readonly response: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether it says something of the receiver; a test that fails does not switch anything off. */
  readonly counts: boolean;
}

/** How a receiver fares. */
export interface LaneHealth {
  readonly failures: number;
  readonly failingSince: string | null;
}

const CLAIM = `update webhook_lanes l set claim = $1, claimed_until = now() + make_interval(secs => $2)
  where (l.organization_id, l.webhook_id) in (
    select organization_id, webhook_id from webhook_lanes
    where due_at <= now() and (paused_until is null or paused_until <= now()) and (claimed_until is null or claimed_until <= now())
    order by due_at limit $3 for update skip locked)
  returning l.organization_id as "organizationId", l.webhook_id as "webhookId"`;
const NEXT_DUE = `select ceil(extract(epoch from min(greatest(due_at, coalesce(paused_until, due_at), coalesce(claimed_until, due_at))) - now()) * 1000)::int as ms
  from webhook_lanes where due_at is not null`;
const KEEP = `update webhook_lanes set claimed_until = now() + make_interval(secs => $4)
  where organization_id = $1 and webhook_id = $2 and claim = $3 returning 1`;
// The lane is locked first: a message that is being put in line holds it, and is seen by the statement after.
const LOCK = `select 1 as held from webhook_lanes where organization_id = $1 and webhook_id = $2 and claim = $3 for update`;
const RELEASE = `update webhook_lanes l set claim = null, claimed_until = null,
    paused_until = case when $4::int > 0 then now() + make_interval(secs => $4::int / 1000.0) end,
    due_at = (select min(d.next_attempt_at) from webhook_deliveries d
      where d.organization_id = $1 and d.webhook_id = $2 and d.state = 'pending')
  where l.organization_id = $1 and l.webhook_id = $2 and l.claim = $3`;

const RECEIVER = `select url, active, case when previous_until > now() then array[secret, previous_secret] else array[secret] end as secrets
  from webhooks where organization_id = $1 and id = $2`;
const DUE = `select id, kind, event_type as "eventType", event_seq::float8 as seq, attempts from webhook_deliveries
  where organization_id = $1 and webhook_id = $2 and state = 'pending' and next_attempt_at <= now() order by next_attempt_at, id limit $3`;

const RECORD = `with d as (
    update webhook_deliveries set state = $3::text, attempts = attempts + 1,
      next_attempt_at = case when $3 = 'pending' then now() + make_interval(secs => $4::int / 1000.0) end,
      finished_at = case when $3 <> 'pending' then now() end, last_status = $5, last_error = $6
    where organization_id = $1 and id = $2 and state = 'pending'
    returning id, webhook_id, attempts),
  a as (
    insert into webhook_attempts (organization_id, delivery_id, number, started_at, duration_ms, status, error, detail, response)
    select $1, d.id, d.attempts, $7, $8, $5, $6, $9, $10 from d)
  update webhook_lanes l set failures = case when $3 = 'delivered' then 0 else l.failures + 1 end,
    failing_since = case when $3 = 'delivered' then null else coalesce(l.failing_since, now()) end,
    last_success_at = case when $3 = 'delivered' then now() else l.last_success_at end
  from d where l.organization_id = $1 and l.webhook_id = d.webhook_id and $11::boolean
  returning l.failures, l.failing_since as "failingSince"`;

/** The sending side of deliveries. */
@Injectable()
export class LanesRepository {
  /** Takes lanes with something due, of any organization. */
  async claim(tx: Tx, claim: string, seconds: number, limit: number): Promise<Lane[]> {
    const rows = await tx.query<Omit<Lane, 'claim'>>(CLAIM, [claim, seconds, limit]);
    return rows.map((row) => ({ ...row, claim }));
  }

  /** Milliseconds until something is due somewhere; undefined when nothing waits. */
  async nextDueInMs(tx: Tx): Promise<number | undefined> {
    return (await tx.first<{ ms: number | null }>(NEXT_DUE))?.ms ?? undefined;
  }

  /** Keeps a lane for longer; false when another process has it. */
  async keep(tx: Tx, lane: Lane, seconds: number): Promise<boolean> {
    return (await tx.query(KEEP, [lane.organizationId, lane.webhookId, lane.claim, seconds])).length > 0;
  }

  /** Gives a lane back; it is due again when its next message is, and not before `pauseMs`. Needs the transaction of `db.write`. */
  async release(tx: Tx, lane: Lane, pauseMs: number): Promise<void> {
    const key = [lane.organizationId, lane.webhookId, lane.claim];
    if ((await tx.query(LOCK, key)).length > 0) await tx.query(RELEASE, [...key, pauseMs]);
  }

  receiver(tx: Tx, webhookId: string): Promise<Receiver | undefined> {
    return tx.first<Receiver>(RECEIVER, [tx.scope.organizationId, webhookId]);
  }

  due(tx: Tx, webhookId: string, limit: number): Promise<DueDelivery[]> {
    return tx.query<DueDelivery>(DUE, [tx.scope.organizationId, webhookId, limit]);
  }

  /** Writes down an attempt with what it means for delivery and receiver, in one statement; undefined when it does not count. */
  record(
    tx: Tx,
    { deliveryId, state, retryInMs, status, error, detail, response, startedAt, durationMs, counts }: AttemptRecord,
  ): Promise<LaneHealth | undefined> {
    const what = [deliveryId, state, retryInMs, status, error, startedAt, durationMs, detail, response, counts];
    return tx.first<LaneHealth>(RECORD, [tx.scope.organizationId, ...what]);
  }
}
