import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { DEFAULT_STAGES, type Stage, stageKey } from './pipeline.js';
import { DefaultPipelineNeeded, PipelineInUse, PipelineNotFound } from './pipelines.errors.js';
import { PipelinesRepository } from './pipelines.repository.js';
import type { CreatePipeline, NewStage, PipelineList, PipelineView, UpdatePipeline } from './pipelines.shapes.js';
import { StageEntry } from './stage-entry.js';

/** Pipelines as a whole; their stages are changed by `StagesService`. */
@Injectable()
export class PipelinesService {
  constructor(
    private readonly db: Database,
    private readonly pipelines: PipelinesRepository,
    private readonly entry: StageEntry,
    private readonly audit: AuditTrail,
  ) {}

  async list(scope: Scope): Promise<PipelineList> {
    const items = await this.db.read(scope, (tx) => this.pipelines.list(tx));
    if (items.some((pipeline) => pipeline.isDefault)) return { items };
    await this.entry.ensureDefault(scope);
    return { items: await this.db.read(scope, (tx) => this.pipelines.list(tx)) };
  }

  get(scope: Scope, id: string): Promise<PipelineView> {
    return this.db.read(scope, (tx) => this.found(tx, id));
  }

  async create(scope: Scope, input: CreatePipeline): Promise<PipelineView> {
    // The default one comes first, or its name might be taken when it is made.
    await this.entry.ensureDefault(scope);
    const id = newId();
    return this.db.write(scope, async (tx) => {
      await this.pipelines.insert(tx, id, input.name.trim(), input.stages ? stagesOf(input.stages) : DEFAULT_STAGES);
      return this.found(tx, id);
    });
  }

  update(scope: Scope, id: string, patch: UpdatePipeline): Promise<PipelineView> {
    return this.db.write(scope, async (tx) => {
      const version = await this.pipelines.lock(tx, id);
      if (version === undefined) throw PipelineNotFound();
      const before = await this.found(tx, id);
      if (scope.ifMatch !== undefined && scope.ifMatch !== version)
        throw EditConflict({ extra: { current: { name: before.name, isDefault: before.isDefault, version } } });
      await this.apply(tx, before, patch);
      await this.pipelines.touch(tx, id);
      if (patch.archived) return before;
      const after = await this.found(tx, id);
      await this.audit.record(tx, {
        action: 'pipeline.updated',
        resourceType: 'pipeline',
        resourceId: id,
        before: { name: before.name, isDefault: before.isDefault },
        after: { name: after.name, isDefault: after.isDefault },
      });
      return after;
    });
  }

  private async apply(tx: Tx, pipeline: PipelineView, patch: UpdatePipeline): Promise<void> {
    if (patch.isDefault === false && pipeline.isDefault)
      throw DefaultPipelineNeeded({ detail: 'Make another pipeline the default instead; this one then is none any more.' });
    if (patch.name !== undefined) await this.pipelines.rename(tx, pipeline.id, patch.name.trim());
    if (patch.isDefault) await this.pipelines.makeDefault(tx, pipeline.id);
    if (patch.archived) await this.archive(tx, pipeline);
  }

  private async archive(tx: Tx, { id, name, stages }: PipelineView): Promise<void> {
    await this.pipelines.closeStages(tx, id);
    if (await this.pipelines.hasLeads(tx, id)) throw PipelineInUse({ detail: 'Move or delete its leads first.' });
    await this.pipelines.archive(tx, id);
    await this.audit.record(tx, {
      action: 'pipeline.archived',
      resourceType: 'pipeline',
      resourceId: id,
      before: { name, stages: stages.map((stage) => stage.name) },
    });
  }

  private async found(tx: Tx, id: string): Promise<PipelineView> {
    const pipeline = await this.pipelines.get(tx, id);
    if (!pipeline) throw PipelineNotFound();
    return pipeline;
  }
}

function stagesOf(given: readonly NewStage[]): Stage[] {
  const stages: Stage[] = [];
  for (const { name, kind = 'open' } of given) {
    const key = stageKey(
      name,
      stages.map((stage) => stage.key),
    );
    stages.push({ key, name: name.trim(), kind, position: stages.length });
  }
  return stages;
}
