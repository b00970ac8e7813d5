import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { AuditTrail } from '../../audit/index.js';
import { DuplicateClustersRepository } from './duplicate-clusters.repository.js';
import { LeadMergesRepository, type MergeRow } from './lead-merges.repository.js';
import type { LeadMergeUndone } from './lead-merges.shapes.js';
import { LeadRelationsRepository } from './lead-relations.repository.js';

/** What undoing a merge does beside the leads themselves: records, groups, the merge itself, the audit trail. */
@Injectable()
export class UndoneRecords {
  constructor(
    private readonly merges: LeadMergesRepository,
    private readonly relations: LeadRelationsRepository,
    private readonly clusters: DuplicateClustersRepository,
    private readonly audit: AuditTrail,
  ) {}

  async moveBack(tx: Tx, { id, survivorId, absorbedIds }: MergeRow, leads: Omit<LeadMergeUndone, 'moved' | 'kept'>): Promise<void> {
    const { moved, kept } = await this.relations.moveBack(tx, id, survivorId, absorbedIds);
    const report: LeadMergeUndone = { ...leads, moved, kept };
    await this.merges.markUndone(tx, id, report);
    await this.clusters.unsettle(tx, id);
    await this.audit.record(tx, {
      action: 'lead.merge-undone',
      resourceType: 'lead',
      resourceId: survivorId,
      after: { mergeId: id, ...report },
    });
  }
}
