import { Module } from '@nestjs/common';
import { Settings } from '../../platform/config/settings.js';
import { Bus } from '../../platform/database/bus.js';
import { SafeHttp } from '../../platform/net/safe-http.js';
import { AuditFeed, AuditTrail } from '../audit/index.js';
import { MemberDirectory, OrganizationsModule } from '../organizations/index.js';
import { Attempts } from './deliveries/attempts.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesRepository } from './deliveries/deliveries.repository.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveriesUpkeep } from './deliveries/deliveries-upkeep.js';
import { DisabledMail } from './deliveries/disabled-mail.js';
import { DispatcherLoop } from './deliveries/dispatcher-loop.js';
import { DispatchingRepository } from './deliveries/dispatching.repository.js';
import { LaneRun } from './deliveries/lane-run.js';
import { LanesRepository } from './deliveries/lanes.repository.js';
import { MessageSource } from './deliveries/message-source.js';
import { ReplaysService } from './deliveries/replays.service.js';
import { WebhookDisabling } from './deliveries/webhook-disabling.js';
import { WebhookDispatcher } from './deliveries/webhook-dispatcher.js';
import { WebhookSender } from './deliveries/webhook-sender.js';
import { WebhookGate } from './subscriptions/webhook-gate.js';
import { WebhookSecrets } from './subscriptions/webhook-secrets.js';
import { WebhooksController } from './subscriptions/webhooks.controller.js';
import { WebhooksRepository } from './subscriptions/webhooks.repository.js';
import { WebhooksService } from './subscriptions/webhooks.service.js';
import { WebhookLimits } from './webhook-limits.js';

/** Sends what happens in an organization to addresses it chose. */
@Module({
  imports: [OrganizationsModule],
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    {
      provide: SafeHttp,
      inject: [Settings],
      useFactory: (settings: Settings) => new SafeHttp({ allowLoopback: settings.webhookAllowLoopback }),
    },
    { provide: WebhookLimits, useFactory: () => new WebhookLimits() },
    {
      provide: 'webhook trail',
      inject: [AuditFeed, AuditTrail],
      useFactory: (feed: AuditFeed, audit: AuditTrail) => ({ feed, audit }),
    },
    {
      provide: 'replay trail',
      inject: [AuditFeed, AuditTrail, Bus],
      useFactory: (feed: AuditFeed, audit: AuditTrail, bus: Bus) => ({ feed, audit, bus }),
    },
    {
      provide: 'webhook tables',
      inject: [WebhooksRepository, DeliveriesRepository],
      useFactory: (webhooks: WebhooksRepository, deliveries: DeliveriesRepository) => ({ webhooks, deliveries }),
    },
    {
      provide: 'webhook rows',
      inject: [WebhooksRepository, DeliveriesRepository, MemberDirectory],
      useFactory: (webhooks: WebhooksRepository, deliveries: DeliveriesRepository, members: MemberDirectory) => ({
        webhooks,
        deliveries,
        members,
      }),
    },
    WebhooksService,
    WebhooksRepository,
    WebhookGate,
    WebhookSecrets,
    DeliveriesService,
    DeliveriesRepository,
    DispatchingRepository,
    LanesRepository,
    MessageSource,
    WebhookDispatcher,
    DispatcherLoop,
    WebhookSender,
    LaneRun,
    Attempts,
    WebhookDisabling,
    DisabledMail,
    ReplaysService,
    DeliveriesUpkeep,
  ],
})
export class WebhooksModule {}
