import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint, type EndpointOptions } from '../../../platform/http/endpoint.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import {
  csvFile,
  forecastLines,
  funnelLines,
  groupLines,
  type Lines,
  reasonLines,
  timeInStageLines,
  velocityLines,
} from './analytics-csv.js';
import { AnalyticsService } from './analytics.service.js';
import { AnalyticsQuery, BreakdownQuery } from './analytics.shapes.js';
import { BreakdownService } from './breakdown.service.js';

const csvOf = (report: string): EndpointOptions => ({
  access: 'analytics:read',
  returns: [200, 'text/csv'],
  summary: `The ${report} report as CSV`,
  description: 'The same figures for a spreadsheet; nothing in it is run as a formula. Amounts are decimals of the currency beside them.',
  fails: [PipelineNotFound],
});

/** Reports as files. */
@Controller('crm/analytics')
export class AnalyticsCsvController {
  constructor(
    private readonly analytics: AnalyticsService,
    private readonly breakdowns: BreakdownService,
  ) {}

  @Get('funnel/csv')
  @Endpoint(csvOf('funnel'))
  async funnel(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery): Promise<StreamableFile> {
    return file('funnel', funnelLines(await this.analytics.funnel(scope, query)));
  }

  @Get('time-in-stage/csv')
  @Endpoint(csvOf('time-in-stage'))
  async timeInStage(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery): Promise<StreamableFile> {
    return file('time-in-stage', timeInStageLines(await this.analytics.timeInStage(scope, query)));
  }

  @Get('velocity/csv')
  @Endpoint(csvOf('velocity'))
  async velocity(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery): Promise<StreamableFile> {
    return file('velocity', velocityLines(await this.analytics.velocity(scope, query)));
  }

  @Get('forecast/csv')
  @Endpoint(csvOf('forecast'))
  async forecast(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery): Promise<StreamableFile> {
    return file('forecast', forecastLines(await this.breakdowns.forecast(scope, query)));
  }

  @Get('sources/csv')
  @Endpoint(csvOf('sources'))
  async sources(@CurrentScope() scope: Scope, @Query() query: BreakdownQuery): Promise<StreamableFile> {
    const { items, rest } = await this.breakdowns.sources(scope, query);
    const groups = items.map((group) => [['source', group.source], group] as const);
    return file('sources', groupLines(['by', 'source'], rest ? [...groups, [['rest', null], rest]] : groups));
  }

  @Get('owners/csv')
  @Endpoint(csvOf('owners'))
  async owners(@CurrentScope() scope: Scope, @Query() query: BreakdownQuery): Promise<StreamableFile> {
    const { items, rest } = await this.breakdowns.owners(scope, query);
    const groups = items.map((group) => [['owner', group.name, group.ownerId], group] as const);
    return file('owners', groupLines(['by', 'owner', 'owner_id'], rest ? [...groups, [['rest', null, null], rest]] : groups));
  }

  @Get('reasons/csv')
  @Endpoint(csvOf('reasons'))
  async reasons(@CurrentScope() scope: Scope, @Query() query: AnalyticsQuery): Promise<StreamableFile> {
    return file('reasons', reasonLines(await this.breakdowns.reasons(scope, query)));
  }
}

function file(report: string, lines: Lines): StreamableFile {
  return new StreamableFile(csvFile(lines), { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${report}.csv"` });
}
