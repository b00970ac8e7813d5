import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { CurrentScope } from '../../platform/access/current-scope.js';
import type { Scope } from '../../platform/database/scope.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor, InvalidParameters, ValidationFailed } from '../../platform/http/problems/core-problems.js';
import { AiBudgetView, AiCallPage, AiCallsQuery, AiUsageQuery, AiUsageReport, SetAiBudget } from './ai-usage.shapes.js';
import { BudgetService } from './budget/budget.service.js';
import { ReportsService } from './reports/reports.service.js';

@Controller('ai')
export class AiUsageController {
  constructor(
    private readonly budgets: BudgetService,
    private readonly reports: ReportsService,
  ) {}

  @Get('usage')
  @Endpoint({
    access: 'ai:read',
    returns: [200, AiUsageReport],
    summary: 'What was used of AI',
    description: 'By month, feature, task, engine and model, with the budget of the current month. Months are those of UTC.',
    fails: [InvalidParameters],
    rate: 'read',
  })
  usage(@CurrentScope() scope: Scope, @Query() query: AiUsageQuery) {
    return this.reports.usage(scope, query);
  }

  @Get('calls')
  @Endpoint({
    access: 'ai:read',
    returns: [200, AiCallPage],
    summary: 'Single AI calls, newest first',
    description: 'Who asked which engine when, and what it used. What was asked and answered is not kept here.',
    fails: [InvalidCursor],
    rate: 'read',
  })
  calls(@CurrentScope() scope: Scope, @Query() query: AiCallsQuery) {
    return this.reports.calls(scope, query);
  }

  @Get('budget')
  @Endpoint({ access: 'ai:read', returns: [200, AiBudgetView], summary: 'The AI budget of this month', rate: 'read', etag: true })
  budget(@CurrentScope() scope: Scope) {
    return this.budgets.get(scope);
  }

  @Put('budget')
  @Endpoint({
    access: 'ai:manage',
    returns: [200, AiBudgetView],
    summary: 'Choose the AI budget',
    description: 'Holds from the next call on, for this month and all that follow.',
    fails: [ValidationFailed, EditConflict],
    rate: 'write',
    etag: true,
    ifMatch: 'optional',
  })
  setBudget(@CurrentScope() scope: Scope, @Body() input: SetAiBudget) {
    return this.budgets.set(scope, input);
  }
}
