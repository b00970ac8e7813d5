import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AiCallView, AiUsageLine } from '../ai-usage.shapes.js';

const LINES = `select ${sqlSelectList(AiUsageLine, {
  month: `to_char(month, 'YYYY-MM')`,
  feature: 'feature',
  task: 'task',
  engine: 'engine',
  model: 'model',
  calls: 'calls::float8',
  failed: 'failed::float8',
  fallbacks: 'fallbacks::float8',
  tokensIn: 'tokens_in::float8',
  tokensOut: 'tokens_out::float8',
  audioMs: 'audio_ms::float8',
  costMicros: 'cost_micros::text',
  meanMs: 'round(duration_ms::numeric / greatest(calls, 1))::float8',
})} from ai_usage_months where organization_id = $1 and month between $2::date and $3::date
  order by month desc, feature, task, engine, model`;

const CALL = sqlSelectList(AiCallView, {
  id: 'id',
  feature: 'feature',
  task: 'task',
  status: 'status',
  engine: 'engine',
  model: 'model',
  prompt: 'prompt_name',
  promptVersion: 'prompt_version',
  tokensIn: 'tokens_in::float8',
  tokensOut: 'tokens_out::float8',
  audioMs: 'audio_ms::float8',
  costMicros: 'cost_micros::text',
  prices: 'prices',
  isEstimated: 'is_estimated',
  isFallback: 'is_fallback',
  attempts: 'attempts',
  durationMs: 'duration_ms',
  userId: `nullif(user_id, '${NIL_ID}')`,
  requestId: 'request_id',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
});

const page = (which: string): string => `select ${CALL} from ai_calls where organization_id = $1 and ${which}
    and id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit $4`;
// Two texts, so that each has its index.
const ALL_CALLS = page('$2::text is null');
const CALLS_IN_STATE = page('status = $2::text');

export interface CallsQuestion {
  readonly status: string | undefined;
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** What was used, by month and call by call. */
@Injectable()
export class ReportsRepository {
  /** Lines of the months between two first days, both included. */
  lines(tx: Tx, from: string, to: string): Promise<AiUsageLine[]> {
    return tx.query(LINES, [tx.scope.organizationId, from, to]);
  }

  calls(tx: Tx, { status, beforeId, limit }: CallsQuestion): Promise<AiCallView[]> {
    const sql = status === undefined ? ALL_CALLS : CALLS_IN_STATE;
    return tx.query(sql, [tx.scope.organizationId, status ?? null, beforeId ?? null, limit]);
  }
}
