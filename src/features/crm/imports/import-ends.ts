import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { AuditTrail } from '../../audit/index.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { LeadImportsRepository } from './lead-imports.repository.js';

/** How an import ends. */
export interface ImportEnd {
  readonly state: 'finished' | 'stopped' | 'cancelled' | 'failed';
  readonly error?: { readonly code: string; readonly message: string };
  readonly pairs?: number;
}

/** Ends imports, each once, with its event in the audit trail. */
@Injectable()
export class ImportEnds {
  constructor(
    private readonly imports: LeadImportsRepository,
    private readonly rows: ImportRowsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** False when it had ended already. */
  async finish(tx: Tx, importId: string, end: ImportEnd): Promise<boolean> {
    if (!(await this.imports.finish(tx, importId, end))) return false;
    await this.rows.dropKeys(tx, importId);
    await this.record(tx, importId, `lead-import.${end.state}`, end.error);
    return true;
  }

  /** Records what an import came to. */
  async record(tx: Tx, importId: string, action: string, more: object = {}): Promise<void> {
    const found = await this.imports.find(tx, importId);
    const { dryRun, fileId, counts, undone } = (found ? JSON.parse(found.json) : {}) as Record<string, unknown>;
    await this.audit.record(tx, {
      action,
      resourceType: 'lead-import',
      resourceId: importId,
      after: { dryRun, fileId, counts, undone, ...more },
    });
  }
}
