import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { interruptionOf } from '../../../platform/messaging/interruption.js';
import { JobFailed } from '../../../platform/messaging/job-failed.js';
import { CsvTableError } from './csv-table.js';
import { ImportBatches } from './import-batches.js';
import { ImportDuplicates } from './import-duplicates.js';
import { ImportEnds } from './import-ends.js';
import { batchesAfter, ImportFiles } from './import-file.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import type { LeadImport } from './lead-import.js';
import { type LeadImportPayload, RunLeadImport } from './lead-imports.jobs.js';
import { LeadImportsRepository } from './lead-imports.repository.js';

/** Rows that are committed together: small enough that a cancelled import stops soon, large enough that a commit costs little. */
const BATCH_ROWS = 500;

/** Ways an import begins. */
@Injectable()
export class ImportBeginnings {
  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly rows: ImportRowsRepository,
  ) {}

  /** The import, running; undefined when it has ended. */
  begin(scope: JobContext['scope'], importId: string): Promise<LeadImport | undefined> {
    return this.db.write(scope, async (tx) => {
      const made = await this.imports.start(tx, importId);
      if (made?.lastLine === 0) await this.rows.gatherKeys(tx, importId, made.naturalKey);
      return made;
    });
  }

  /** All rows are in: what is left is looking for duplicates. */
  rowsRead(scope: JobContext['scope'], importId: string): Promise<void> {
    return this.db.writeOne(scope, (tx) => this.imports.setPhase(tx, importId, 'duplicates'));
  }
}

/** Runs imports. Every batch is committed with its watermark, so a worker that dies costs at most the batch it was at. */
@Injectable()
export class LeadImportJob {
  constructor(
    private readonly db: Database,
    private readonly files: ImportFiles,
    private readonly beginnings: ImportBeginnings,
    private readonly batches: ImportBatches,
    private readonly duplicates: ImportDuplicates,
    private readonly ends: ImportEnds,
  ) {}

  @Handles(RunLeadImport)
  async run(context: JobContext<LeadImportPayload>): Promise<{ importId: string }> {
    const { importId } = context.payload;
    const made = await this.beginnings.begin(context.scope, importId);
    if (!made) return { importId };
    try {
      const isWhole = made.phase !== 'rows' || (await this.readRows(context, made));
      if (isWhole) await this.duplicates.search(context, made);
    } catch (error) {
      throw await this.broken(context, importId, error);
    }
    return { importId };
  }

  /** False when it met a fault and was to stop there. */
  private async readRows(context: JobContext<LeadImportPayload>, made: LeadImport): Promise<boolean> {
    const { scope, signal } = context;
    const opened = await this.files.open(scope, made.fileId);
    const { headers } = opened.table;
    let [fromLine, count, since] = [made.lastLine, made.readCount, performance.now()];
    try {
      for await (const rows of batchesAfter(opened.table.rows, fromLine, BATCH_ROWS)) {
        signal.throwIfAborted();
        const { lastLine, isStopped } = await this.batches.commit(scope, made, { headers, rows, fromLine, since });
        if (isStopped) return false;
        [fromLine, count, since] = [lastLine, count + rows.length, performance.now()];
        context.progress(opened.bytesRead(), opened.file.sizeBytes, `${count} rows`);
      }
      signal.throwIfAborted();
    } finally {
      opened.close();
    }
    await this.beginnings.rowsRead(scope, made.id);
    return true;
  }

  /** What to throw; who cancelled, or gave a file that cannot be read, finds that in the import itself. */
  private async broken({ scope, signal }: JobContext<LeadImportPayload>, importId: string, error: unknown): Promise<unknown> {
    const why = interruptionOf(signal);
    if (why === 'cancelled') await this.db.write(scope, (tx) => this.ends.finish(tx, importId, { state: 'cancelled' }));
    if (why !== undefined) return signal.reason;
    const fault = faultOf(error);
    if (!fault) return error;
    await this.db.write(scope, (tx) => this.ends.finish(tx, importId, { state: 'failed', error: fault }));
    return new JobFailed(fault.code, fault.message, { cause: error });
  }
}

/** Trouble that no other attempt would mend. */
function faultOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof CsvTableError) return { code: error.code, message: error.message };
  if (error instanceof Problem && error.definition.status < 500) return { code: error.definition.code, message: error.message };
  return undefined;
}
