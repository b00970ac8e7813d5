import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { ActivitiesModule } from './activities/activities.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { CompaniesModule } from './companies/companies.module.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { CustomFieldsModule } from './custom-fields/custom-fields.module.js';
import { CrmDesk } from './desk/crm-desk.js';
import { DeskChanges } from './desk/desk-changes.js';
import { LeadSelectionRepository } from './desk/lead-selection.repository.js';
import { DuplicateReviewModule } from './duplicate-review/duplicate-review.module.js';
import { BoardLiveModule } from './live/board-live.module.js';
import { LeadImportsModule } from './imports/lead-imports.module.js';
import { BoardController } from './leads/board.controller.js';
import { BoardRepository } from './leads/board.repository.js';
import { BoardService } from './leads/board.service.js';
import { BulkController } from './leads/bulk.controller.js';
import { BulkService } from './leads/bulk.service.js';
import { ColumnOrderRepository } from './leads/column-order.repository.js';
import { LeadListRepository } from './leads/lead-list.repository.js';
import { LeadListsService } from './leads/lead-lists.service.js';
import { LeadMovesController } from './leads/lead-moves.controller.js';
import { LeadMovesRepository } from './leads/lead-moves.repository.js';
import { LeadMovesService } from './leads/lead-moves.service.js';
import { LeadsController } from './leads/leads.controller.js';
import { LeadsRepository } from './leads/leads.repository.js';
import { LeadsService } from './leads/leads.service.js';
import { RebalanceColumnHandler } from './leads/rebalance-column.js';
import { StageLeadsRepository } from './leads/stage-leads.repository.js';
import { PipelinesController } from './pipelines/pipelines.controller.js';
import { PipelinesRepository } from './pipelines/pipelines.repository.js';
import { PipelinesService } from './pipelines/pipelines.service.js';
import { LeadScoringModule } from './scoring/lead-scoring.module.js';
import { CrmSettingsModule } from './settings/crm-settings.module.js';
import { StageEntry } from './pipelines/stage-entry.js';
import { StagesService } from './pipelines/stages.service.js';

/** Leads on a board. */
@Module({
  imports: [
    OrganizationsModule,
    BoardLiveModule,
    ActivitiesModule,
    AnalyticsModule,
    CompaniesModule,
    ContactsModule,
    CustomFieldsModule,
    DuplicateReviewModule,
    LeadScoringModule,
    CrmSettingsModule,
    LeadImportsModule,
  ],
  controllers: [BoardController, BulkController, LeadsController, LeadMovesController, PipelinesController],
  providers: [
    LeadsRepository,
    LeadMovesRepository,
    LeadListRepository,
    BoardRepository,
    PipelinesRepository,
    StageEntry,
    LeadsService,
    LeadMovesService,
    LeadListsService,
    BoardService,
    BulkService,
    ColumnOrderRepository,
    RebalanceColumnHandler,
    StageLeadsRepository,
    PipelinesService,
    StagesService,
    LeadSelectionRepository,
    DeskChanges,
    CrmDesk,
  ],
  exports: [ActivitiesModule, CrmDesk],
})
export class CrmModule {}
