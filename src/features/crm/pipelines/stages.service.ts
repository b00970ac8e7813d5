import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { AuditTrail } from '../../audit/index.js';
import { StageLeadsRepository } from '../leads/stage-leads.repository.js';
import { type NewStageRow, reordered, settingsWith, type StageKind, type StageSettings, stageKey, usualProbability } from './pipeline.js';
import { LastOpenStage, PipelineNotFound, StageInUse, StageNotFound, StageUnknown } from './pipelines.errors.js';
import { PipelinesRepository, type StageRow } from './pipelines.repository.js';
import type { AddStage, PipelineView, UpdateStage } from './pipelines.shapes.js';
import { markRuled, saveSettings } from './stage-rules.repository.js';
import { settingsAfter } from './stage-settings.js';

/** Changes of the stages of a pipeline, one after the other: each locks the pipeline first. */
@Injectable()
export class StagesService {
  constructor(
    private readonly db: Database,
    private readonly pipelines: PipelinesRepository,
    private readonly leads: StageLeadsRepository,
    private readonly audit: AuditTrail,
  ) {}

  add(scope: Scope, pipelineId: string, input: AddStage): Promise<PipelineView> {
    return this.changing(scope, pipelineId, async (tx, stages) => {
      const { name, kind = 'open' } = input;
      const key = stageKey(
        name,
        stages.map((stage) => stage.key),
      );
      const active = activeKeys(stages);
      const position = input.position ?? active.length;
      const settings = settingsAfter(settingsWith(probabilityAt(stages, kind, position)), input, { kind, others: activeStages(stages) });
      const stage: NewStageRow = { key, name: name.trim(), kind, position, ...settings };
      await this.pipelines.addStage(tx, pipelineId, stage);
      await this.pipelines.orderStages(tx, pipelineId, reordered(active, key, stage.position));
      await saveSettings(tx, pipelineId, [{ key, ...settings }]);
      await markRuled(tx, pipelineId);
      await this.record(tx, { action: 'stage.added', pipelineId, key, after: { name: stage.name, kind, position, ...asked(settings) } });
    });
  }

  /** A new name is only a name: leads and history keep the key. */
  update(scope: Scope, pipelineId: string, key: string, patch: UpdateStage): Promise<PipelineView> {
    return this.changing(scope, pipelineId, async (tx, stages) => {
      const stage = activeStage(stages, key);
      const after = { name: patch.name?.trim() ?? stage.name, kind: patch.kind ?? stage.kind };
      if (after.kind !== 'open') keepOpenStage(stages, key);
      await this.pipelines.changeStage(tx, pipelineId, { key, ...after });
      if (patch.position !== undefined)
        await this.pipelines.orderStages(tx, pipelineId, reordered(activeKeys(stages), key, patch.position));
      const settings = await this.changeSettings(tx, pipelineId, { stages, stage, patch, kind: after.kind });
      const before = { name: stage.name, kind: stage.kind, position: activeKeys(stages).indexOf(key) };
      await this.record(tx, {
        action: 'stage.updated',
        pipelineId,
        key,
        before: { ...before, ...asked(stage) },
        after: { ...after, position: patch.position ?? before.position, ...asked(settings) },
      });
    });
  }

  private async changeSettings(
    tx: Tx,
    pipelineId: string,
    { stages, stage, patch, kind }: { stages: readonly StageRow[]; stage: StageRow; patch: UpdateStage; kind: StageKind },
  ): Promise<StageSettings> {
    const others = activeStages(stages).filter((one) => one.key !== stage.key);
    // What was certain is not any more when the stage is open again.
    const before =
      stage.kind === kind ? stage : { ...stage, probability: probabilityAt(stages, kind, activeKeys(stages).indexOf(stage.key)) };
    const settings = settingsAfter(before, patch, { kind, others });
    if (stage.kind === kind && JSON.stringify(settings) === JSON.stringify(settingsAfter(stage, {}, { kind, others }))) return settings;
    await saveSettings(tx, pipelineId, [{ key: stage.key, ...settings }]);
    await markRuled(tx, pipelineId);
    return settings;
  }

  /** Puts a stage away; its leads go to the end of another one. */
  archive(scope: Scope, pipelineId: string, key: string, moveTo: string | undefined): Promise<PipelineView> {
    return this.changing(scope, pipelineId, async (tx, stages) => {
      const stage = activeStage(stages, key);
      keepOpenStage(stages, key);
      const others = stages.filter((one) => !one.archived && one.key !== key);
      const target = moveTo === undefined ? undefined : namedStage(others, moveTo);
      await this.pipelines.lockStages(tx, pipelineId, target ? [key, target.key] : [key]);
      const count = await this.leads.count(tx, { pipelineId, key });
      if (count > 0 && !target) {
        throw StageInUse({
          detail: `There are ${count} leads in it. Say with moveTo where they go.`,
          validOptions: others.map((one) => one.key),
          extra: { count },
        });
      }
      if (target && count > 0) await this.leads.moveAll(tx, { pipelineId, key }, target.key);
      await this.pipelines.archiveStage(tx, pipelineId, key);
      await this.record(tx, {
        action: 'stage.archived',
        pipelineId,
        key,
        before: { name: stage.name, kind: stage.kind },
        after: { movedTo: target?.key ?? null, leads: count },
      });
    });
  }

  private changing(scope: Scope, pipelineId: string, change: (tx: Tx, stages: StageRow[]) => Promise<void>): Promise<PipelineView> {
    return this.db.write(scope, async (tx) => {
      if ((await this.pipelines.lock(tx, pipelineId)) === undefined) throw PipelineNotFound();
      await change(tx, await this.pipelines.stages(tx, pipelineId));
      await this.pipelines.touch(tx, pipelineId);
      const pipeline = await this.pipelines.get(tx, pipelineId);
      if (!pipeline) throw PipelineNotFound();
      return pipeline;
    });
  }

  private record(tx: Tx, event: { action: string; pipelineId: string; key: string; before?: object; after?: object }): Promise<void> {
    const { action, pipelineId, key, before, after } = event;
    return this.audit.record(tx, {
      action,
      resourceType: 'pipeline',
      resourceId: pipelineId,
      before: before ? { stage: key, ...before } : null,
      after: after ? { stage: key, ...after } : null,
    });
  }
}

const activeStages = (stages: readonly StageRow[]): StageRow[] => stages.filter((stage) => !stage.archived);
const activeKeys = (stages: readonly StageRow[]): string[] => activeStages(stages).map((stage) => stage.key);

/** The usual probability of a stage that comes to stand at a place: between the open ones around it. */
function probabilityAt(stages: readonly StageRow[], kind: StageKind, position: number): number {
  const active = activeStages(stages);
  const isOpen = (stage: StageRow): boolean => stage.kind === 'open';
  return usualProbability(kind, active.slice(0, position).findLast(isOpen)?.probability, active.slice(position).find(isOpen)?.probability);
}

/** What the trail says of the settings of a stage: those that differ from asking nothing. */
function asked({ probability, wipLimit, allowedFrom, requiredFields }: StageSettings): object {
  return {
    probability,
    ...(wipLimit === null ? {} : { wipLimit }),
    ...(allowedFrom === null ? {} : { allowedFrom }),
    ...(requiredFields.length === 0 ? {} : { requiredFields }),
  };
}

function activeStage(stages: readonly StageRow[], key: string): StageRow {
  const stage = stages.find((one) => one.key === key && !one.archived);
  if (!stage) throw StageNotFound({ validOptions: activeKeys(stages) });
  return stage;
}

function namedStage(stages: readonly StageRow[], given: string): StageRow {
  const named = (stage: StageRow): boolean => stage.name.toLowerCase() === given.toLowerCase();
  const stage = stages.find((one) => one.key === given) ?? stages.find(named);
  const validOptions = stages.map((one) => one.key);
  if (!stage)
    throw StageUnknown({
      validOptions,
      errors: [{ parameter: 'moveTo', code: 'stage-unknown', message: `must be one of: ${validOptions.join(', ')}`, validOptions }],
    });
  return stage;
}

/** New leads need somewhere to begin. */
function keepOpenStage(stages: readonly StageRow[], without: string): void {
  if (!stages.some((stage) => !stage.archived && stage.kind === 'open' && stage.key !== without)) throw LastOpenStage();
}
