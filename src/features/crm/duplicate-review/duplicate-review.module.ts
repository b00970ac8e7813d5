import { Module } from '@nestjs/common';
import { LeadBatchesRepository } from '../leads/lead-batches.repository.js';
import { LeadMovesRepository } from '../leads/lead-moves.repository.js';
import { LeadsRepository } from '../leads/leads.repository.js';
import { PipelinesRepository } from '../pipelines/pipelines.repository.js';
import { StageEntry } from '../pipelines/stage-entry.js';
import { CrmSettingsModule } from '../settings/crm-settings.module.js';
import { DuplicateClustersController } from './duplicate-clusters.controller.js';
import { DuplicateClustersRepository } from './duplicate-clusters.repository.js';
import { DuplicateClustersService } from './duplicate-clusters.service.js';
import { DuplicateKeysRepository } from './duplicate-keys.repository.js';
import { DuplicatePairsRepository } from './duplicate-pairs.repository.js';
import { DuplicateRuns } from './duplicate-runs.js';
import { DuplicateScanJob } from './duplicate-scan-job.js';
import { DuplicateScansController } from './duplicate-scans.controller.js';
import { DuplicateScansRepository } from './duplicate-scans.repository.js';
import { DuplicateScansService } from './duplicate-scans.service.js';
import { LeadRecordsRepository } from './lead-records.repository.js';
import { LeadDuplicates } from './lead-duplicates.js';
import { LeadMergesController } from './lead-merges.controller.js';
import { LeadMergesRepository } from './lead-merges.repository.js';
import { LeadMergesService } from './lead-merges.service.js';
import { LeadRelationsRepository } from './lead-relations.repository.js';
import { ListCursors } from './list-cursors.js';
import { MergeUndoService } from './merge-undo.service.js';
import { MergeWrites } from './merge-writes.js';
import { ScanClusters } from './scan-clusters.js';
import { ScanEnds } from './scan-ends.js';
import { UndoneRecords } from './undone-records.js';

/** Duplicates among the leads of an organization: found, reviewed, merged, and merges undone. */
@Module({
  imports: [CrmSettingsModule],
  controllers: [DuplicateScansController, DuplicateClustersController, LeadMergesController],
  providers: [
    DuplicateScansService,
    DuplicateScansRepository,
    DuplicateScanJob,
    DuplicateRuns,
    DuplicateKeysRepository,
    DuplicatePairsRepository,
    LeadRecordsRepository,
    ScanClusters,
    ScanEnds,
    DuplicateClustersService,
    DuplicateClustersRepository,
    LeadMergesService,
    LeadMergesRepository,
    LeadRelationsRepository,
    MergeWrites,
    MergeUndoService,
    UndoneRecords,
    LeadDuplicates,
    ListCursors,
    // Without state, so that having them once more costs nothing.
    LeadsRepository,
    LeadBatchesRepository,
    LeadMovesRepository,
    PipelinesRepository,
    StageEntry,
  ],
  exports: [ListCursors, LeadDuplicates, DuplicateRuns, DuplicatePairsRepository],
})
export class DuplicateReviewModule {}
