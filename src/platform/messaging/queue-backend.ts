import { createPostgresBackend, type QueueOptions, setDefaultBackendFactory } from 'bullmq';
import pg from 'pg';
import type { DatabaseUrls } from '../config/database-urls.js';
import type { Settings } from '../config/settings.js';
import { QUEUES } from './definitions.js';

/** Connections for short statements, beside the one each worker listens on. */
const SHORT_STATEMENTS = 10;

/** Where the queues live: PostgreSQL through one shared pool, or Redis when there is one. */
export class QueueBackend {
  readonly connection: QueueOptions['connection'];
  private readonly pool: pg.Pool | undefined;

  constructor(settings: Settings, urls: DatabaseUrls, onTrouble: (error: Error) => void) {
    // BullMQ keeps the choice for the whole process, so it is made anew whenever an application starts.
    if (settings.redisUrl) {
      setDefaultBackendFactory();
      this.connection = { url: settings.redisUrl, maxRetriesPerRequest: null };
      return;
    }
    setDefaultBackendFactory(createPostgresBackend);
    const options = '-c search_path=bullmq -c TimeZone=UTC -c jit=off';
    this.pool = new pg.Pool({
      connectionString: urls.queue,
      max: QUEUES.length + SHORT_STATEMENTS,
      options,
      application_name: 'concord-queue',
      keepAlive: true,
    });
    // Each queue and worker listens for its errors.
    this.pool.setMaxListeners(4 * QUEUES.length + 10);
    this.pool.on('error', onTrouble);
    this.connection = this.pool;
  }

  /** Rejects when the database of the queue does not answer; says nothing of a Redis. */
  async ping(): Promise<void> {
    await this.pool?.query('select 1');
  }

  /** Only after all queues and workers are closed. */
  async close(): Promise<void> {
    await this.pool?.end();
  }
}
