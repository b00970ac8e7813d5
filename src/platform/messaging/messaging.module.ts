import { BullModule } from '@nestjs/bullmq';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationBootstrap,
  Optional,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DatabaseUrls } from '../config/database-urls.js';
import { Settings } from '../config/settings.js';
import { Bus } from '../database/bus.js';
import { DATABASE_URLS } from '../database/database.module.js';
import { Database } from '../database/database.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { QUEUES } from './definitions.js';
import { EventStreams } from './event-streams.js';
import { Events } from './events.js';
import { HandlerRegistry } from './handler-registry.js';
import { JobControl } from './job-control.js';
import { JobLog } from './job-log.js';
import { JobRunner } from './job-runner.js';
import { JobStore } from './job-store.js';
import { Jobs } from './jobs.js';
import { BusRelaySignal, OutboxRelay } from './outbox-relay.js';
import { Outbox } from './outbox.js';
import { PROCESSORS, type QueueProcessor } from './processors.js';
import { QueueBackend } from './queue-backend.js';
import { QueueHealth } from './queue-health.js';
import { QueueMetrics } from './queue-metrics.js';
import { Queues } from './queues.js';
import { RelaySignal } from './relay-signal.js';
import { RunningJobs } from './running-jobs.js';
import { ScheduleClock } from './schedule-clock.js';
import { Upkeep } from './upkeep.js';
import { ACTIVE_PROCESSORS, WorkerSide } from './worker-side.js';

@Global()
@Module({
  providers: [
    {
      provide: QueueBackend,
      inject: [Settings, DATABASE_URLS, LOGGER],
      useFactory: (settings: Settings, urls: DatabaseUrls, logger: Logger) =>
        new QueueBackend(settings, urls, (error) => logger.warn({ err: error }, 'queue connection lost')),
    },
  ],
  exports: [QueueBackend],
})
class QueueBackendModule {}

const EVERYWHERE: Provider[] = [Queues, QueueHealth, QueueMetrics, HandlerRegistry, Outbox, Jobs, JobControl, Events, EventStreams, Upkeep];

const IN_API: Provider[] = [
  {
    provide: RelaySignal,
    inject: [Database, Bus, LOGGER],
    useFactory: (database: Database, bus: Bus, logger: Logger) => new BusRelaySignal(database, bus, logger),
  },
];

const IN_WORKER: Provider[] = [
  {
    provide: OutboxRelay,
    inject: [Database, Bus, Queues, LOGGER],
    useFactory: (database: Database, bus: Bus, queues: Queues, logger: Logger) => new OutboxRelay(database, bus, queues, logger),
  },
  { provide: RelaySignal, useExisting: OutboxRelay },
  { provide: ACTIVE_PROCESSORS, inject: [...PROCESSORS], useFactory: (...processors: QueueProcessor[]) => processors },
  { provide: 'worker side tools', inject: [LOGGER, Bus], useFactory: (logger: Logger, bus: Bus) => ({ logger, bus }) },
  ...PROCESSORS,
  JobStore,
  JobLog,
  JobRunner,
  RunningJobs,
  ScheduleClock,
  WorkerSide,
];

/** Jobs, events and schedules. The api role only writes them down; the worker and all roles run them. */
@Global()
@Module({})
export class MessagingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(Queues) private readonly queues: Queues,
    @Inject(QueueBackend) private readonly backend: QueueBackend,
    @Inject(EventStreams) private readonly streams: EventStreams,
    @Optional() @Inject(WorkerSide) private readonly workerSide: WorkerSide | undefined,
  ) {}

  static forRole(settings: Settings): DynamicModule {
    return {
      module: MessagingModule,
      imports: [
        DiscoveryModule,
        QueueBackendModule,
        BullModule.forRootAsync({ inject: [QueueBackend], useFactory: (backend: QueueBackend) => ({ connection: backend.connection }) }),
        BullModule.registerQueue(...QUEUES.map((name) => ({ name }))),
      ],
      providers: [...EVERYWHERE, ...(settings.role === 'api' ? IN_API : IN_WORKER)],
      exports: [Jobs, JobControl, Events, EventStreams, QueueHealth],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.workerSide?.open();
  }

  /** Before the HTTP server waits for its connections, and long before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.streams.close();
    await this.workerSide?.close();
    await Promise.all(this.queues.all().map((queue) => queue.close()));
    await this.backend.close();
  }
}
