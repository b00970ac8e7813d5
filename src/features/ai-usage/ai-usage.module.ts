import { Global, Module } from '@nestjs/common';
import { AiLedger } from '../../platform/ai/ai-ledger.js';
import { AiUsageController } from './ai-usage.controller.js';
import { BudgetRepository } from './budget/budget.repository.js';
import { BudgetService } from './budget/budget.service.js';
import { LedgerRepository } from './ledger/ledger.repository.js';
import { UpkeepService } from './ledger/upkeep.service.js';
import { UsageLedger } from './ledger/usage-ledger.js';
import { ReportsRepository } from './reports/reports.repository.js';
import { ReportsService } from './reports/reports.service.js';

/** Global, because the gateway of the platform asks for `AiLedger`. */
@Global()
@Module({
  controllers: [AiUsageController],
  providers: [
    BudgetRepository,
    BudgetService,
    LedgerRepository,
    ReportsRepository,
    ReportsService,
    UpkeepService,
    { provide: AiLedger, useClass: UsageLedger },
  ],
  exports: [AiLedger],
})
export class AiUsageModule {}
