import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../../organizations/index.js';
import { PipelinesRepository } from '../pipelines/pipelines.repository.js';
import { StageEntry } from '../pipelines/stage-entry.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsCsvController } from './analytics-csv.controller.js';
import { AnalyticsRepository } from './analytics.repository.js';
import { AnalyticsService } from './analytics.service.js';
import { BreakdownService } from './breakdown.service.js';
import { StageHistoryController } from './stage-history.controller.js';
import { StageHistoryRepository } from './stage-history.repository.js';
import { StageHistory } from './stage-history.service.js';

/** Where leads have been, and what that says about the pipeline. */
@Module({
  imports: [OrganizationsModule],
  controllers: [AnalyticsController, AnalyticsCsvController, StageHistoryController],
  providers: [
    AnalyticsRepository,
    AnalyticsService,
    BreakdownService,
    StageHistoryRepository,
    StageHistory,
    // Without state, so that having them once more costs nothing.
    PipelinesRepository,
    StageEntry,
  ],
  exports: [StageHistory],
})
export class AnalyticsModule {}
