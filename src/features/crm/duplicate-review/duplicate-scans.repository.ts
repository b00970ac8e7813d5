import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { jobJoin } from '../../../platform/messaging/job-join.js';
import type { StoredModel } from '../duplicates/stored-model.js';
import type { DuplicateScan, ScanPhase, Step } from './duplicate-scan.js';
import { DuplicateScanView } from './duplicate-scans.shapes.js';

// What became of its job is part of a scan's state: it may be cancelled before it began, or be given up when no code of ours runs.
const STATE = `case
    when sc.state in ('queued', 'running') and j.state = 'CANCELLED' then 'cancelled'
    when sc.state in ('queued', 'running') and (j.id is null or j.state = 'FAILURE') then 'failed'
    else sc.state end`;
const SOURCE = `lead_duplicate_scans sc ${jobJoin('sc.organization_id', 'sc.job_id')}`;
const VIEW = sqlSelectList(DuplicateScanView, {
  id: 'sc.id',
  state: STATE,
  phase: 'sc.phase',
  threshold: 'sc.threshold',
  leadCount: 'sc.lead_count',
  doneCount: 'sc.done_count',
  comparedPairs: 'sc.compared_count',
  pairCount: 'sc.pair_count',
  clusterCount: 'sc.cluster_count',
  truncated: 'sc.is_truncated',
  error: `coalesce(sc.error, case when sc.state in ('queued', 'running') and j.state = 'FAILURE' then j.error end)`,
  jobId: 'sc.job_id',
  createdBy: 'sc.created_by',
  createdAt: 'sc.created_at',
  startedAt: 'sc.started_at',
  finishedAt: 'sc.finished_at',
});
const OWN = 'sc.organization_id = $1 and sc.id = $2';
const FIND = `select row_to_json(v)::text as json from (select ${VIEW} from ${SOURCE} where ${OWN}) v`;
const PAGE = `select row_to_json(v)::text as json, v.id from (
  select ${VIEW} from ${SOURCE} where sc.organization_id = $1 and ($2::uuid is null or sc.id < $2) order by sc.id desc limit $3) v`;
const FACTS = `sc.id, sc.phase, sc.threshold, sc.reached, sc.lead_count as "leadCount", sc.done_count as "doneCount", sc.block_limit as "blockLimit", sc.model`;
const INSERT = `insert into lead_duplicate_scans (organization_id, id, job_id, threshold, created_by) values ($1, $2, $3, $4, $5)`;
const OPEN = `select sc.id, sc.job_id as "jobId", ${STATE} as state from ${SOURCE} where sc.organization_id = $1 and sc.state in ('queued', 'running')`;
const START = `
  update lead_duplicate_scans sc set state = 'running', started_at = coalesce(sc.started_at, now()), lead_count = case when sc.phase = 'keys' and sc.reached is null then $3 else sc.lead_count end
  where ${OWN} and sc.state in ('queued', 'running') returning ${FACTS}`;
const ADVANCE = `
  update lead_duplicate_scans sc set reached = $4, done_count = sc.done_count + $5, compared_count = sc.compared_count + $6
  where ${OWN} and sc.state = 'running' and sc.reached is not distinct from $3::uuid returning sc.id`;
const TO_PHASE = `
  update lead_duplicate_scans sc set phase = $3, reached = null, done_count = 0, model = coalesce($4::jsonb, sc.model), block_limit = coalesce($5, sc.block_limit)
  where ${OWN} and sc.state = 'running' returning sc.id`;
const FINISH = `
  update lead_duplicate_scans sc set state = $3, phase = case when $3 = 'finished' then 'done' else sc.phase end, finished_at = now(), model = null,
    pair_count = coalesce($4, sc.pair_count), cluster_count = coalesce($5, sc.cluster_count), is_truncated = coalesce($6, sc.is_truncated)
  where ${OWN} and sc.state in ('queued', 'running') returning sc.id`;
const OLDER = `
  select sc.id from lead_duplicate_scans sc where sc.organization_id = $1 and sc.id < $2
    and exists (select from lead_duplicate_pairs p where p.organization_id = $1 and p.run_id = sc.id)
    and not exists (select from lead_duplicate_clusters c where c.organization_id = $1 and c.scan_id = sc.id)`;

const LEFT_KEYS = `
  select sc.id from lead_duplicate_scans sc where sc.organization_id = $1 and sc.state in ('finished', 'cancelled', 'failed')
    and exists (select from lead_duplicate_keys k where k.organization_id = $1 and k.run_id = sc.id)`;

/** What a finished scan found. */
export interface ScanOutcome {
  readonly pairs: number;
  readonly clusters: number;
  readonly isTruncated: boolean;
}

/** The rows of `lead_duplicate_scans`. */
@Injectable()
export class DuplicateScansRepository {
  async insert(tx: Tx, { id, jobId, threshold }: { id: string; jobId: string; threshold: number }): Promise<void> {
    await tx.query(INSERT, [tx.scope.organizationId, id, jobId, threshold, tx.scope.actor.userId]);
  }

  find(tx: Tx, id: string): Promise<{ json: string } | undefined> {
    return tx.first(FIND, [tx.scope.organizationId, id]);
  }

  /** Newest first. */
  page(tx: Tx, beforeId: string | undefined, limit: number): Promise<{ json: string; id: string }[]> {
    return tx.query(PAGE, [tx.scope.organizationId, beforeId ?? null, limit]);
  }

  /** The scan that has not ended, with the state its job gives it. */
  open(tx: Tx): Promise<{ id: string; jobId: string; state: string } | undefined> {
    return tx.first(OPEN, [tx.scope.organizationId]);
  }

  /** Undefined when it has ended already. */
  start(tx: Tx, id: string, leadCount: number): Promise<DuplicateScan | undefined> {
    return tx.first<DuplicateScan>(START, [tx.scope.organizationId, id, leadCount]);
  }

  /** Moves the watermark on; false when somebody else has moved it. */
  async advance(tx: Tx, id: string, { from, reached, done, compared }: Step): Promise<boolean> {
    return (await tx.query(ADVANCE, [tx.scope.organizationId, id, from, reached, done, compared])).length > 0;
  }

  /** Begins the next phase; false when the scan has ended. */
  async toPhase(tx: Tx, id: string, phase: ScanPhase, learned?: { model: StoredModel; blockLimit: number }): Promise<boolean> {
    const model = learned ? JSON.stringify(learned.model) : null;
    return (await tx.query(TO_PHASE, [tx.scope.organizationId, id, phase, model, learned?.blockLimit ?? null])).length > 0;
  }

  /** False when it has ended already. */
  async finish(tx: Tx, id: string, state: string, found?: ScanOutcome): Promise<boolean> {
    const counts = [found?.pairs ?? null, found?.clusters ?? null, found?.isTruncated ?? null];
    return (await tx.query(FINISH, [tx.scope.organizationId, id, state, ...counts])).length > 0;
  }

  /** Scans before this one whose pairs explain no group any more. */
  async unneeded(tx: Tx, id: string): Promise<string[]> {
    return (await tx.query<{ id: string }>(OLDER, [tx.scope.organizationId, id])).map((row) => row.id);
  }

  /** Scans that have ended, but whose keys are still there because their worker died. */
  async withKeys(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>(LEFT_KEYS, [tx.scope.organizationId])).map((row) => row.id);
  }
}
