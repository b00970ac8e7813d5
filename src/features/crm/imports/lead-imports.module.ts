import { Module } from '@nestjs/common';
import { FilesModule } from '../../files/index.js';
import { OrganizationsModule } from '../../organizations/index.js';
import { DuplicateReviewModule } from '../duplicate-review/duplicate-review.module.js';
import { LeadExportsController } from '../exports/lead-exports.controller.js';
import { LeadExportsService } from '../exports/lead-exports.service.js';
import { LeadBatchesRepository } from '../leads/lead-batches.repository.js';
import { LeadListRepository } from '../leads/lead-list.repository.js';
import { PipelinesRepository } from '../pipelines/pipelines.repository.js';
import { StageEntry } from '../pipelines/stage-entry.js';
import { ImportBatches } from './import-batches.js';
import { ImportDuplicates } from './import-duplicates.js';
import { ImportEnds } from './import-ends.js';
import { ImportFiles } from './import-file.js';
import { ImportLargeSearch } from './import-large-search.js';
import { ImportPairsRepository } from './import-pairs.repository.js';
import { ImportPlans } from './import-plans.js';
import { ImportRecordsRepository } from './import-records.repository.js';
import { ImportReports } from './import-reports.js';
import { ImportRowsRepository } from './import-rows.repository.js';
import { ImportUndoRepository } from './import-undo.repository.js';
import { ImportWrites } from './import-writes.js';
import { ImportBeginnings, LeadImportJob } from './lead-import-job.js';
import { LeadImportUndo } from './lead-import-undo.js';
import { LeadImportsController } from './lead-imports.controller.js';
import { LeadImportsRepository } from './lead-imports.repository.js';
import { LeadImportsService } from './lead-imports.service.js';

/** Leads out of files and into files. */
@Module({
  imports: [FilesModule, OrganizationsModule, DuplicateReviewModule],
  controllers: [LeadImportsController, LeadExportsController],
  providers: [
    LeadImportsService,
    ImportWrites,
    ImportPlans,
    ImportReports,
    ImportFiles,
    LeadImportJob,
    LeadImportUndo,
    ImportBeginnings,
    ImportBatches,
    ImportDuplicates,
    ImportLargeSearch,
    ImportRecordsRepository,
    ImportEnds,
    LeadImportsRepository,
    ImportRowsRepository,
    ImportPairsRepository,
    ImportUndoRepository,
    LeadBatchesRepository,
    LeadExportsService,
    // Without state, so that having them once more costs nothing.
    LeadListRepository,
    PipelinesRepository,
    StageEntry,
  ],
})
export class LeadImportsModule {}
