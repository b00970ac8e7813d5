import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../shared/ids.js';
import { Bus } from '../database/bus.js';
import type { Tx } from '../database/tx.js';
import { jobTopic } from './job-store.js';
import { RelaySignal } from './relay-signal.js';
import { CANCEL_TOPIC } from './running-jobs.js';

// A waiting job ends at once; for a running one the wish is noted and whoever runs it is told.
const CANCEL = `
  with j as (
    update jobs set cancel_requested_at = coalesce(cancel_requested_at, now()),
      finished_at = case when state = 'PENDING' then now() end,
      last_seq = last_seq + case when state = 'PENDING' and visible then 1 else 0 end,
      state = case when state = 'PENDING' then 'CANCELLED' else state end
    where organization_id = $1 and id = $2 and state in ('PENDING', 'PROCESSING')
    returning organization_id, id, state, visible, attempts, error, last_seq, finished_at
  ), e as (
    insert into job_events (organization_id, job_id, seq, kind, data)
    select organization_id, id, last_seq, 'done', jsonb_build_object('state', state, 'attempt', attempts, 'result', null, 'error', error)
    from j where visible and finished_at is not null
  )
  select state from j`;

// Another dispatch: the queue may still hold the old one, which no longer finds its job.
const REDRIVE = `
  with j as (
    update jobs set state = 'PENDING', dispatch_id = $3, attempts = 0, crashes = 0, error = null, finished_at = null, cancel_requested_at = null,
      run_at = now(), last_seq = last_seq + case when visible then 1 else 0 end
    where organization_id = $1 and id = $2 and state = 'FAILURE'
    returning organization_id, id, dispatch_id, name, queue, run_at, visible, last_seq
  ), o as (
    insert into outbox (organization_id, id, job_id, name, queue, run_at) select organization_id, dispatch_id, id, name, queue, run_at from j
  ), e as (
    insert into job_events (organization_id, job_id, seq, kind, data)
    select organization_id, id, last_seq, 'state', '{"state":"PENDING","attempt":0}' from j where visible
  )
  select id from j`;

/** Stops jobs and starts failed ones again. Whether the caller may is decided by who calls. */
@Injectable()
export class JobControl {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(RelaySignal) private readonly signal: RelaySignal,
  ) {}

  /** `CANCELLED` when it had not started, `PROCESSING` when it was asked to stop, undefined when it is finished. Needs `db.write`. */
  async cancel(tx: Tx, jobId: string): Promise<'CANCELLED' | 'PROCESSING' | undefined> {
    const row = await tx.first<{ state: 'CANCELLED' | 'PROCESSING' }>(CANCEL, [tx.scope.organizationId, jobId]);
    if (!row) return undefined;
    if (row.state === 'PROCESSING') await this.bus.publish(tx, CANCEL_TOPIC, jobId);
    else await this.bus.publish(tx, jobTopic(jobId), '');
    return row.state;
  }

  /** Starts a failed job from its last finished step, with all its attempts; false when it has not failed. Needs `db.write`. */
  async redrive(tx: Tx, jobId: string): Promise<boolean> {
    const row = await tx.first(REDRIVE, [tx.scope.organizationId, jobId, newId()]);
    if (!row) return false;
    await this.bus.publish(tx, jobTopic(jobId), '');
    tx.afterCommit(() => this.signal.wake());
    return true;
  }
}
