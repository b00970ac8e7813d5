import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { PlanExpired, PlanNotFound, PlanNotPending, PlanStale, PlanTokenWrong } from '../assistant.errors.js';
import { PlansService } from './plans.service.js';
import { ConfirmPlan, PlanDone, PlanView } from './plans.shapes.js';

@Controller('chat/plans')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  @Get(':id')
  @Endpoint({ access: 'assistant:use', returns: [200, PlanView], summary: 'Look at a plan of yours', fails: [PlanNotFound] })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.plans.get(scope, id);
  }

  @Post(':id/confirm')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, PlanDone],
    summary: 'Say yes to a plan',
    description:
      'All of it is done, or nothing. When its leads have changed since, or it has expired, nothing is done and the problem holds the plan as things are now.',
    fails: [PlanNotFound, PlanTokenWrong, PlanNotPending, PlanExpired, PlanStale, PermissionDenied],
    rate: 'write',
  })
  confirm(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() { token }: ConfirmPlan) {
    return this.plans.confirm(scope, id, token);
  }

  @Post(':id/reject')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, PlanView],
    summary: 'Say no to a plan',
    fails: [PlanNotFound, PlanNotPending],
    rate: 'write',
  })
  reject(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.plans.reject(scope, id);
  }
}
