import { Controller, Get, Param } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { Decimal, Id, Instant, ListOfShape, Text } from '../../../platform/http/shapes/fields.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { StageHistory } from './stage-history.service.js';

export class StageVisit {
  @Id() pipelineId: string;
  @Text({ max: 80, example: 'Sales' }) pipelineName: string;
  @Text({ max: 80, description: 'Key of the stage.', example: 'meeting-booked' }) status: string;
  @Text({ max: 80, description: 'What the stage was called when the lead came into it.', example: 'Meeting booked' }) statusName: string;
  @Instant() enteredAt: string;
  @Instant({ nullable: true, description: 'Null while the lead stands in it.', example: null }) leftAt: string | null;
  @Decimal({ min: 0, description: 'How long it stood there, in seconds; until now when it still does.', example: 86400 }) seconds: number;
  @Text({ max: 20, description: 'Who put it there: `user`, `api-key`, `assistant`, `job` or `system`.', example: 'user' })
  actorType: string;
  @Id({ nullable: true, description: 'The person behind it.' }) userId: string | null;
  @Text({ max: 100, nullable: true, description: 'Why it was won or lost, when that was said.', example: null }) reason: string | null;
  @Text({ max: 1000, nullable: true, example: null }) reasonNote: string | null;
}

export class StageVisits {
  @ListOfShape(() => StageVisit, { description: 'From the first to the present one.' }) items: StageVisit[];
}

@Controller('leads')
export class StageHistoryController {
  constructor(private readonly history: StageHistory) {}

  @Get(':id/stages')
  @Endpoint({
    access: 'leads:read',
    returns: [200, StageVisits],
    summary: 'The way of a lead through its stages',
    description:
      'With the names the stages had at the time. Derived from the audit trail, so a move is in it about a second after it was made. The first 1,000 visits are answered.',
    fails: [LeadNotFound],
  })
  async stages(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<StageVisits> {
    return { items: await this.history.ofLead(scope, id) };
  }
}
