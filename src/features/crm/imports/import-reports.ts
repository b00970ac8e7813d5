import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { CSV_BOM, csvRow } from '../../../shared/csv.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { AuditTrail } from '../../audit/index.js';
import { ImportPairsRepository, type ReportedPair } from './import-pairs.repository.js';
import { ImportRowsRepository, type ReportedRow } from './import-rows.repository.js';
import { LeadImportNotFound } from './lead-imports.errors.js';
import { LeadImportsRepository } from './lead-imports.repository.js';

const ROWS_AT_ONCE = 1_000;
const HEADING = ['line', 'outcome', 'leadId', 'name', 'errors', 'undone'];

/** What an import came to, row by row and pair by pair. */
@Injectable()
export class ImportReports {
  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly reported: ImportRowsRepository,
    private readonly found: ImportPairsRepository,
    private readonly audit: AuditTrail,
  ) {}

  async rows(scope: Scope, id: string, wanted: { after: number; outcome: string | undefined; limit: number }): Promise<ReportedRow[]> {
    await this.assertExists(scope, id);
    return this.db.read(scope, (tx) => this.reported.page(tx, id, wanted));
  }

  async pairs(scope: Scope, id: string, after: number, limit: number): Promise<(ReportedPair & { place: number })[]> {
    await this.assertExists(scope, id);
    return this.db.read(scope, (tx) => this.found.page(tx, id, after, limit));
  }

  /** The whole report as CSV, read as fast as it is taken. */
  async csv(scope: Scope, id: string): Promise<Readable> {
    await this.assertExists(scope, id);
    await this.db.writeOne(scope, (tx) =>
      this.audit.record(tx, { action: 'lead-import.report-exported', resourceType: 'lead-import', resourceId: id }),
    );
    return Readable.from(this.lines(scope, id), { objectMode: false });
  }

  private async *lines(scope: Scope, id: string): AsyncGenerator<string> {
    yield CSV_BOM + csvRow(HEADING);
    for (let after = 0, size = ROWS_AT_ONCE; size === ROWS_AT_ONCE;) {
      const wanted = { after, outcome: undefined, limit: ROWS_AT_ONCE };
      const rows = await this.db.read(scope, (tx) => this.reported.page(tx, id, wanted));
      if (rows.length > 0) yield rows.map(line).join('');
      after = rows.at(-1)?.line ?? after;
      size = rows.length;
    }
  }

  private async assertExists(scope: Scope, id: string): Promise<void> {
    if (!(await this.db.read(scope, (tx) => this.imports.find(tx, id)))) throw LeadImportNotFound();
  }
}

function line({ line: at, outcome, leadId, name, errors, undone }: ReportedRow): string {
  const told = errors.map(({ column, message }) => (column === null ? message : `${column}: ${message}`)).join(' ');
  return csvRow([at, outcome, leadId, name, told, undone]);
}
