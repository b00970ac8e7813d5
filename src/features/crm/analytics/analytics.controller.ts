import { Controller, Get, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import { AnalyticsService } from './analytics.service.js';
import { AnalyticsQuery, BreakdownQuery, FunnelView, TimeInStageView, VelocityView } from './analytics.shapes.js';
import { BreakdownService } from './breakdown.service.js';
import { ForecastView, OwnersView, ReasonsView, SourcesView } from './breakdown.shapes.js';

const fails = [PipelineNotFound];

@Controller('crm/analytics')
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsService,
    private readonly breakdowns: BreakdownService,
  ) {}

  @Get('funnel')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, FunnelView],
    summary: 'How many leads get how far',
    description: 'About the leads that came into the pipeline in the range, wherever they stand by now.',
    fails,
  })
  funnel(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery) {
    return this.analytics.funnel(scope, query);
  }

  @Get('time-in-stage')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, TimeInStageView],
    summary: 'How long leads stand in each stage',
    description: 'About visits that ended in the range; a visit that a deletion ended does not count.',
    fails,
  })
  timeInStage(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery) {
    return this.analytics.timeInStage(scope, query);
  }

  @Get('velocity')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, VelocityView],
    summary: 'How fast leads are won, and what that is worth a day',
    description: 'About leads that were won or lost in the range and still are.',
    fails,
  })
  velocity(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery) {
    return this.analytics.velocity(scope, query);
  }

  @Get('forecast')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, ForecastView],
    summary: 'What open leads are expected to bring',
    description:
      'Values times the probability of the stage, by the day in the custom field `expected_close_on` (YYYY-MM-DD). It looks at what is open now.',
    fails,
  })
  forecast(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery) {
    return this.breakdowns.forecast(scope, query);
  }

  @Get('sources')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, SourcesView],
    summary: 'Leads by source',
    description: 'About the leads that came into the pipeline in the range, by the source they have now.',
    fails,
  })
  sources(@CurrentScope() scope: Scope, @Query() query: BreakdownQuery) {
    return this.breakdowns.sources(scope, query);
  }

  @Get('owners')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, OwnersView],
    summary: 'Leads by owner',
    description: 'About the leads that came into the pipeline in the range, by who looks after them now.',
    fails,
  })
  owners(@CurrentScope() scope: Scope, @Query() query: BreakdownQuery) {
    return this.breakdowns.owners(scope, query);
  }

  @Get('reasons')
  @Endpoint({
    access: 'analytics:read',
    returns: [200, ReasonsView],
    summary: 'Why leads were won and lost',
    description: 'About leads that were won or lost in the range and still are.',
    fails,
  })
  reasons(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery) {
    return this.breakdowns.reasons(scope, query);
  }
}
