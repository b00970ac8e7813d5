import { Body, Controller, Delete, Get, Header, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { WebhookLimitReached, WebhookNotFound, WebhookUrlRefused, WebhookUrlTaken } from '../webhooks.errors.js';
import { eventTypeList } from './event-type-list.js';
import { WebhooksService } from './webhooks.service.js';
import {
  CreateWebhook,
  EventTypeList,
  ListWebhooks,
  RotateWebhookSecret,
  UpdateWebhook,
  WebhookView,
  WebhookWithSecret,
} from './webhooks.shapes.js';

@Controller('webhooks')
export class WebhooksController {
  constructor(@Inject(WebhooksService) private readonly webhooks: WebhooksService) {}

  @Get('event-types')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, EventTypeList],
    summary: 'Every type of event, with an example of its message',
    description: 'The list is closed: nothing else is ever sent. Messages carry ids and small facts; contact data is read by the id.',
    rate: 'read',
  })
  eventTypes(@CurrentScope() scope: Scope) {
    return eventTypeList(scope.organizationId);
  }

  @Post()
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [201, WebhookWithSecret],
    summary: 'Subscribe a URL to events',
    description:
      'Messages follow the Standard Webhooks specification. The secret is shown this once. Takes no Idempotency-Key, because the stored answer would hold the secret; a URL is there once instead. A message may come more than once and, after a failure, later than its successors: `webhook-id` tells them apart, `sequence` orders them.',
    location: '/api/v1/webhooks/{id}',
    etag: true,
    fails: [WebhookUrlRefused, WebhookUrlTaken, WebhookLimitReached],
    rate: 'write',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateWebhook) {
    return this.webhooks.create(scope, input);
  }

  @Get()
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, pageOf(WebhookView)],
    summary: 'List webhooks, newest first',
    fails: [InvalidCursor],
    rate: 'read',
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListWebhooks) {
    return this.webhooks.list(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'webhooks:manage', returns: [200, WebhookView], summary: 'Get a webhook', fails: [WebhookNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.webhooks.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, WebhookView],
    summary: 'Change a webhook, or switch it off and on',
    description:
      'Switched off, it forgets what waits to be sent. Switched on again, it gets what happens from then on; ask for the time between with POST /webhooks/{id}/replay.',
    fails: [WebhookNotFound, WebhookUrlRefused, WebhookUrlTaken, EditConflict],
    etag: true,
    ifMatch: 'required',
    rate: 'write',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateWebhook) {
    return this.webhooks.update(scope, id, patch);
  }

  @Delete(':id')
  @Endpoint({ access: 'webhooks:manage', returns: [204], summary: 'Delete a webhook', fails: [WebhookNotFound], rate: 'write' })
  delete(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.webhooks.delete(scope, id);
  }

  @Post(':id/rotate-secret')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'webhooks:manage',
    returns: [200, WebhookWithSecret],
    summary: 'Give a webhook a new secret',
    description: 'During the overlap every message carries two signatures, so that the receiver can be moved over at any moment.',
    fails: [WebhookNotFound],
    rate: 'write',
  })
  rotateSecret(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() { overlapHours }: RotateWebhookSecret) {
    return this.webhooks.rotateSecret(scope, id, overlapHours);
  }
}
