import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { DEFAULT_PIPELINE_NAME, DEFAULT_STAGES, type NewStageRow } from './pipeline.js';
import { PipelineView, StageView } from './pipelines.shapes.js';

/** A stage of any age; archived ones keep their key taken. */
export interface StageRow extends NewStageRow {
  readonly archived: boolean;
}

const STAGE_LIST = sqlSelectList(StageView, {
  key: 's.key',
  name: 's.name',
  kind: 's.kind',
  position: '(row_number() over (order by s.position, s.key) - 1)::int',
  probability: 's.probability',
  wipLimit: 's.wip_limit',
  allowedFrom: 's.allowed_from',
  requiredFields: 's.required_fields',
});
const PIPELINE_LIST = sqlSelectList(PipelineView, {
  id: 'p.id',
  name: 'p.name',
  isDefault: 'p.is_default',
  stages: `(select json_agg(v) from (select ${STAGE_LIST} from pipeline_stages s
    where s.organization_id = p.organization_id and s.pipeline_id = p.id and s.archived_at is null order by s.position, s.key) v)`,
  winReasons: 'p.win_reasons',
  lostReasons: 'p.lost_reasons',
  isWinReasonRequired: 'p.is_win_reason_required',
  isLostReasonRequired: 'p.is_lost_reason_required',
  version: 'p.version',
  createdAt: 'p.created_at',
  updatedAt: 'p.updated_at',
});

const INSERT_STAGES = `insert into pipeline_stages (organization_id, pipeline_id, key, name, kind, position, probability)
  select $1, p.id, t.* from p, unnest($4::text[], $5::text[], $6::text[], $7::int[], $8::smallint[]) as t(key, name, kind, position, probability)`;

const insertPipeline = (isDefault: boolean, action: string): string => `with p as (
    insert into pipelines (organization_id, id, name, is_default) values ($1, $2, $3, ${isDefault}) ${isDefault ? 'on conflict do nothing' : ''} returning id, name),
  s as (${INSERT_STAGES}),
  a as (${auditCte({
    from: 'p',
    first: 9,
    action,
    resourceType: `'pipeline'`,
    resourceId: 'p.id',
    before: 'null::jsonb',
    after: `jsonb_build_object('name', p.name, 'isDefault', ${isDefault}, 'stages', to_jsonb($5::text[]))`,
  })})
  select id from p`;

const INSERT_DEFAULT = insertPipeline(true, `'pipeline.created'`);
const INSERT = insertPipeline(false, `'pipeline.created'`);

const LIST = `select p.* from (select ${PIPELINE_LIST} from pipelines p where p.organization_id = $1 and p.archived_at is null) p order by p."isDefault" desc, p.name, p.id`;
const GET = `select ${PIPELINE_LIST} from pipelines p where p.organization_id = $1 and p.id = $2 and p.archived_at is null`;

const LOCK = `select version from pipelines where organization_id = $1 and id = $2 and archived_at is null for update`;
const TOUCH = `update pipelines set version = version + 1, updated_at = now() where organization_id = $1 and id = $2`;
const RENAME = `update pipelines set name = $3 where organization_id = $1 and id = $2`;
const NO_DEFAULT = `update pipelines set is_default = false, version = version + 1, updated_at = now() where organization_id = $1 and is_default and id <> $2`;
const MAKE_DEFAULT = `update pipelines set is_default = true where organization_id = $1 and id = $2`;
const ARCHIVE = `update pipelines set archived_at = now() where organization_id = $1 and id = $2`;
const HAS_LEADS = `select exists (select from leads where organization_id = $1 and pipeline_id = $2 and deleted_at is null) as used`;

const STAGES = `select key, name, kind, position, probability, wip_limit as "wipLimit", allowed_from as "allowedFrom", required_fields as "requiredFields",
    archived_at is not null as archived from pipeline_stages where organization_id = $1 and pipeline_id = $2 order by position, key`;
const ADD_STAGE = `insert into pipeline_stages (organization_id, pipeline_id, key, name, kind, position) values ($1, $2, $3, $4, $5, $6)`;
const CHANGE_STAGE = `with old as (
    insert into pipeline_stage_names (organization_id, pipeline_id, key, name)
    select organization_id, pipeline_id, key, name from pipeline_stages where organization_id = $1 and pipeline_id = $2 and key = $3 and name <> $4
    on conflict do nothing)
  update pipeline_stages set name = $4, kind = $5 where organization_id = $1 and pipeline_id = $2 and key = $3`;
const ORDER_STAGES = `update pipeline_stages s set position = t.n from unnest($3::text[]) with ordinality as t(key, n)
  where s.organization_id = $1 and s.pipeline_id = $2 and s.key = t.key and s.position <> t.n`;
const ARCHIVE_STAGE = `update pipeline_stages set archived_at = now() where organization_id = $1 and pipeline_id = $2 and key = $3`;

// Waits for every statement that is putting a lead into the stage; those that come later see that it was archived.
const LOCK_STAGES = `select key from pipeline_stages where organization_id = $1 and pipeline_id = $2 and key = any ($3::text[]) order by key for update`;

// Inserts and moves that read the stages before this see another epoch and start over.
const CLOSE_STAGES = `update pipeline_stages set rank_epoch = rank_epoch + 1 where organization_id = $1 and pipeline_id = $2`;

/** Questions about pipelines and their stages. */
@Injectable()
export class PipelinesRepository {
  /** Makes the default pipeline unless there is one; two at once make one. */
  async insertDefault(tx: Tx, id: string): Promise<void> {
    await tx.query(INSERT_DEFAULT, [
      tx.scope.organizationId,
      id,
      DEFAULT_PIPELINE_NAME,
      ...stageArrays(DEFAULT_STAGES),
      ...auditParameters(tx.scope),
    ]);
  }

  async insert(tx: Tx, id: string, name: string, stages: readonly NewStageRow[]): Promise<void> {
    await tx.query(INSERT, [tx.scope.organizationId, id, name, ...stageArrays(stages), ...auditParameters(tx.scope)]);
  }

  list(tx: Tx): Promise<PipelineView[]> {
    return tx.query(LIST, [tx.scope.organizationId]);
  }

  get(tx: Tx, id: string): Promise<PipelineView | undefined> {
    return tx.first(GET, [tx.scope.organizationId, id]);
  }

  /** The version of a pipeline, locked: stages of one pipeline are changed one after the other. */
  async lock(tx: Tx, id: string): Promise<number | undefined> {
    return (await tx.first<{ version: number }>(LOCK, [tx.scope.organizationId, id]))?.version;
  }

  async touch(tx: Tx, id: string): Promise<void> {
    await tx.query(TOUCH, [tx.scope.organizationId, id]);
  }

  async rename(tx: Tx, id: string, name: string): Promise<void> {
    await tx.query(RENAME, [tx.scope.organizationId, id, name]);
  }

  async makeDefault(tx: Tx, id: string): Promise<void> {
    await tx.query(NO_DEFAULT, [tx.scope.organizationId, id]);
    await tx.query(MAKE_DEFAULT, [tx.scope.organizationId, id]);
  }

  async archive(tx: Tx, id: string): Promise<void> {
    await tx.query(ARCHIVE, [tx.scope.organizationId, id]);
  }

  async hasLeads(tx: Tx, id: string): Promise<boolean> {
    return (await tx.first<{ used: boolean }>(HAS_LEADS, [tx.scope.organizationId, id]))?.used ?? false;
  }

  stages(tx: Tx, pipelineId: string): Promise<StageRow[]> {
    return tx.query(STAGES, [tx.scope.organizationId, pipelineId]);
  }

  async addStage(tx: Tx, pipelineId: string, { key, name, kind, position }: NewStageRow): Promise<void> {
    await tx.query(ADD_STAGE, [tx.scope.organizationId, pipelineId, key, name, kind, position]);
  }

  /** A stage that gets another name is remembered by the one it had. */
  async changeStage(tx: Tx, pipelineId: string, { key, name, kind }: Pick<NewStageRow, 'key' | 'name' | 'kind'>): Promise<void> {
    await tx.query(CHANGE_STAGE, [tx.scope.organizationId, pipelineId, key, name, kind]);
  }

  async orderStages(tx: Tx, pipelineId: string, keys: readonly string[]): Promise<void> {
    await tx.query(ORDER_STAGES, [tx.scope.organizationId, pipelineId, keys]);
  }

  async archiveStage(tx: Tx, pipelineId: string, key: string): Promise<void> {
    await tx.query(ARCHIVE_STAGE, [tx.scope.organizationId, pipelineId, key]);
  }

  /** Waits for everything that is putting a lead into the pipeline, and makes what comes later look again. */
  async closeStages(tx: Tx, pipelineId: string): Promise<void> {
    const keys = (await this.stages(tx, pipelineId)).map((stage) => stage.key);
    await this.lockStages(tx, pipelineId, keys);
    await tx.query(CLOSE_STAGES, [tx.scope.organizationId, pipelineId]);
  }

  async lockStages(tx: Tx, pipelineId: string, keys: readonly string[]): Promise<void> {
    await tx.query(LOCK_STAGES, [tx.scope.organizationId, pipelineId, keys]);
  }
}

function stageArrays(stages: readonly NewStageRow[]): [string[], string[], string[], number[], number[]] {
  return [
    stages.map(({ key }) => key),
    stages.map(({ name }) => name),
    stages.map(({ kind }) => kind),
    stages.map(({ position }) => position),
    stages.map(({ probability }) => probability),
  ];
}
