import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { interruptionOf } from '../../../platform/messaging/interruption.js';
import { type Matcher, openMatcher } from '../duplicates/matcher.js';
import { DuplicateRuns } from './duplicate-runs.js';
import { type DuplicateRun, type DuplicateScan, ScanTakenOver } from './duplicate-scan.js';
import { type DuplicateScanPayload, ScanForDuplicates } from './duplicate-scans.jobs.js';
import { DuplicateScansRepository } from './duplicate-scans.repository.js';
import { LeadRecordsRepository } from './lead-records.repository.js';
import { ScanClusters } from './scan-clusters.js';
import { ScanEnds } from './scan-ends.js';

type Context = JobContext<DuplicateScanPayload>;

const NOTES = {
  keys: 'reading leads',
  model: 'learning from the leads',
  pairs: 'comparing leads',
  clusters: 'grouping',
  done: '',
} as const;

/** Runs scans for duplicates, phase by phase; what is committed is never done again. */
@Injectable()
export class DuplicateScanJob {
  constructor(
    private readonly db: Database,
    private readonly scans: DuplicateScansRepository,
    private readonly records: LeadRecordsRepository,
    private readonly runs: DuplicateRuns,
    private readonly clusters: ScanClusters,
    private readonly ends: ScanEnds,
  ) {}

  @Handles(ScanForDuplicates)
  async run(context: Context): Promise<{ scanId: string }> {
    const { scope, signal, payload } = context;
    const { scanId } = payload;
    const matcher = openMatcher(signal);
    try {
      for (let scan = await this.begin(scope, scanId); scan && scan.phase !== 'done'; scan = await this.begin(scope, scanId)) {
        await this.phase(context, scan, matcher);
      }
    } catch (error) {
      if (error instanceof ScanTakenOver) return { scanId };
      if (interruptionOf(signal) === 'cancelled') await this.ends.cancel(scope, scanId);
      throw interruptionOf(signal) === undefined ? error : signal.reason;
    } finally {
      await matcher.close();
    }
    return { scanId };
  }

  /** The scan as it stands, running; undefined when it has ended. */
  private begin(scope: Scope, scanId: string): Promise<DuplicateScan | undefined> {
    return this.db.write(scope, async (tx) => this.scans.start(tx, scanId, await this.records.count(tx)));
  }

  private async phase(context: Context, scan: DuplicateScan, matcher: Matcher): Promise<void> {
    const run = this.runOf(context, scan, matcher);
    const { scope } = context;
    switch (scan.phase) {
      case 'keys':
        await this.runs.writeKeys(run, scan.reached);
        return this.next(scope, scan.id, 'model');
      case 'model': {
        const learned = await this.runs.study(run, scan.leadCount);
        return this.next(scope, scan.id, 'pairs', learned);
      }
      case 'pairs': {
        const { model, blockLimit, threshold } = learnedBy(scan);
        await this.runs.writePairs(run, scan.reached, { model, blockLimit, threshold });
        await this.runs.dropKeys(run);
        return this.next(scope, scan.id, 'clusters');
      }
      case 'clusters': {
        const found = await this.clusters.group(run, learnedBy(scan).model);
        return this.ends.finish(scope, scan.id, found);
      }
      case 'done':
        return;
    }
  }

  private async next(scope: Scope, ...to: DropFirst<Parameters<DuplicateScansRepository['toPhase']>>): Promise<void> {
    if (!(await this.db.writeOne(scope, (tx) => this.scans.toPhase(tx, ...to)))) throw new ScanTakenOver();
  }

  private runOf(context: Context, scan: DuplicateScan, matcher: Matcher): DuplicateRun {
    const { scope, signal } = context;
    let done = scan.doneCount;
    const half = scan.phase === 'keys' ? 0 : scan.leadCount;
    const tell = (): void => context.progress(half + done, Math.max(2 * scan.leadCount, half + done), NOTES[scan.phase]);
    tell();
    return {
      runId: scan.id,
      scope,
      signal,
      source: this.records,
      matcher,
      advance: async (tx, step) => {
        if (!(await this.scans.advance(tx, scan.id, step))) throw new ScanTakenOver();
        done += step.done;
        tx.afterCommit(tell);
      },
    };
  }
}

type DropFirst<T extends readonly unknown[]> = T extends [unknown, ...infer R] ? R : never;

function learnedBy({ model, blockLimit, threshold }: DuplicateScan): {
  model: NonNullable<DuplicateScan['model']>;
  blockLimit: number;
  threshold: number;
} {
  if (!model || blockLimit === null) throw new Error('the scan has learned nothing yet');
  return { model, blockLimit, threshold };
}
