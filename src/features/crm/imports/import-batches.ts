import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { rankBetween, rankJitter } from '../../../shared/rank.js';
import { MemberDirectory } from '../../organizations/index.js';
import { type ColumnEnd, LeadBatchesRepository, type WrittenLead } from '../leads/lead-batches.repository.js';
import { findAttributesCheck } from '../custom-fields/custom-fields.repository.js';
import { PipelineUnknown } from '../pipelines/pipelines.errors.js';
import { isRuled } from '../pipelines/stage-rules.js';
import { findRules } from '../pipelines/stage-rules.repository.js';
import type { CsvRow } from './csv-table.js';
import { ImportEnds } from './import-ends.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { type LeadImport, leadMapping, type LeadState } from './lead-import.js';
import { LeadImportsRepository } from './lead-imports.repository.js';
import type { LeadMapping } from './mapping.js';
import { type BatchPlan, keyOfState, lookupsOf, planBatch, readRows } from './plan-batch.js';

/** Thrown when another worker has moved the import on: what this one did is rolled back. */
export class ImportTakenOver extends Error {}

/** The rows of one batch, which follow `fromLine`; work on it began at `since`. */
export interface GivenBatch {
  readonly headers: readonly string[];
  readonly rows: readonly CsvRow[];
  readonly fromLine: number;
  readonly since: number;
}

/** What was committed. */
export interface CommittedBatch {
  readonly lastLine: number;
  readonly isStopped: boolean;
}

// Imports of one organization commit batch by batch in turn, so that two files with the same natural key make one lead.
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtextextended($1 || ' lead-import', 0))`;
const FALLBACK_CURRENCY = 'EUR';

/** Commits an import batch by batch: leads, audit, report and watermark in one transaction, or none of it. */
@Injectable()
export class ImportBatches {
  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly rows: ImportRowsRepository,
    private readonly leads: LeadBatchesRepository,
    private readonly members: MemberDirectory,
    private readonly ends: ImportEnds,
  ) {}

  commit(scope: Scope, made: LeadImport, batch: GivenBatch): Promise<CommittedBatch> {
    return this.db.write(scope, async (tx) => {
      if (!made.isDryRun) await tx.query(ONE_AT_A_TIME, [scope.organizationId]);
      const { plan, ends } = await this.plan(tx, made, batch);
      const lastLine = (plan.isStopped ? plan.rows.at(-1) : batch.rows.at(-1))?.line ?? batch.fromLine;
      if (!made.isDryRun) await this.apply(tx, plan, { ends, pipelineId: made.pipelineId });
      await this.rows.insert(tx, made.id, plan.rows);
      const busyMs = performance.now() - batch.since;
      if (!(await this.imports.advance(tx, made.id, batch.fromLine, { lastLine, rows: plan.rows, busyMs }))) throw new ImportTakenOver();
      if (plan.isStopped) await this.ends.finish(tx, made.id, { state: 'stopped' });
      return { lastLine, isStopped: plan.isStopped };
    });
  }

  private async plan(tx: Tx, made: LeadImport, batch: GivenBatch): Promise<{ plan: BatchPlan; ends: ColumnEnd[] }> {
    const ends = await this.leads.columnEnds(tx, made.pipelineId);
    if (ends.length === 0) throw PipelineUnknown({ detail: 'The pipeline was archived.' });
    const mapping = leadMapping(made.mapping, made.naturalKey);
    const baseCurrency = (await this.members.baseCurrency(tx)) ?? FALLBACK_CURRENCY;
    const owners = mapsOwner(mapping) ? await this.members.activeMembers(tx) : [];
    const read = readRows(batch.rows, mapping, { headers: batch.headers, stages: ends, baseCurrency, owners });
    const known = await this.rows.knownLeads(tx, made, lookupsOf(read, mapping));
    const { pipelineId, onDuplicate, onError } = made;
    const ruled = await findRules(tx, pipelineId);
    const stageRules = ruled?.stages.some((stage) => isRuled(stage, ruled)) ? ruled : undefined;
    const attributesCheck = await findAttributesCheck(tx, 'lead');
    const rules = { pipelineId, firstStage: ends[0]?.key ?? '', onDuplicate, onError, stageRules, attributesCheck, newId };
    return { plan: planBatch(read, keyed(known, mapping), rules), ends };
  }

  private async apply(
    tx: Tx,
    { inserts, updates, rows }: BatchPlan,
    { ends, pipelineId }: { ends: readonly ColumnEnd[]; pipelineId: string },
  ): Promise<void> {
    const place = appender(ends);
    const before = new Map<string, LeadState>();
    for (const row of rows) if (row.before && !before.has(row.before.id)) before.set(row.before.id, row.before);
    const written = ({ id, version, status, content, pipelineId: of }: LeadState, isMoved: boolean): WrittenLead => {
      return { id, pipelineId: of, status, version, content, rank: isMoved && of === pipelineId ? place(status, id) : null };
    };
    await this.leads.insert(
      tx,
      inserts.map((lead) => written(lead, true)),
    );
    const wanted = updates.map((lead) => written(lead, before.get(lead.id)?.status !== lead.status));
    // They are locked since they were read, so every one of them still has the version before.
    const updated = await this.leads.update(tx, wanted);
    if (updated.length !== wanted.length) throw new Error('a locked lead has changed');
  }
}

const mapsOwner = (mapping: LeadMapping): boolean =>
  mapping.columns.some(({ to }) => to === 'owner') || mapping.defaults?.owner !== undefined;

/** Leads with the digest of their natural key; the one that a digest was asked for may have changed in the meantime. */
function keyed(leads: readonly LeadState[], mapping: LeadMapping): (readonly [string, LeadState])[] {
  return leads.flatMap((lead) => {
    const key = keyOfState(lead, mapping);
    return key === null ? [] : [[key, lead] as const];
  });
}

/** Gives one order key after the other at the end of each column, in the order they are asked for. */
export function appender(ends: readonly ColumnEnd[]): (status: string, id: string) => string {
  const last = new Map(ends.map(({ key, lastRank }) => [key, lastRank]));
  return (status, id) => {
    const rank = rankBetween(last.get(status) ?? null, null, rankJitter(id));
    last.set(status, rank);
    return rank;
  };
}
