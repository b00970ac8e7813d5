import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { LeadScoresService } from './lead-scores.service.js';
import { ScoringModelNotFound, TooFewClosedLeads } from './scoring.errors.js';
import { ScoringService } from './scoring.service.js';
import {
  LeadScoresQuery,
  LeadScoreView,
  PutScoringRules,
  ScoredLead,
  ScoreOverride,
  ScoringModelView,
  ScoringRulesView,
} from './scoring.shapes.js';

@Controller()
export class ScoringController {
  constructor(
    private readonly scoring: ScoringService,
    private readonly scores: LeadScoresService,
  ) {}

  @Get('crm/scoring/rules')
  @Endpoint({ access: 'leads:read', returns: [200, ScoringRulesView], summary: 'Get the scoring rules', etag: true })
  rules(@CurrentScope() scope: Scope) {
    return this.scoring.rules(scope);
  }

  @Put('crm/scoring/rules')
  @Endpoint({
    access: 'scoring:manage',
    returns: [200, ScoringRulesView],
    summary: 'Replace the scoring rules',
    description: 'A rule gives points when all its conditions hold. All leads are scored anew soon after.',
    fails: [ValidationFailed, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  putRules(@CurrentScope() scope: Scope, @Body() input: PutScoringRules) {
    return this.scoring.putRules(scope, input);
  }

  @Post('crm/scoring/training')
  @Endpoint({
    access: 'scoring:manage',
    returns: [202, JobAccepted],
    summary: 'Learn from won and lost leads',
    description: 'Also done every night. Needs at least 20 won and 20 lost leads.',
    fails: [TooFewClosedLeads],
    rate: 'bulk',
    idempotent: true,
    location: '/api/v1/jobs/{jobId}',
  })
  train(@CurrentScope() scope: Scope) {
    return this.scoring.train(scope);
  }

  @Get('crm/scoring/model')
  @Endpoint({
    access: 'leads:read',
    returns: [200, ScoringModelView],
    summary: 'Get what was learned from closed leads, and how far it can be trusted',
    fails: [ScoringModelNotFound],
  })
  model(@CurrentScope() scope: Scope) {
    return this.scoring.model(scope);
  }

  @Get('lead-scores')
  @Endpoint({
    access: 'leads:read',
    returns: [200, pageOf(ScoredLead)],
    summary: 'List leads by score, highest first',
    description: 'By the scores of the last night, or since rules or model changed.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: LeadScoresQuery) {
    return this.scores.list(scope, query);
  }

  @Get('leads/:id/score')
  @Endpoint({
    access: 'leads:read',
    returns: [200, LeadScoreView],
    summary: 'Get the score of a lead as of now, with all reasons',
    fails: [LeadNotFound],
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.scores.get(scope, id);
  }

  @Put('leads/:id/score/override')
  @Endpoint({
    access: 'leads:update',
    returns: [200, LeadScoreView],
    summary: 'Set the score of a lead by hand, with a reason',
    fails: [LeadNotFound],
  })
  override(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: ScoreOverride) {
    return this.scores.override(scope, id, input);
  }

  @Delete('leads/:id/score/override')
  @Endpoint({
    access: 'leads:update',
    returns: [200, LeadScoreView],
    summary: 'Let the score of a lead be computed again',
    fails: [LeadNotFound],
  })
  clearOverride(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.scores.clearOverride(scope, id);
  }
}
