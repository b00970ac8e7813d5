import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../shared/ids.js';
import { misuse } from '../database/failures.js';
import type { Tx } from '../database/tx.js';
import { isPlainObject, type ShapeClass } from '../http/shapes/field.js';
import { accepts } from '../http/shapes/shape-pipe.js';
import { currentLogContext } from '../telemetry/log-context.js';
import type { QueueName } from './definitions.js';
import { RelaySignal } from './relay-signal.js';

/** One job to be written; several of one call share the payload. */
export interface NewJob {
  readonly name: string;
  readonly queue: QueueName;
  readonly onceKey?: string | undefined;
}

export interface WriteOptions {
  readonly runAt?: Date | string | undefined;
  /** Whether people see it among their jobs; what happens behind the scenes is hidden from all but administrators. */
  readonly visible?: boolean | undefined;
}

// One statement, so that it fits db.writeOne. A job whose key exists already is found by the conflict, which touches nothing.
const WRITE = `
  with j as (
    insert into jobs (organization_id, id, dispatch_id, name, queue, once_key, payload, run_at, visible,
      created_by_type, created_by_id, created_by_user_id, permissions, request_id, traceparent, last_seq)
    select $1::uuid, n.id, n.id, n.name, n.queue, n.once_key, $6::jsonb, coalesce($7::timestamptz, now()), $8::boolean,
      $9, $10::uuid, $11::uuid, $12::text[], $13, $14, case when $8 then 1 else 0 end
    from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as n (id, name, queue, once_key)
    on conflict (organization_id, name, once_key) where once_key is not null and state <> 'CANCELLED'
      do update set once_key = excluded.once_key
    returning id, name, queue, run_at, xmax = 0 as is_new
  ), o as (
    insert into outbox (organization_id, id, job_id, name, queue, run_at) select $1::uuid, id, id, name, queue, run_at from j where is_new
  ), e as (
    insert into job_events (organization_id, job_id, seq, kind, data)
    select $1::uuid, id, 1, 'state', '{"state":"PENDING","attempt":0}' from j where is_new and $8
  )
  select id from j`;

/** Writes jobs and their outbox rows in the transaction of the change that wants them. */
@Injectable()
export class Outbox {
  constructor(@Inject(RelaySignal) private readonly signal: RelaySignal) {}

  /** Gives the ids, of the first job where a key was used before. */
  async write(tx: Tx, jobs: readonly NewJob[], payload: object, options: WriteOptions): Promise<string[]> {
    const { organizationId, actor, permissions, requestId, traceparent } = tx.scope;
    const rows = await tx.query<{ id: string }>(WRITE, [
      organizationId,
      jobs.map(() => newId()),
      jobs.map((one) => one.name),
      jobs.map((one) => one.queue),
      jobs.map((one) => one.onceKey ?? null),
      JSON.stringify(payload),
      options.runAt === undefined ? null : new Date(options.runAt).toISOString(),
      options.visible ?? true,
      actor.type,
      actor.id,
      actor.userId,
      [...permissions],
      requestId,
      traceparent ?? currentLogContext()?.traceparent ?? null,
    ]);
    tx.afterCommit(() => this.signal.wake());
    return rows.map((row) => row.id);
  }
}

/** The payload as it will arrive; one that its own shape refuses is a bug of ours and is never sent. */
export function checkedPayload(name: string, shape: ShapeClass, payload: object): object {
  const arriving = JSON.parse(JSON.stringify(payload)) as unknown;
  if (!isPlainObject(arriving) || !accepts(shape, arriving)) throw misuse(`the payload of "${name}" does not fit its shape`);
  return arriving;
}
