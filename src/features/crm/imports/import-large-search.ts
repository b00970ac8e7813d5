import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import { interruptionOf } from '../../../platform/messaging/interruption.js';
import { DuplicatePairsRepository } from '../duplicate-review/duplicate-pairs.repository.js';
import { DuplicateRuns } from '../duplicate-review/duplicate-runs.js';
import type { DuplicateRun, RecordSource } from '../duplicate-review/duplicate-scan.js';
import { openMatcher } from '../duplicates/matcher.js';
import { ImportEnds } from './import-ends.js';
import { ImportRecordsRepository } from './import-records.repository.js';
import type { LeadImport } from './lead-import.js';

const THRESHOLD = 0.5;
/** More pairs than this come from a file that repeats itself; nobody reads them. */
const MOST_PAIRS = 50_000;

type Context = Pick<JobContext<unknown>, 'scope' | 'signal' | 'progress'>;

/** The search for duplicates of an import too large to be compared in memory: step by step, in the database. */
@Injectable()
export class ImportLargeSearch {
  constructor(
    private readonly db: Database,
    private readonly records: ImportRecordsRepository,
    private readonly runs: DuplicateRuns,
    private readonly pairs: DuplicatePairsRepository,
    private readonly ends: ImportEnds,
  ) {}

  async search(context: Context, made: LeadImport): Promise<void> {
    const { scope, signal } = context;
    for (const id of await this.db.read(scope, (tx) => this.records.leftBehind(tx))) await this.drop(scope, id);
    const matcher = openMatcher(signal);
    try {
      const fresh = await this.db.read(scope, (tx) => this.records.ids(tx, made.id));
      const living = await this.db.read(scope, (tx) => this.records.livingCount(tx));
      // Those that were there before an import that really made its leads are among the living already.
      const total = made.isDryRun ? living + fresh.size : Math.max(living, fresh.size);
      const run = this.runOf(context, made.id, { matcher, total });
      await this.runs.writeKeys(run, null);
      const learned = await this.runs.study(run, total);
      const isWanted = (left: string, right: string): boolean => fresh.has(left) || fresh.has(right);
      await this.runs.writePairs(run, null, { ...learned, threshold: THRESHOLD, isWanted });
      await this.runs.dropKeys(run);
      await this.finish(context, made);
    } catch (error) {
      // Another worker, now or later, goes on with what is there only after the other interruptions.
      const why = interruptionOf(signal);
      if (why === undefined || why === 'cancelled') await this.drop(scope, made.id);
      throw error;
    } finally {
      await matcher.close();
    }
  }

  private async finish({ scope }: Context, { id, isDryRun }: LeadImport): Promise<void> {
    await this.db.write(scope, async (tx) => {
      const pairs = Math.min(MOST_PAIRS, await this.pairs.count(tx, id));
      // First the end of the import, which only one worker can reach.
      if (await this.ends.finish(tx, id, { state: 'finished', pairs })) await this.records.keepPairs(tx, id, MOST_PAIRS, isDryRun);
      await this.pairs.drop(tx, id);
    });
  }

  /** Removes what a search has written for itself. */
  private async drop(scope: Context['scope'], importId: string): Promise<void> {
    await this.runs.dropKeys({ scope, runId: importId });
    await this.db.writeOne(scope, (tx) => this.pairs.drop(tx, importId));
  }

  private runOf(
    { scope, signal, progress }: Context,
    importId: string,
    { matcher, total }: { matcher: DuplicateRun['matcher']; total: number },
  ): DuplicateRun {
    const { records } = this;
    const source: RecordSource = {
      batch: (tx, after, limit) => records.batch(tx, importId, after, limit),
      byIds: (tx, ids) => records.byIds(tx, importId, ids),
      drawn: (tx, step, limit) => records.drawn(tx, importId, step, limit),
    };
    let done = 0;
    return {
      runId: importId,
      scope,
      signal,
      source,
      matcher,
      // A search that is interrupted begins again: what it has written is not written twice.
      advance: (tx, step) => {
        done += step.done;
        tx.afterCommit(() => progress(done, Math.max(2 * total, done), 'looking for duplicates'));
        return Promise.resolve();
      },
    };
  }
}
