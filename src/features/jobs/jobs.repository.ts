import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../shared/ids.js';
import type { Tx } from '../../platform/database/tx.js';
import { sqlSelectList } from '../../platform/http/shapes/schema.js';
import { type JobState, JobView } from './jobs.shapes.js';

/** Whose jobs a caller sees: those of one person, or all with the hidden ones. */
export interface Sight {
  readonly userId: string;
  readonly all: boolean;
}

export interface StoredEvent {
  readonly seq: number;
  readonly kind: string;
  readonly data: unknown;
}

/** What a follower is told next, with the state now. */
export interface JobNews {
  readonly events: readonly StoredEvent[];
  readonly last_seq: number;
  readonly isFinal: boolean;
  readonly final: object;
}

const COLUMNS = sqlSelectList(JobView, {
  id: 'id',
  name: 'name',
  queue: 'queue',
  state: 'state',
  progress: 'progress',
  result: 'result',
  error: 'error',
  attempts: 'attempts',
  createdBy: `nullif(created_by_user_id, '${NIL_ID}')`,
  createdAt: 'created_at',
  runAt: 'run_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  cancelRequestedAt: 'cancel_requested_at',
});

const SEEN = `(visible and created_by_user_id = $2 or $3)`;
const ONE = `select ${COLUMNS} from jobs where organization_id = $1 and id = $4 and ${SEEN}`;

const pageSql = (whose: string): string => `
  select ${COLUMNS} from jobs where organization_id = $1 and ${whose}
    and ($3::text is null or state = $3) and ($4::text is null or name = $4) and id < coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit $6`;
// Two texts, so that each has its index; failed jobs of everybody have one of their own.
const OWN_PAGE = pageSql(`visible and created_by_user_id = $2`);
const ALL_PAGE = pageSql(`$2::uuid is not null`);
const FAILED_PAGE = pageSql(`$2::uuid is not null and state = 'FAILURE'`);

const NEWS = `
  select j.last_seq, j.finished_at is not null as "isFinal",
    jsonb_build_object('state', j.state, 'attempt', j.attempts, 'result', j.result, 'error', j.error) as final,
    coalesce((select jsonb_agg(jsonb_build_object('seq', e.seq, 'kind', e.kind, 'data', e.data) order by e.seq) from (
      select seq, kind, data from job_events where organization_id = $1 and job_id = $2 and seq > $3 order by seq limit 100) e), '[]') as events
  from jobs j where j.organization_id = $1 and j.id = $2`;

/** Questions about jobs. */
@Injectable()
export class JobsRepository {
  find(tx: Tx, id: string, sight: Sight): Promise<JobView | undefined> {
    return tx.first<JobView>(ONE, [tx.scope.organizationId, sight.userId, sight.all, id]);
  }

  page(
    tx: Tx,
    sight: Sight,
    filter: { state?: JobState | undefined; name?: string | undefined; beforeId?: string | undefined; limit: number },
  ): Promise<JobView[]> {
    const sql = !sight.all ? OWN_PAGE : filter.state === 'FAILURE' ? FAILED_PAGE : ALL_PAGE;
    return tx.query<JobView>(sql, [
      tx.scope.organizationId,
      sight.userId,
      filter.state ?? null,
      filter.name ?? null,
      filter.beforeId ?? null,
      filter.limit,
    ]);
  }

  /** What happened after `seq`. */
  news(tx: Tx, id: string, seq: number): Promise<JobNews | undefined> {
    return tx.first<JobNews>(NEWS, [tx.scope.organizationId, id, seq]);
  }
}
