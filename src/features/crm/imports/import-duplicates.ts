import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import type { DuplicatePair } from '../duplicates/duplicate-search.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import { searchAside } from '../duplicates/search-aside.js';
import { ImportEnds } from './import-ends.js';
import { ImportLargeSearch } from './import-large-search.js';
import { type ImportedState, ImportPairsRepository, type ReportedPair } from './import-pairs.repository.js';
import type { LeadImport } from './lead-import.js';

/** Up to this many records are compared in memory, more of them in the database. */
const MOST_RECORDS = 20_000;

/** The last step of an import: leads in it that are probably one person, or somebody who was there before. */
@Injectable()
export class ImportDuplicates {
  constructor(
    private readonly db: Database,
    private readonly pairs: ImportPairsRepository,
    private readonly ends: ImportEnds,
    private readonly large: ImportLargeSearch,
  ) {}

  async search(context: Pick<JobContext<unknown>, 'scope' | 'signal' | 'progress'>, made: LeadImport): Promise<void> {
    const { scope, signal } = context;
    const imported = await this.db.read(scope, (tx) => this.pairs.imported(tx, made.id, MOST_RECORDS + 1));
    context.progress(0, 1, 'looking for duplicates');
    if (imported.length > MOST_RECORDS) return this.large.search(context, made);
    const found = await this.found(scope, made, { imported, signal });
    await this.db.write(scope, async (tx) => {
      // First the end of the import, which only one worker can reach.
      if (await this.ends.finish(tx, made.id, { state: 'finished', pairs: found.length })) {
        await this.pairs.insert(tx, made.id, found);
      }
    });
  }

  private async found(
    scope: JobContext['scope'],
    made: LeadImport,
    { imported, signal }: { imported: readonly ImportedState[]; signal: AbortSignal },
  ): Promise<ReportedPair[]> {
    const existing = await this.db.read(scope, (tx) => this.pairs.candidates(tx, made.id, imported, MOST_RECORDS));
    const pairs = await searchAside({ fresh: imported.map(record), existing }, signal);
    return pairs.flatMap((pair) => reported(pair, imported, made.isDryRun) ?? []);
  }
}

function record({ after: { content } }: ImportedState): Omit<MatchRecord, 'id'> {
  const { name, company, email, phone, attributes } = content;
  return { name, company: company ?? '', email: email ?? '', phone: phone ?? '', attributes };
}

/** A lead that a dry run only imagined has no id. */
function reported(
  { left, right, existingId, score, factors }: DuplicatePair,
  imported: readonly ImportedState[],
  isDryRun: boolean,
): ReportedPair | undefined {
  const one = imported[left];
  const other = right === null ? undefined : imported[right];
  if (!one) return undefined;
  const idOf = (state: ImportedState): string | null => (isDryRun && state.isNew ? null : state.leadId);
  return {
    line: one.line,
    leadId: idOf(one),
    otherLine: other?.line ?? null,
    otherLeadId: other ? idOf(other) : existingId,
    score,
    factors,
  };
}
