import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { jobJoin } from '../../../platform/messaging/job-join.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import type { ImportOutcome, LeadImport } from './lead-import.js';
import { LeadImportView } from './lead-imports.shapes.js';

/** An import to be started. */
export type NewImport = Omit<LeadImport, 'state' | 'phase' | 'lastLine' | 'readCount'> & {
  readonly fileName: string;
  readonly jobId: string;
};

/** What one batch adds to the summary. */
export interface BatchProgress {
  readonly lastLine: number;
  readonly rows: readonly { readonly outcome: ImportOutcome }[];
  readonly busyMs: number;
}

// What became of its job is part of an import's state: a job may be cancelled before it began, or give up when no code of ours runs.
const STATE = `case
    when i.state in ('queued', 'running') and j.state = 'CANCELLED' then 'cancelled'
    when i.state in ('queued', 'running') and (j.id is null or j.state = 'FAILURE') then 'failed'
    when i.state = 'undoing' and (j.id is null or j.state in ('FAILURE', 'CANCELLED')) then 'undo-failed'
    else i.state end`;
const ERROR = `coalesce(i.error, case when i.state in ('queued', 'running', 'undoing') and j.state = 'FAILURE' then j.error end)`;
const SOURCE = `lead_imports i ${jobJoin('i.organization_id', 'coalesce(i.undo_job_id, i.job_id)')}`;

const VIEW = sqlSelectList(LeadImportView, {
  id: 'i.id',
  state: STATE,
  dryRun: 'i.is_dry_run',
  fileId: 'i.file_id',
  fileName: 'i.file_name',
  pipelineId: 'i.pipeline_id',
  mapping: 'i.mapping',
  naturalKey: 'i.natural_key',
  onDuplicate: 'i.on_duplicate',
  onError: 'i.on_error',
  counts: `json_build_object('read', i.read_count, 'created', i.created_count, 'updated', i.updated_count, 'unchanged', i.unchanged_count,
    'duplicate', i.duplicate_count, 'failed', i.failed_count)`,
  duplicatePairs: 'i.pair_count',
  undone: `case when i.undo_job_id is not null then json_build_object('deleted', i.deleted_count, 'restored', i.restored_count, 'kept', i.kept_count) end`,
  rowsPerSecond: `case when i.busy_ms > 0 then round(i.read_count * 1000.0 / i.busy_ms)::int end`,
  error: ERROR,
  jobId: 'i.job_id',
  undoJobId: 'i.undo_job_id',
  createdBy: 'i.created_by',
  createdAt: 'i.created_at',
  startedAt: 'i.started_at',
  finishedAt: 'i.finished_at',
});
const OWN = 'i.organization_id = $1 and i.id = $2';
const FIND = `select row_to_json(v)::text as json, v.state from (select ${VIEW} from ${SOURCE} where ${OWN}) v`;
const PAGE = `select row_to_json(v)::text as json, v.id from (
  select ${VIEW} from ${SOURCE} where i.organization_id = $1 and ($2::uuid is null or i.id < $2) order by i.id desc limit $3) v`;

const FACTS = `i.id, i.file_id as "fileId", i.pipeline_id as "pipelineId", i.is_dry_run as "isDryRun", i.mapping, i.natural_key as "naturalKey",
  i.on_duplicate as "onDuplicate", i.on_error as "onError", i.state, i.phase, i.last_line as "lastLine", i.read_count as "readCount"`;
const INSERT = `
  insert into lead_imports (organization_id, id, file_id, file_name, pipeline_id, is_dry_run, mapping, natural_key, on_duplicate, on_error, job_id, created_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const LOCK = `select ${FACTS}, i.undo_after as "undoAfter" from lead_imports i where ${OWN} for update`;
const START = `
  update lead_imports i set state = 'running', error = null, started_at = coalesce(i.started_at, now())
  where ${OWN} and i.state in ('queued', 'running', 'failed')
  returning ${FACTS}`;
const ADVANCE = `
  update lead_imports i set last_line = $4, read_count = i.read_count + $5, created_count = i.created_count + $6, updated_count = i.updated_count + $7,
    unchanged_count = i.unchanged_count + $8, duplicate_count = i.duplicate_count + $9, failed_count = i.failed_count + $10, busy_ms = i.busy_ms + $11
  where ${OWN} and i.last_line = $3 and i.state = 'running' and i.phase = 'rows'
  returning i.id`;
const SET_PHASE = `update lead_imports i set phase = $3 where ${OWN} and i.state = 'running'`;
const FINISH = `
  update lead_imports i set state = $3, phase = 'done', error = $4::jsonb, pair_count = coalesce($5, i.pair_count), finished_at = now()
  where ${OWN} and i.state = 'running'
  returning i.id`;
const START_UNDO = `update lead_imports i set state = 'undoing', undo_job_id = $3 where ${OWN}`;
const ADVANCE_UNDO = `
  update lead_imports i set undo_after = $3, deleted_count = i.deleted_count + $4, restored_count = i.restored_count + $5, kept_count = i.kept_count + $6
  where ${OWN}`;
const FINISH_UNDO = `update lead_imports i set state = 'undone' where ${OWN}`;

/** The rows of `lead_imports`. */
@Injectable()
export class LeadImportsRepository {
  async insert(tx: Tx, made: NewImport): Promise<void> {
    const { id, fileId, fileName, pipelineId, isDryRun, mapping, naturalKey, onDuplicate, onError, jobId } = made;
    const how = [JSON.stringify(mapping), naturalKey, onDuplicate, onError];
    await tx.query(INSERT, [tx.scope.organizationId, id, fileId, fileName, pipelineId, isDryRun, ...how, jobId, tx.scope.actor.userId]);
  }

  find(tx: Tx, id: string): Promise<{ json: string; state: string } | undefined> {
    return tx.first(FIND, [tx.scope.organizationId, id]);
  }

  /** Newest first. */
  page(tx: Tx, beforeId: string | undefined, limit: number): Promise<{ json: string; id: string }[]> {
    return tx.query(PAGE, [tx.scope.organizationId, beforeId ?? null, limit]);
  }

  lock(tx: Tx, id: string): Promise<(LeadImport & { undoAfter: string | null }) | undefined> {
    return tx.first(LOCK, [tx.scope.organizationId, id]);
  }

  /** Undefined when it has ended already. */
  start(tx: Tx, id: string): Promise<LeadImport | undefined> {
    return tx.first<LeadImport>(START, [tx.scope.organizationId, id]);
  }

  /** Moves the watermark on; false when somebody else has moved it. */
  async advance(tx: Tx, id: string, fromLine: number, { lastLine, rows, busyMs }: BatchProgress): Promise<boolean> {
    const count = (outcome: ImportOutcome): number => rows.filter((row) => row.outcome === outcome).length;
    const counts = [rows.length, count('created'), count('updated'), count('unchanged'), count('duplicate'), count('failed')];
    return (await tx.query(ADVANCE, [tx.scope.organizationId, id, fromLine, lastLine, ...counts, Math.round(busyMs)])).length > 0;
  }

  async setPhase(tx: Tx, id: string, phase: LeadImport['phase']): Promise<void> {
    await tx.query(SET_PHASE, [tx.scope.organizationId, id, phase]);
  }

  /** False when it has ended already. */
  async finish(tx: Tx, id: string, end: { state: string; error?: object; pairs?: number }): Promise<boolean> {
    const { state, error, pairs } = end;
    return (await tx.query(FINISH, [tx.scope.organizationId, id, state, error ? JSON.stringify(error) : null, pairs ?? null])).length > 0;
  }

  async startUndo(tx: Tx, id: string, jobId: string): Promise<void> {
    await tx.query(START_UNDO, [tx.scope.organizationId, id, jobId]);
  }

  async advanceUndo(tx: Tx, id: string, after: string, counts: { deleted: number; restored: number; kept: number }): Promise<void> {
    await tx.query(ADVANCE_UNDO, [tx.scope.organizationId, id, after, counts.deleted, counts.restored, counts.kept]);
  }

  async finishUndo(tx: Tx, id: string): Promise<void> {
    await tx.query(FINISH_UNDO, [tx.scope.organizationId, id]);
  }
}
