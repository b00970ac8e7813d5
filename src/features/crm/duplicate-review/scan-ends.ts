import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { AuditTrail } from '../../audit/index.js';
import type { NewCluster } from './duplicate-clusters.repository.js';
import { DuplicatePairsRepository } from './duplicate-pairs.repository.js';
import { DuplicateRuns } from './duplicate-runs.js';
import { DuplicateScansRepository } from './duplicate-scans.repository.js';
import { ScanClusters } from './scan-clusters.js';

/** Ends scans, each once, with its event in the audit trail. */
@Injectable()
export class ScanEnds {
  constructor(
    private readonly db: Database,
    private readonly scans: DuplicateScansRepository,
    private readonly pairs: DuplicatePairsRepository,
    private readonly clusters: ScanClusters,
    private readonly runs: DuplicateRuns,
    private readonly audit: AuditTrail,
  ) {}

  async finish(scope: Scope, scanId: string, { clusters, isTruncated }: { clusters: NewCluster[]; isTruncated: boolean }): Promise<void> {
    await this.db.write(scope, async (tx) => {
      const found = { pairs: await this.pairs.count(tx, scanId), clusters: clusters.length, isTruncated };
      // First the end of the scan, which only one worker can reach.
      if (!(await this.scans.finish(tx, scanId, 'finished', found))) return;
      await this.clusters.write(tx, scanId, clusters);
      for (const older of await this.scans.unneeded(tx, scanId)) await this.pairs.drop(tx, older);
      await this.record(tx, scanId, 'lead-duplicate-scan.finished', found);
    });
    await this.sweep(scope);
  }

  async cancel(scope: Scope, scanId: string): Promise<void> {
    await this.db.write(scope, async (tx) => {
      if (!(await this.scans.finish(tx, scanId, 'cancelled'))) return;
      await this.pairs.drop(tx, scanId);
      await this.record(tx, scanId, 'lead-duplicate-scan.cancelled', {});
    });
    await this.sweep(scope);
  }

  /** Keys of scans that have ended, also of those that broke. */
  private async sweep(scope: Scope): Promise<void> {
    for (const runId of await this.db.read(scope, (tx) => this.scans.withKeys(tx))) await this.runs.dropKeys({ scope, runId });
  }

  private record(tx: Parameters<AuditTrail['record']>[0], scanId: string, action: string, after: object): Promise<void> {
    return this.audit.record(tx, { action, resourceType: 'lead-duplicate-scan', resourceId: scanId, after });
  }
}
