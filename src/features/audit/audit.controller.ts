import { Body, Controller, Get, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { CurrentScope } from '../../platform/access/current-scope.js';
import type { Scope } from '../../platform/database/scope.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { InvalidCursor, NotFound } from '../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../platform/http/shapes/builders.js';
import { AuditEventsService } from './audit-events.service.js';
import type { AuditReport } from './audit-verifier.js';
import {
  AuditCheckpointPage,
  AuditCheckpointView,
  AuditEventPage,
  AuditEventView,
  AuditFilter,
  AuditReportView,
  ListAuditCheckpoints,
  ListAuditEvents,
  VerifyAudit,
} from './audit.shapes.js';

@Controller('audit')
export class AuditController {
  constructor(@Inject(AuditEventsService) private readonly events: AuditEventsService) {}

  @Get('events')
  @Endpoint({
    access: 'audit:read',
    returns: [200, AuditEventPage],
    summary: 'List audit events, newest first',
    description: 'With `resourceType` and `resourceId` it is the history of one resource. Looking at the trail is recorded in it.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListAuditEvents): Promise<PageOf<AuditEventView>> {
    return this.events.list(scope, query);
  }

  @Get('events/:number')
  @Endpoint({ access: 'audit:read', returns: [200, AuditEventView], summary: 'Get an audit event', fails: [NotFound] })
  get(@CurrentScope() scope: Scope, @Param('number') number: string): Promise<AuditEventView> {
    return this.events.get(scope, number);
  }

  @Get('checkpoints')
  @Endpoint({
    access: 'audit:read',
    returns: [200, AuditCheckpointPage],
    summary: 'List signed checkpoints, newest first',
    description: 'Keep them outside this system. Given to the verification later, they show a chain that was cut or written anew.',
    fails: [InvalidCursor],
  })
  checkpoints(@CurrentScope() scope: Scope, @Query() query: ListAuditCheckpoints): Promise<PageOf<AuditCheckpointView>> {
    return this.events.checkpoints(scope, query);
  }

  @Post('verify')
  @Endpoint({
    access: 'audit:verify',
    returns: [200, AuditReportView],
    summary: 'Check the audit chain',
    description:
      'Reads the whole chain and names the first event that was changed, removed, added or cut off. Send `{}` when there is no checkpoint to compare.',
    rate: 'bulk',
  })
  verify(@CurrentScope() scope: Scope, @Body() input: VerifyAudit): Promise<AuditReport> {
    return this.events.verify(scope, input);
  }

  @Get('export')
  @Endpoint({
    access: 'audit:export',
    returns: [200, 'application/x-ndjson'],
    summary: 'Export audit events as NDJSON',
    description: 'Oldest first, one event a line with its seal, streamed. The last line is the event of this export.',
    rate: 'bulk',
  })
  async export(@CurrentScope() scope: Scope, @Query() filter: AuditFilter): Promise<StreamableFile> {
    const lines = await this.events.export(scope, filter);
    return new StreamableFile(lines, { type: 'application/x-ndjson', disposition: 'attachment; filename="audit.ndjson"' });
  }
}
