import type { Tx } from '../../../platform/database/tx.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { InvalidParameters } from '../../../platform/http/problems/core-problems.js';
import { DEFAULT_STAGES, type Stage } from './pipeline.js';
import { PipelineNotFound, PipelineUnknown, StageNotFound, StageUnknown } from './pipelines.errors.js';
import type { Problem } from '../../../platform/http/problems/problem.js';

const OPTIONS = `select s.key, s.name from pipelines p join pipeline_stages s
    on s.organization_id = p.organization_id and s.pipeline_id = p.id and s.archived_at is null
  where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end
  order by s.position`;

// Leads of archived stages and deleted leads of archived pipelines are listed too, so these are known, but not offered unasked.
const LISTED = `select s.key, s.name, (s.archived_at is null and (p.archived_at is null or $2::uuid is not null)) as offered from pipelines p join pipeline_stages s
    on s.organization_id = p.organization_id and s.pipeline_id = p.id
  where p.organization_id = $1 and case when $2::uuid is null then p.is_default or not $3 else p.id = $2 end
  order by p.is_default desc, p.id, s.position`;

/** An organization has no default pipeline yet: it is made on first use. */
export class NoDefaultPipeline extends Error {}

type NamedStage = Pick<Stage, 'key' | 'name'>;

/** Where a status was given: in a body, where a wrong one is a fault of the field, or in the address, where it is not found. */
export type StatusPlace = 'body' | 'address';

/** Why a status was not found; undefined when it is there by now. Read only after it was not found, so that the usual way costs nothing. */
export async function explainUnknownStage(
  tx: Tx,
  given: { pipelineId: string | null; status: string | null; place: StatusPlace },
): Promise<Problem | NoDefaultPipeline | undefined> {
  const { pipelineId, status, place } = given;
  const stages = await tx.query<{ key: string; name: string }>(OPTIONS, [tx.scope.organizationId, pipelineId]);
  if (stages.length === 0) {
    if (pipelineId === null) return new NoDefaultPipeline();
    if (place === 'address') return PipelineNotFound();
    return PipelineUnknown({
      errors: [{ pointer: '/pipelineId', code: 'pipeline-unknown', message: 'is not a pipeline of this organization' }],
    });
  }
  if (status === null || isAmong(stages, status)) return undefined;
  const { hint, message } = optionsFor(status, stages);
  if (place === 'address') return StageNotFound(hint);
  return StageUnknown({ ...hint, errors: [{ pointer: '/status', code: 'stage-unknown', message, ...hint }] });
}

/** Why a list by pipeline and status is empty; undefined when there is such a pipeline and stage, and only no lead. Read only for an empty list. */
export async function explainEmptyList(
  tx: Tx,
  { pipelineId, status, sort }: { pipelineId?: string; status?: string; sort?: string },
): Promise<Problem | undefined> {
  if (pipelineId === undefined && status === undefined) return undefined;
  const parameters = [tx.scope.organizationId, pipelineId ?? null, sort === 'position'];
  const found = await tx.query<{ key: string; name: string; offered: boolean }>(LISTED, parameters);
  if (pipelineId !== undefined && found.length === 0) return PipelineNotFound();
  // The default pipeline is made on first use.
  const stages = found.length === 0 ? DEFAULT_STAGES : found;
  if (status === undefined || isAmong(stages, status)) return undefined;
  const { hint, message } = optionsFor(status, found.length === 0 ? DEFAULT_STAGES : found.filter(({ offered }) => offered));
  return InvalidParameters({ errors: [{ parameter: 'status', code: 'stage-unknown', message, ...hint }] });
}

function isAmong(stages: readonly NamedStage[], status: string): boolean {
  return stages.some(({ key, name }) => key === status || name.toLowerCase() === status.toLowerCase());
}

function optionsFor(
  status: string,
  stages: readonly NamedStage[],
): { hint: { validOptions: string[]; didYouMean?: string }; message: string } {
  const validOptions = [...new Set(stages.map((stage) => stage.key))];
  const meant = didYouMean(status, [...validOptions, ...stages.map((stage) => stage.name)]);
  const suggestion = stages.find((stage) => stage.key === meant || stage.name === meant)?.key;
  return {
    hint: { validOptions, ...(suggestion ? { didYouMean: suggestion } : {}) },
    message: `must be one of: ${validOptions.join(', ')}`,
  };
}
