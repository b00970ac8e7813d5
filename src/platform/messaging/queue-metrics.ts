import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import { Metrics, type QueueState } from '../telemetry/metrics.js';
import { QUEUES } from './definitions.js';

interface QueueRow {
  readonly queue: string;
  readonly state: string;
  readonly count: number;
  readonly lag: number;
}

const OPEN = `
  select queue, lower(case when state = 'PENDING' and run_at > now() then 'delayed' else state end) as state, count(*)::int as count,
    coalesce(greatest(0, extract(epoch from now() - min(run_at) filter (where state = 'PENDING'))), 0)::float8 as lag
  from jobs where state in ('PENDING', 'PROCESSING') group by 1, 2
  union all
  select 'outbox', 'pending', count(*)::int, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from outbox
  union all
  select queue, 'failed', count(*)::int, 0 from jobs where state = 'FAILURE' group by 1`;

/** Depth and lag of the queues, asked when the metrics are read. */
@Injectable()
export class QueueMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.watchQueues(() => this.states());
  }

  private async states(): Promise<QueueState[]> {
    const rows = await this.database.asSystem('queue metrics', systemScope('metrics'), (tx) => tx.query<QueueRow>(OPEN));
    return [...QUEUES, 'outbox'].map((queue) => {
      const mine = rows.filter((row) => row.queue === queue);
      const depth = Object.fromEntries(mine.map((row) => [row.state, row.count]));
      return {
        queue,
        depth: { pending: 0, processing: 0, delayed: 0, failed: 0, ...depth },
        lagSeconds: Math.max(0, ...mine.map((row) => row.lag)),
      };
    });
  }
}
