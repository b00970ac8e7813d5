import { Global, Module, type DynamicModule } from '@nestjs/common';
import { AiUsageModule } from './features/ai-usage/index.js';
import { AssistantModule } from './features/assistant/index.js';
import { AuditModule } from './features/audit/index.js';
import { AuthModule } from './features/auth/index.js';
import { CrmModule } from './features/crm/index.js';
import { DevMailsModule } from './features/dev-mails/index.js';
import { FilesModule } from './features/files/index.js';
import { HealthModule } from './features/health/index.js';
import { JobsModule } from './features/jobs/index.js';
import { OrganizationsModule } from './features/organizations/index.js';
import { WebhooksModule } from './features/webhooks/index.js';
import { AccessModule } from './platform/access/access.module.js';
import { AiModule } from './platform/ai/ai.module.js';
import { Settings } from './platform/config/settings.js';
import { DATABASE_URLS, DatabaseModule } from './platform/database/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { MailModule } from './platform/mail/mail.module.js';
import { MessagingModule } from './platform/messaging/messaging.module.js';
import type { Connections } from './platform/runtime/connections.js';
import { CONNECTIONS } from './platform/runtime/tokens.js';
import { StorageModule } from './platform/storage/storage.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';

/** What the process was started with, for everything below. */
@Global()
@Module({})
class StartModule {}

/** The only list of features. */
@Module({})
export class AppModule {
  static with(settings: Settings, connections: Connections): DynamicModule {
    return {
      module: AppModule,
      imports: [
        startModule(settings, connections),
        TelemetryModule,
        DatabaseModule,
        HttpModule,
        AccessModule,
        MessagingModule.forRole(settings),
        MailModule,
        StorageModule,
        AiModule,
        AuditModule,
        AiUsageModule,
        OrganizationsModule,
        AuthModule,
        FilesModule,
        JobsModule,
        CrmModule,
        WebhooksModule,
        AssistantModule,
        HealthModule,
        ...(settings.smtpUrl === undefined && settings.nodeEnv !== 'production' ? [DevMailsModule] : []),
      ],
    };
  }
}

function startModule(settings: Settings, connections: Connections): DynamicModule {
  const providers = [
    { provide: Settings, useValue: settings },
    { provide: CONNECTIONS, useValue: connections },
    { provide: DATABASE_URLS, useValue: connections.databaseUrls },
  ];
  return { module: StartModule, providers, exports: providers };
}
