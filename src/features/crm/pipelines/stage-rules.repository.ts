import type { Tx } from '../../../platform/database/tx.js';
import type { StageSettings } from './pipeline.js';
import { type ClosingRules, isRuled, type PipelineRules, type RuledStage } from './stage-rules.js';

/** A stage with the number that tells whether its rules, or the order of its column, have changed since. */
export interface KnownStage extends RuledStage {
  readonly epoch: number;
}

export type KeyedSettings = StageSettings & { readonly key: string };

export interface KnownRules extends PipelineRules {
  readonly pipelineId: string;
  readonly stages: readonly KnownStage[];
}

const RULES = `select p.id as "pipelineId", p.win_reasons as "winReasons", p.lost_reasons as "lostReasons", p.is_win_reason_required as "isWinReasonRequired",
    p.is_lost_reason_required as "isLostReasonRequired", (
    select json_agg(json_build_object('key', s.key, 'name', s.name, 'kind', s.kind, 'isArchived', s.archived_at is not null, 'epoch', s.rank_epoch,
      'allowedFrom', s.allowed_from, 'requiredFields', s.required_fields) order by s.position, s.key)
    from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = p.id) as stages
  from pipelines p where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end`;
const CLOSING = `update pipelines set win_reasons = $3, lost_reasons = $4, is_win_reason_required = $5, is_lost_reason_required = $6
  where organization_id = $1 and id = $2`;
const SETTINGS = `update pipeline_stages s set probability = n.probability, wip_limit = n."wipLimit", allowed_from = n."allowedFrom", required_fields = n."requiredFields"
  from jsonb_to_recordset($3::jsonb) as n(key text, probability smallint, "wipLimit" int, "allowedFrom" text[], "requiredFields" text[])
  where s.organization_id = $1 and s.pipeline_id = $2 and s.key = n.key`;
// With a new epoch, what was judged or read before this commits is judged and read again.
const MARK_RULED = `update pipeline_stages set is_ruled = key = any ($3::text[]), rank_epoch = rank_epoch + 1 where organization_id = $1 and pipeline_id = $2`;

/** Rules of a pipeline, the default one for null; undefined when there is none. */
export function findRules(tx: Tx, pipelineId: string | null): Promise<KnownRules | undefined> {
  return tx.first(RULES, [tx.scope.organizationId, pipelineId]);
}

export async function saveClosing(tx: Tx, pipelineId: string, rules: ClosingRules): Promise<void> {
  const { winReasons, lostReasons, isWinReasonRequired, isLostReasonRequired } = rules;
  await tx.query(CLOSING, [tx.scope.organizationId, pipelineId, winReasons, lostReasons, isWinReasonRequired, isLostReasonRequired]);
}

export async function saveSettings(tx: Tx, pipelineId: string, stages: readonly KeyedSettings[]): Promise<void> {
  await tx.query(SETTINGS, [tx.scope.organizationId, pipelineId, JSON.stringify(stages)]);
}

/** Says anew which stages have to be judged; all others are entered without. Call it last when rules, kinds or reasons have changed. */
export async function markRuled(tx: Tx, pipelineId: string): Promise<void> {
  const rules = await findRules(tx, pipelineId);
  const keys = rules?.stages.filter((stage) => isRuled(stage, rules)).map(({ key }) => key) ?? [];
  await tx.query(MARK_RULED, [tx.scope.organizationId, pipelineId, keys]);
}
