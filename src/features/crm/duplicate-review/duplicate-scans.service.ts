import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import { DuplicateScanNotFound, DuplicateScanRunning } from './duplicate-review.errors.js';
import { ScanForDuplicates } from './duplicate-scans.jobs.js';
import { DuplicateScansRepository } from './duplicate-scans.repository.js';
import type { DuplicateScansQuery, StartDuplicateScan } from './duplicate-scans.shapes.js';
import { ListCursors } from './list-cursors.js';

const DEFAULT_LIMIT = 50;
/** At this probability the mistakes of both kinds are fewest. */
const DEFAULT_THRESHOLD = 0.5;

/** Starting scans for duplicates and following them. */
@Injectable()
export class DuplicateScansService {
  constructor(
    private readonly db: Database,
    private readonly scans: DuplicateScansRepository,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly cursors: ListCursors,
  ) {}

  start(scope: Scope, { threshold = DEFAULT_THRESHOLD }: StartDuplicateScan): Promise<{ jobId: string; scanId: string }> {
    return this.db.write(scope, async (tx) => {
      const open = await this.scans.open(tx);
      if (open && (open.state === 'cancelled' || open.state === 'failed')) await this.scans.finish(tx, open.id, open.state);
      else if (open)
        throw DuplicateScanRunning({
          detail: 'Wait for it, or cancel its job.',
          extra: { scanId: open.id, jobId: open.jobId },
        });
      const scanId = newId();
      const jobId = await this.jobs.enqueue(tx, ScanForDuplicates, { scanId });
      await this.scans.insert(tx, { id: scanId, jobId, threshold });
      await this.audit.record(tx, {
        action: 'lead-duplicate-scan.started',
        resourceType: 'lead-duplicate-scan',
        resourceId: scanId,
        after: { jobId, threshold },
      });
      return { jobId, scanId };
    });
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => this.scans.find(tx, id));
    if (!found) throw DuplicateScanNotFound();
    return new JsonText(found.json, { id });
  }

  async list(scope: Scope, { cursor, limit = DEFAULT_LIMIT }: DuplicateScansQuery): Promise<JsonText> {
    const list = ['lead-duplicate-scans', scope.organizationId];
    const [before] = this.cursors.read(cursor, list) ?? [];
    const found = await this.db.read(scope, (tx) => this.scans.page(tx, before === undefined ? undefined : String(before), limit + 1));
    return this.cursors.page(
      found.map(({ json, id }) => ({ json, place: [id] })),
      limit,
      list,
    );
  }
}
