import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { DisabledReason, WebhookView } from './webhooks.shapes.js';

/** Who made a webhook. */
interface Maker {
  readonly createdBy: string;
  readonly createdByType: string;
}

export interface NewWebhook extends Maker {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly active: boolean;
  readonly sealedSecret: string;
}

/** What a change of a webhook leaves. */
export type WebhookContent = Pick<WebhookView, 'url' | 'events' | 'description' | 'active'>;

const VIEW = `w.id, w.url, w.events, w.description, w.active, w.disabled_reason as "disabledReason", w.disabled_at as "disabledAt",
  w.created_by as "createdBy", w.created_by_type as "createdByType", case when w.previous_until > now() then w.previous_until end as "previousSecretUntil",
  l.failures, l.failing_since as "failingSince", l.last_success_at as "lastSuccessAt", w.version, w.created_at as "createdAt", w.updated_at as "updatedAt"`;
const LIVE = `from webhooks w join webhook_lanes l on l.organization_id = w.organization_id and l.webhook_id = w.id
  where w.organization_id = $1 and w.deleted_at is null`;

const PAGE = `select ${VIEW} ${LIVE} and ($2::uuid is null or w.id < $2) order by w.id desc limit $3`;
const BY_ID = `select ${VIEW} ${LIVE} and w.id = $2`;
const LOCK = `${BY_ID} for update of w`;
const INSERT = `with w as (
    insert into webhooks (organization_id, id, url, events, description, active, secret, created_by, created_by_type, disabled_at, disabled_reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when not $6::boolean then now() end, case when not $6::boolean then 'by-hand' end)
    returning organization_id, id)
  insert into webhook_lanes (organization_id, webhook_id) select organization_id, id from w`;
const CHANGE = `update webhooks w set url = $3, events = $4, description = $5, active = $6,
    enabled_at = case when $6 and not w.active then clock_timestamp() else w.enabled_at end,
    disabled_at = case when $6 then null when w.active then now() else w.disabled_at end,
    disabled_reason = case when $6 then null when w.active then 'by-hand' else w.disabled_reason end,
    version = w.version + 1, updated_at = now()
  where w.organization_id = $1 and w.id = $2`;
const NEW_START = `update webhook_lanes set failures = 0, failing_since = null, paused_until = null where organization_id = $1 and webhook_id = $2`;
const ROTATE = `update webhooks w set previous_secret = case when $4::int > 0 then w.secret end,
    previous_until = case when $4::int > 0 then now() + make_interval(hours => $4) end, secret = $3, version = w.version + 1, updated_at = now()
  where w.organization_id = $1 and w.id = $2`;
const DISABLE = `update webhooks set active = false, disabled_at = now(), disabled_reason = $3, version = version + 1, updated_at = now()
  where organization_id = $1 and id = $2 and active and deleted_at is null returning events, url`;
const DELETE = `update webhooks set deleted_at = now(), active = false, previous_secret = null, previous_until = null, updated_at = now()
  where organization_id = $1 and id = $2`;
const DROP = `delete from webhooks w where w.organization_id = $1 and w.deleted_at is not null
  and not exists (select from webhook_deliveries d where d.organization_id = w.organization_id and d.webhook_id = w.id)`;

// Waits for who makes or enables another one, so that the limit holds and the cursor is not moved twice.
const LOCK_LIST = `select pg_advisory_xact_lock(hashtextextended('webhooks:' || $1, 11))`;
const COUNTS = `select count(*)::int as all, (count(*) filter (where active))::int as active from webhooks
  where organization_id = $1 and deleted_at is null and id is distinct from $2::uuid`;
const START_CURSOR = `insert into webhook_cursors (organization_id, seq) values ($1, $2)
  on conflict (organization_id) do update set seq = greatest(webhook_cursors.seq, excluded.seq)`;

/** Questions about subscriptions. */
@Injectable()
export class WebhooksRepository {
  page(tx: Tx, before: string | null, limit: number): Promise<WebhookView[]> {
    return tx.query<WebhookView>(PAGE, [tx.scope.organizationId, before, limit]);
  }

  byId(tx: Tx, id: string): Promise<WebhookView | undefined> {
    return tx.first<WebhookView>(BY_ID, [tx.scope.organizationId, id]);
  }

  /** The webhook, held until the end of the transaction. */
  lock(tx: Tx, id: string): Promise<WebhookView | undefined> {
    return tx.first<WebhookView>(LOCK, [tx.scope.organizationId, id]);
  }

  async insert(tx: Tx, { id, url, events, description, active, sealedSecret, createdBy, createdByType }: NewWebhook): Promise<void> {
    await tx.query(INSERT, [tx.scope.organizationId, id, url, events, description, active, sealedSecret, createdBy, createdByType]);
  }

  async change(tx: Tx, id: string, { url, events, description, active }: WebhookContent): Promise<void> {
    await tx.query(CHANGE, [tx.scope.organizationId, id, url, events, description, active]);
  }

  /** Forgets the failures of a receiver that gets another chance. */
  async newStart(tx: Tx, id: string): Promise<void> {
    await tx.query(NEW_START, [tx.scope.organizationId, id]);
  }

  async rotate(tx: Tx, id: string, sealedSecret: string, overlapHours: number): Promise<void> {
    await tx.query(ROTATE, [tx.scope.organizationId, id, sealedSecret, overlapHours]);
  }

  /** Switches an active webhook off; undefined when it was off already. */
  disable(tx: Tx, id: string, reason: DisabledReason): Promise<{ events: string[]; url: string } | undefined> {
    return tx.first(DISABLE, [tx.scope.organizationId, id, reason]);
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.query(DELETE, [tx.scope.organizationId, id]);
  }

  /** Removes deleted webhooks whose deliveries have all aged out. */
  async dropDeleted(tx: Tx, organizationId: string): Promise<void> {
    await tx.query(DROP, [organizationId]);
  }

  /** Holds the list of webhooks, and counts those besides one. */
  async lockList(tx: Tx, besides: string | null): Promise<{ all: number; active: number }> {
    await tx.query(LOCK_LIST, [tx.scope.organizationId]);
    return (await tx.first<{ all: number; active: number }>(COUNTS, [tx.scope.organizationId, besides])) ?? { all: 0, active: 0 };
  }

  /** Lets the events of an organization be looked at from behind `seq` on, or from later if that has been done. */
  async startCursor(tx: Tx, seq: number): Promise<void> {
    await tx.query(START_CURSOR, [tx.scope.organizationId, seq]);
  }
}
