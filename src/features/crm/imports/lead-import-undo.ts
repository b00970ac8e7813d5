import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { LeadBatchesRepository, type WrittenLead } from '../leads/lead-batches.repository.js';
import { appender } from './import-batches.js';
import { ImportEnds } from './import-ends.js';
import { ImportUndoRepository, type TouchedLead } from './import-undo.repository.js';
import type { LeadState } from './lead-import.js';
import { type LeadImportPayload, UndoLeadImport } from './lead-imports.jobs.js';
import { LeadImportsRepository } from './lead-imports.repository.js';
import { isSameState } from './plan-batch.js';

const BATCH_LEADS = 500;

type LiveLead = TouchedLead & { readonly now: LeadState };

/** Takes imports back: what was created goes away, what was updated gets its old values, what was changed since stays as it is. */
@Injectable()
export class LeadImportUndo {
  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly touched: ImportUndoRepository,
    private readonly leads: LeadBatchesRepository,
    private readonly ends: ImportEnds,
  ) {}

  @Handles(UndoLeadImport)
  async run(context: JobContext<LeadImportPayload>): Promise<{ importId: string }> {
    const { scope, signal, payload } = context;
    const { importId } = payload;
    for (let undone = 0, size = 1; size > 0;) {
      signal.throwIfAborted();
      size = await this.nextBatch(scope, importId);
      undone += size;
      context.progress(undone, undone, `${undone} leads`);
    }
    return { importId };
  }

  /** Gives how many leads it was about; the last batch, of none, ends the undoing. */
  private nextBatch(scope: Scope, importId: string): Promise<number> {
    return this.db.write(scope, async (tx) => {
      const made = await this.imports.lock(tx, importId);
      if (made?.state !== 'undoing') return 0;
      const touched = await this.touched.leads(tx, importId, made.undoAfter, BATCH_LEADS);
      const last = touched.at(-1);
      if (!last) {
        await this.imports.finishUndo(tx, importId);
        await this.ends.record(tx, importId, 'lead-import.undone');
        return 0;
      }
      const untouched = await this.asTheImportLeftThem(tx, touched);
      const deleted = await this.leads.remove(
        tx,
        untouched.filter((lead) => lead.before === null).map(({ id, now }) => ({ id, version: now.version })),
      );
      const restored = await this.restore(tx, made.pipelineId, untouched);
      await this.touched.mark(tx, importId, { touched, deleted, restored });
      const counts = { deleted: deleted.length, restored: restored.length, kept: touched.length - deleted.length - restored.length };
      await this.imports.advanceUndo(tx, importId, last.id, counts);
      return touched.length;
    });
  }

  /** What counts is what a lead says, not its version: undoing a later import first leaves it as this one did. */
  private async asTheImportLeftThem(tx: Tx, touched: readonly TouchedLead[]): Promise<LiveLead[]> {
    const live = await this.touched.live(
      tx,
      touched.map(({ id }) => id),
    );
    return touched.flatMap((lead) => {
      const now = live.get(lead.id);
      return now && isSameState(now, lead.after) ? [{ ...lead, now }] : [];
    });
  }

  private async restore(tx: Tx, pipelineId: string, leads: readonly LiveLead[]): Promise<string[]> {
    const ends = await this.leads.columnEnds(tx, pipelineId);
    const place = appender(ends);
    const written = ({ id, before, now }: LiveLead): WrittenLead | undefined => {
      if (!before) return undefined;
      // Its column may have been archived since: then it stays in the one it is in.
      const isMoved = before.status !== now.status && ends.some(({ key }) => key === before.status);
      const rank = isMoved ? place(before.status, id) : null;
      const status = isMoved ? before.status : now.status;
      return { id, pipelineId: now.pipelineId, status, version: now.version + 1, rank, content: before.content };
    };
    return this.leads.update(
      tx,
      leads.flatMap((lead) => written(lead) ?? []),
    );
  }
}
