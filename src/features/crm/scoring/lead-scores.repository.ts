import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import type { LeadScore } from './lead-score.js';
import { type LeadScoresQuery, ScoredLead, type ScoreOverrideView } from './scoring.shapes.js';

/** A score as it is kept for lists. */
export interface KeptScore extends Pick<LeadScore, 'score' | 'probability' | 'rulePoints'> {
  readonly leadId: string;
}

const COUNTS = 'coalesce(c.override_score, c.score)';
const VIEW = sqlSelectList(ScoredLead, {
  leadId: 'c.lead_id',
  name: 'l.name',
  company: 'l.company',
  status: 'l.status',
  pipelineId: 'l.pipeline_id',
  ownerId: 'l.owner_id',
  score: COUNTS,
  overridden: 'c.override_score is not null',
  probability: 'c.probability',
  scoredAt: 'c.scored_at',
});
const PUT = `
  insert into lead_scores (organization_id, lead_id, score, probability, points, model_version, rules_version, scored_at)
  select $1, g."leadId", g.score, g.probability, g."rulePoints", $3, $4, $5 from jsonb_to_recordset($2::jsonb)
    as g ("leadId" uuid, score smallint, probability double precision, "rulePoints" integer)
  on conflict (organization_id, lead_id) do update set score = excluded.score, probability = excluded.probability, points = excluded.points,
    model_version = excluded.model_version, rules_version = excluded.rules_version, scored_at = excluded.scored_at`;
const OVERRIDE = `select c.override_score as score, c.override_reason as reason, c.overridden_by as by, c.overridden_at as at from lead_scores c
  where c.organization_id = $1 and c.lead_id = $2 and c.override_score is not null`;
const SET_OVERRIDE = `update lead_scores set override_score = $3, override_reason = $4, overridden_by = $5, overridden_at = $6
  where organization_id = $1 and lead_id = $2`;
const CLEAR_OVERRIDE = `update lead_scores set override_score = null, override_reason = null, overridden_by = null, overridden_at = null
  where organization_id = $1 and lead_id = $2 and override_score is not null returning lead_id`;
const PAGE = `
  select row_to_json(v)::text as json, p.score, p.lead_id as "leadId" from (
    select ${COUNTS} as score, c.lead_id from lead_scores c join leads l on l.organization_id = $1 and l.id = c.lead_id and l.deleted_at is null
    where c.organization_id = $1 and ($2::smallint is null or (${COUNTS}, c.lead_id) < ($2, $3::uuid)) and ($4::smallint is null or ${COUNTS} >= $4)
      and ($5::uuid is null or l.owner_id = $5) and ($6::uuid is null or l.pipeline_id = $6)
    order by ${COUNTS} desc, c.lead_id desc limit $7) p
  join lead_scores c on c.organization_id = $1 and c.lead_id = p.lead_id
  join leads l on l.organization_id = $1 and l.id = p.lead_id
  cross join lateral (select ${VIEW}) v
  order by p.score desc, p.lead_id desc`;

/** Scores of leads as they are kept for lists, and those that people set. */
@Injectable()
export class LeadScoresRepository {
  async put(tx: Tx, scores: readonly KeptScore[], by: { model: number | null; rules: number; at: string }): Promise<void> {
    if (scores.length === 0) return;
    await tx.query(PUT, [tx.scope.organizationId, JSON.stringify(scores), by.model, by.rules, by.at]);
  }

  override(tx: Tx, leadId: string): Promise<ScoreOverrideView | undefined> {
    return tx.first<ScoreOverrideView>(OVERRIDE, [tx.scope.organizationId, leadId]);
  }

  async setOverride(tx: Tx, leadId: string, { score, reason, by, at }: ScoreOverrideView): Promise<void> {
    await tx.query(SET_OVERRIDE, [tx.scope.organizationId, leadId, score, reason, by, at]);
  }

  /** False when there was none. */
  async clearOverride(tx: Tx, leadId: string): Promise<boolean> {
    return (await tx.query(CLEAR_OVERRIDE, [tx.scope.organizationId, leadId])).length > 0;
  }

  /** Highest first, behind a place. */
  page(
    tx: Tx,
    { minScore, ownerId, pipelineId }: LeadScoresQuery,
    after: { score: number; leadId: string } | undefined,
    limit: number,
  ): Promise<{ json: string; score: number; leadId: string }[]> {
    const filters = [minScore ?? null, ownerId ?? null, pipelineId ?? null];
    return tx.query(PAGE, [tx.scope.organizationId, after?.score ?? null, after?.leadId ?? null, ...filters, limit]);
  }
}
