import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import { TestWebhook } from '../subscriptions/webhooks.shapes.js';
import { DeliveryNotFound, ReplayRangeUnclear, TestNotReplayed, WebhookInactive, WebhookNotFound } from '../webhooks.errors.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryDetails, DeliveryView, ListDeliveries, ReplayEvents } from './deliveries.shapes.js';
import { ReplaysService } from './replays.service.js';

@Controller('webhooks/:id')
export class DeliveriesController {
  constructor(
    @Inject(DeliveriesService) private readonly deliveries: DeliveriesService,
    @Inject(ReplaysService) private readonly replays: ReplaysService,
  ) {}

  @Post('test')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [202, DeliveryView],
    summary: 'Send a test message',
    description: 'With invented values, once and without retries. See what came of it at GET /webhooks/{id}/deliveries/{deliveryId}.',
    fails: [WebhookNotFound],
    rate: 'write',
    idempotent: true,
  })
  test(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() { eventType }: TestWebhook) {
    return this.deliveries.test(scope, id, eventType);
  }

  @Post('replay')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [202, JobAccepted],
    summary: 'Send past events again',
    description:
      'A job puts every event the webhook subscribes to in line again, from a moment or a number on, 10,000 at most; its result says where to go on. The `webhook-id` of each is what it was.',
    fails: [WebhookNotFound, WebhookInactive, ReplayRangeUnclear],
    rate: 'bulk',
    idempotent: true,
    location: '/api/v1/jobs/{jobId}',
  })
  replayRange(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() range: ReplayEvents) {
    return this.replays.start(scope, id, range);
  }

  @Get('deliveries')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, pageOf(DeliveryView)],
    summary: 'What was sent, newest first',
    description: 'Kept for 30 days.',
    fails: [WebhookNotFound, InvalidCursor],
    rate: 'read',
  })
  list(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: ListDeliveries) {
    return this.deliveries.list(scope, id, query);
  }

  @Get('deliveries/:deliveryId')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, DeliveryDetails],
    summary: 'One message, with every attempt and what was answered',
    fails: [WebhookNotFound, DeliveryNotFound],
    rate: 'read',
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return this.deliveries.get(scope, id, deliveryId);
  }

  @Post('deliveries/:deliveryId/replay')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [202, DeliveryView],
    summary: 'Send one event again',
    description: 'As a new entry of the log, with the same `webhook-id`.',
    fails: [WebhookNotFound, DeliveryNotFound, WebhookInactive, TestNotReplayed],
    rate: 'write',
    idempotent: true,
  })
  replay(@CurrentScope() scope: Scope, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return this.deliveries.replay(scope, id, deliveryId);
  }
}
