import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import type { ImportPlan } from './import-plans.js';
import { ImportNotUndoable, LeadImportNotFound } from './lead-imports.errors.js';
import { RunLeadImport, UndoLeadImport } from './lead-imports.jobs.js';
import { LeadImportsRepository } from './lead-imports.repository.js';

/** The answer of what starts a job about an import. */
export interface AcceptedImport {
  readonly jobId: string;
  readonly importId: string;
}

const UNDOABLE: ReadonlySet<string> = new Set(['finished', 'stopped', 'cancelled', 'failed', 'undo-failed']);

/** What starts work on an import, in one transaction with its job and its audit event. */
@Injectable()
export class ImportWrites {
  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  start(scope: Scope, plan: ImportPlan): Promise<AcceptedImport> {
    return this.db.write(scope, async (tx) => {
      const importId = newId();
      const jobId = await this.jobs.enqueue(tx, RunLeadImport, { importId });
      await this.imports.insert(tx, { ...plan, id: importId, jobId });
      await this.audit.record(tx, {
        action: 'lead-import.started',
        resourceType: 'lead-import',
        resourceId: importId,
        after: { ...plan, jobId },
      });
      return { jobId, importId };
    });
  }

  undo(scope: Scope, importId: string): Promise<AcceptedImport> {
    return this.db.write(scope, async (tx) => {
      const locked = await this.imports.lock(tx, importId);
      const found = locked && (await this.imports.find(tx, importId));
      if (!found) throw LeadImportNotFound();
      if (locked.isDryRun) throw ImportNotUndoable({ detail: 'A dry run changes nothing.' });
      if (!UNDOABLE.has(found.state)) throw ImportNotUndoable({ detail: `Its state is ${found.state}.`, extra: { state: found.state } });
      const jobId = await this.jobs.enqueue(tx, UndoLeadImport, { importId });
      await this.imports.startUndo(tx, importId, jobId);
      await this.audit.record(tx, {
        action: 'lead-import.undo-started',
        resourceType: 'lead-import',
        resourceId: importId,
        after: { jobId },
      });
      return { jobId, importId };
    });
  }
}
