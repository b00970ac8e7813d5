import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { DEFAULT_STAGES, type NewStageRow, settingsWith, stageKey, usualProbability } from './pipeline.js';
import { DefaultPipelineNeeded, PipelineInUse, PipelineNotFound } from './pipelines.errors.js';
import { PipelinesRepository } from './pipelines.repository.js';
import type { CreatePipeline, NewStage, PipelineList, PipelineView, UpdatePipeline } from './pipelines.shapes.js';
import { StageEntry } from './stage-entry.js';
import type { ClosingRules } from './stage-rules.js';
import { markRuled, saveClosing, saveSettings } from './stage-rules.repository.js';
import { closingAfter, settingsAfter } from './stage-settings.js';

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
    const stages = input.stages ? stagesOf(input.stages) : DEFAULT_STAGES;
    const closing = closingAfter(NO_REASONS, input);
    return this.db.write(scope, async (tx) => {
      await this.pipelines.insert(tx, id, input.name.trim(), stages);
      await saveClosing(tx, id, closing);
      await saveSettings(tx, id, stages);
      await markRuled(tx, id);
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
        before: factsOf(before),
        after: factsOf(after),
      });
      return after;
    });
  }

  private async apply(tx: Tx, pipeline: PipelineView, patch: UpdatePipeline): Promise<void> {
    if (patch.isDefault === false && pipeline.isDefault)
      throw DefaultPipelineNeeded({ detail: 'Make another pipeline the default instead; this one then is none any more.' });
    if (patch.name !== undefined) await this.pipelines.rename(tx, pipeline.id, patch.name.trim());
    if (patch.isDefault) await this.pipelines.makeDefault(tx, pipeline.id);
    const closing = closingAfter(pipeline, patch);
    if (JSON.stringify(closing) !== JSON.stringify(closingAfter(pipeline, {}))) {
      await saveClosing(tx, pipeline.id, closing);
      await markRuled(tx, pipeline.id);
    }
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

const NO_REASONS: ClosingRules = { winReasons: [], lostReasons: [], isWinReasonRequired: false, isLostReasonRequired: false };

/** What the trail says of a pipeline; reasons only where there are any. */
function factsOf(pipeline: PipelineView): object {
  const { name, isDefault, winReasons, lostReasons, isWinReasonRequired, isLostReasonRequired } = pipeline;
  const closing = { winReasons, lostReasons, isWinReasonRequired, isLostReasonRequired };
  return { name, isDefault, ...(JSON.stringify(closing) === JSON.stringify(NO_REASONS) ? {} : closing) };
}

/** Stages in board order; open ones of which nobody says how probable they are get steps of equal size. */
function stagesOf(given: readonly NewStage[]): NewStageRow[] {
  const named: { key: string; name: string }[] = [];
  for (const { name } of given) {
    const key = stageKey(
      name,
      named.map((stage) => stage.key),
    );
    named.push({ key, name: name.trim() });
  }
  const open = given.filter(({ kind = 'open' }) => kind === 'open');
  return given.map((stage, position) => {
    const { kind = 'open' } = stage;
    const { key, name } = named[position] ?? { key: '', name: '' };
    const step = Math.round((100 * (open.indexOf(stage) + 1)) / (open.length + 1));
    const usual = settingsWith(kind === 'open' ? step : usualProbability(kind, undefined, undefined));
    const others = named.filter((one) => one.key !== key);
    return { key, name, kind, position, ...settingsAfter(usual, stage, { kind, others, path: ['stages', position] }) };
  });
}
