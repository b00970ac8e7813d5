import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { schedule } from './definitions.js';
import { Handles, type JobContext } from './handles.js';

export const CleanUp = schedule({ name: 'messaging.clean-up', every: 3600, timeoutMs: 600_000 });

const BATCH = 2_000;

const JOBS = `
  with old as (
    select organization_id, id from jobs
    where finished_at < now() - interval '30 days' and (state <> 'FAILURE' or finished_at < now() - interval '90 days')
    order by finished_at limit ${BATCH}
  ), e as (
    delete from job_events using old where job_events.organization_id = old.organization_id and job_events.job_id = old.id
  )
  delete from jobs using old where jobs.organization_id = old.organization_id and jobs.id = old.id returning 1`;

/** As long as failed jobs are kept: one that is redriven must still know what it has done. */
const PROCESSED = `
  delete from processed_messages where ctid = any(array(
    select ctid from processed_messages where created_at < now() - interval '90 days' limit ${BATCH})) returning 1`;

const IDEMPOTENCY_KEYS = `
  delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where created_at < now() - interval '24 hours' limit ${BATCH})) returning 1`;

/** Takes away what nobody needs any more: finished jobs after 30 days, failed ones after 90, stored answers after a day. */
@Injectable()
export class Upkeep {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Handles(CleanUp)
  async cleanUp({ scope, signal }: JobContext): Promise<{ removed: number }> {
    let removed = 0;
    for (const statement of [JOBS, PROCESSED, IDEMPOTENCY_KEYS]) {
      let count = BATCH;
      while (count === BATCH && !signal.aborted) {
        count = (await this.database.asSystem('clean up', scope, (tx) => tx.query(statement))).length;
        removed += count;
      }
    }
    return { removed };
  }
}
