import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { rankBetween, rebalancedRanks } from '../../../shared/rank.js';
import { auditCte, auditParameters } from '../../audit/index.js';

interface StageOfPipeline {
  readonly pipelineId: string;
  readonly key: string;
}

const COUNT = `select count(*)::int as count from leads where organization_id = $1 and pipeline_id = $2 and status = $3 and deleted_at is null`;
const IDS = `select id from leads where organization_id = $1 and pipeline_id = $2 and status = $3 and deleted_at is null order by rank, id`;
const LAST = `select rank from leads where organization_id = $1 and pipeline_id = $2 and status = $3 and deleted_at is null order by rank desc limit 1`;
const MOVE = `with l as (
    update leads set status = $4, rank = n.rank, version = version + 1, updated_at = now() from unnest($5::uuid[], $6::text[]) as n(id, rank)
    where leads.organization_id = $1 and leads.pipeline_id = $2 and leads.id = n.id and leads.status = $3 and leads.deleted_at is null
    returning leads.id, leads.version),
  names as (
    select (select name from pipeline_stages where organization_id = $1 and pipeline_id = $2 and key = $3) as before,
      (select name from pipeline_stages where organization_id = $1 and pipeline_id = $2 and key = $4) as after),
  a as (${auditCte({
    from: 'l, names',
    first: 7,
    action: `'lead.moved'`,
    resourceType: `'lead'`,
    resourceId: 'l.id',
    before: `jsonb_build_object('status', $3::text, 'statusName', names.before)`,
    after: `jsonb_build_object('status', $4::text, 'statusName', names.after, 'version', l.version)`,
  })})
  select count(*)::int as count from l`;

/** All leads of a stage at once. */
@Injectable()
export class StageLeadsRepository {
  async count(tx: Tx, { pipelineId, key }: StageOfPipeline): Promise<number> {
    return (await tx.first<{ count: number }>(COUNT, [tx.scope.organizationId, pipelineId, key]))?.count ?? 0;
  }

  /** Moves the leads of a stage to the end of another one, in their order; both stages must be locked. */
  async moveAll(tx: Tx, from: StageOfPipeline, to: string): Promise<number> {
    const { organizationId } = tx.scope;
    const { pipelineId, key } = from;
    const leads = await tx.query<{ id: string }>(IDS, [organizationId, pipelineId, key]);
    const last = await tx.first<{ rank: string }>(LAST, [organizationId, pipelineId, to]);
    const stem = rankBetween(last?.rank ?? null, null, '');
    const ranks = rebalancedRanks(leads.length).map((rank) => stem + rank);
    const moved = await tx.first<{ count: number }>(MOVE, [
      organizationId,
      pipelineId,
      key,
      to,
      leads.map(({ id }) => id),
      ranks,
      ...auditParameters(tx.scope),
    ]);
    return moved?.count ?? 0;
  }
}
