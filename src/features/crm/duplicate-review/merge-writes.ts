import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { changedFields } from '../leads/lead.js';
import { LeadBatchesRepository } from '../leads/lead-batches.repository.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { LeadsRepository } from '../leads/leads.repository.js';
import { DuplicateClustersRepository } from './duplicate-clusters.repository.js';
import { LeadMergesRepository } from './lead-merges.repository.js';
import type { MergedLead } from './lead-merges.shapes.js';
import { LeadRelationsRepository, type RelationCount } from './lead-relations.repository.js';
import { contentOf, type MergePlan } from './merge-plan.js';

/** What a merge writes. */
@Injectable()
export class MergeWrites {
  constructor(
    private readonly leads: LeadsRepository,
    private readonly batches: LeadBatchesRepository,
    private readonly merges: LeadMergesRepository,
    private readonly relations: LeadRelationsRepository,
    private readonly clusters: DuplicateClustersRepository,
    private readonly audit: AuditTrail,
  ) {}

  async write(tx: Tx, { survivor, absorbed, content, fields, fingerprint }: MergePlan): Promise<MergedLead> {
    const before = survivor.view;
    const ids = absorbed.map(({ view }) => view.id);
    const after = await this.survivorAfter(tx, before, content);
    const removed = await this.batches.remove(
      tx,
      absorbed.map(({ view }) => ({ id: view.id, version: view.version })),
    );
    if (removed.length !== ids.length) throw EditConflict();
    const mergeId = newId();
    const moved = await this.relations.move(tx, mergeId, before.id, ids);
    await this.merges.insert(tx, { id: mergeId, fields, before, after, absorbed, movedCount: total(moved) });
    await this.clusters.settle(tx, mergeId, [before.id, ...ids]);
    await this.audit.record(tx, {
      action: 'lead.merged',
      resourceType: 'lead',
      resourceId: before.id,
      before: { absorbed: absorbed.map(({ view }) => ({ id: view.id, name: view.name, version: view.version })) },
      after: { mergeId, fields: fields.filter(({ changed }) => changed), moved, version: after.version },
    });
    return { mergeId, version: after.version, lead: after, absorbedIds: ids, fields, moved, fingerprint };
  }

  /** A merge that changes nothing of the survivor makes no new version. */
  private async survivorAfter(tx: Tx, before: LeadView, content: MergePlan['content']): Promise<LeadView> {
    if (changedFields(contentOf(before), content).length === 0) return before;
    const changed = await this.leads.update(tx, { id: before.id, version: before.version, content });
    if (!changed) throw EditConflict();
    return JSON.parse(changed.json) as LeadView;
  }
}

const total = (counts: readonly RelationCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);
