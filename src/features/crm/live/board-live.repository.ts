import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';

const PIPELINE = `select 1 as found from pipelines where organization_id = $1 and id = $2 and archived_at is null`;
const PIPELINES_OF = `select id, pipeline_id as "pipelineId" from leads where organization_id = $1 and id = any($2::uuid[])`;

/** What the live board asks besides the trail. */
@Injectable()
export class BoardLiveRepository {
  async hasPipeline(tx: Tx, id: string): Promise<boolean> {
    return (await tx.first(PIPELINE, [tx.scope.organizationId, id])) !== undefined;
  }

  /** Where leads are now, deleted ones too. */
  async pipelinesOf(tx: Tx, leadIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (leadIds.length === 0) return new Map();
    const rows = await tx.query<{ id: string; pipelineId: string }>(PIPELINES_OF, [tx.scope.organizationId, leadIds]);
    return new Map(rows.map(({ id, pipelineId }) => [id, pipelineId]));
  }
}
