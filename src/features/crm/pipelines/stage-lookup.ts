import type { Tx } from '../../../platform/database/tx.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { PipelineNotFound, PipelineUnknown, StageNotFound, StageUnknown } from './pipelines.errors.js';
import type { Problem } from '../../../platform/http/problems/problem.js';

const OPTIONS = `select s.key, s.name from pipelines p join pipeline_stages s
    on s.organization_id = p.organization_id and s.pipeline_id = p.id and s.archived_at is null
  where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end
  order by s.position`;

/** An organization has no default pipeline yet: it is made on first use. */
export class NoDefaultPipeline extends Error {}

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
  if (status === null || stages.some(({ key, name }) => key === status || name.toLowerCase() === status.toLowerCase())) return undefined;
  const validOptions = stages.map((stage) => stage.key);
  const meant = didYouMean(status, [...validOptions, ...stages.map((stage) => stage.name)]);
  const suggestion = stages.find((stage) => stage.key === meant || stage.name === meant)?.key;
  const hint = { validOptions, ...(suggestion ? { didYouMean: suggestion } : {}) };
  if (place === 'address') return StageNotFound(hint);
  return StageUnknown({
    ...hint,
    errors: [{ pointer: '/status', code: 'stage-unknown', message: `must be one of: ${validOptions.join(', ')}`, ...hint }],
  });
}
