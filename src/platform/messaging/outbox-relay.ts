import { newId } from '../../shared/ids.js';
import type { Bus } from '../database/bus.js';
import type { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import type { Logger } from '../telemetry/telemetry.module.js';
import type { QueueName } from './definitions.js';
import type { Delivery, Queues } from './queues.js';
import { OUTBOX_TOPIC, RelaySignal } from './relay-signal.js';

const BATCH = 200;
const SWEEP_MS = 5_000;
const RECOVER_EVERY_SWEEPS = 60;
/** What the queue itself does when the attempt could not even be noted down, e.g. without a database. */
const INFRASTRUCTURE_RETRIES = { attempts: 1_000, backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 } } as const;

interface OutboxRow {
  readonly organization_id: string;
  readonly id: string;
  readonly job_id: string;
  readonly name: string;
  readonly queue: QueueName;
  readonly wait_ms: number;
}

const TAKE = `
  select organization_id, id, job_id, name, queue, greatest(0, ceil(extract(epoch from run_at - now()) * 1000))::float8 as wait_ms
  from outbox order by id limit ${BATCH} for update skip locked`;
const REMOVE = `delete from outbox where (organization_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))`;
// Jobs whose queue lost them, e.g. a Redis without persistence. The queue ignores an id it still has, so asking again does no harm.
const RECOVER = `
  insert into outbox (organization_id, id, job_id, name, queue, run_at)
  select organization_id, dispatch_id, id, name, queue, run_at from jobs
  where state in ('PENDING', 'PROCESSING') and run_at < now() - interval '10 minutes' order by run_at limit 1000
  on conflict do nothing`;

/**
 * Hands outbox rows to the queue: at once when this process or another says that something was committed, and by a sweep for what a
 * crash left. A row is deleted after the queue has it, so a crash between means handing it over twice under the same id.
 */
export class OutboxRelay extends RelaySignal {
  private isWanted = false;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;
  private sweeps = 0;
  private isOpen = false;

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly queues: Queues,
    private readonly logger: Logger,
  ) {
    super();
  }

  open(): void {
    this.isOpen = true;
    this.unsubscribe = this.bus.subscribe(OUTBOX_TOPIC, () => this.wake());
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.sweep();
  }

  override wake(): void {
    this.isWanted = true;
    if (!this.isOpen || this.running) return;
    this.running = this.drain().finally(() => {
      this.running = undefined;
      // Somebody may have called between the last look and here.
      if (this.isWanted) this.wake();
    });
  }

  async close(): Promise<void> {
    this.isOpen = false;
    clearInterval(this.timer);
    this.unsubscribe?.();
    await this.running;
  }

  private sweep(): void {
    const isRecovery = this.sweeps++ % RECOVER_EVERY_SWEEPS === 0;
    if (isRecovery) this.recover().catch((error: Error) => this.logger.warn({ err: error }, 'lost jobs could not be looked for'));
    this.wake();
  }

  private async recover(): Promise<void> {
    await this.database.asSystem('recover lost jobs', systemScope('relay'), (tx) => tx.query(RECOVER));
    this.wake();
  }

  private async drain(): Promise<void> {
    try {
      while (this.isWanted && this.isOpen) {
        this.isWanted = false;
        while (this.isOpen && (await this.handOver()) === BATCH);
      }
    } catch (error) {
      // The rows are still there: the next sweep tries again.
      this.isWanted = false;
      this.logger.warn({ err: error }, 'jobs could not be handed to the queue');
    }
  }

  private handOver(): Promise<number> {
    return this.database.asSystem('relay the outbox', systemScope(`relay-${newId()}`), async (tx: Tx) => {
      const rows = await tx.query<OutboxRow>(TAKE);
      if (rows.length === 0) return 0;
      for (const queue of new Set(rows.map((row) => row.queue))) await this.add(queue, rows);
      await tx.query(REMOVE, [rows.map((row) => row.organization_id), rows.map((row) => row.id)]);
      return rows.length;
    });
  }

  private async add(queue: QueueName, rows: readonly OutboxRow[]): Promise<void> {
    const mine = rows.filter((row) => row.queue === queue);
    await this.queues.get(queue).addBulk(
      mine.map((row) => {
        const data: Delivery = { jobId: row.job_id, organizationId: row.organization_id };
        return {
          name: row.name,
          data,
          opts: { ...INFRASTRUCTURE_RETRIES, jobId: row.id, delay: row.wait_ms, removeOnComplete: true, removeOnFail: true },
        };
      }),
    );
  }
}

/** For processes without a relay: tells those that have one, once for many commits that come together. */
export class BusRelaySignal extends RelaySignal {
  private isOnItsWay = false;

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {
    super();
  }

  override wake(): void {
    if (this.isOnItsWay) return;
    this.isOnItsWay = true;
    setImmediate(() => {
      this.isOnItsWay = false;
      this.database
        .writeOne(systemScope('relay'), (tx) => this.bus.publish(tx, OUTBOX_TOPIC, ''))
        .catch((error: Error) => this.logger.warn({ err: error }, 'the relay was not told; its sweep will find the job'));
    });
  }
}
