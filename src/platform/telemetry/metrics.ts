import type { Counter as CounterOf, Histogram as HistogramOf } from 'prom-client';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface PoolState {
  total: number;
  idle: number;
  waiting: number;
}

export interface QueueState {
  queue: string;
  /** Number of jobs per state, such as `waiting` or `failed`. */
  depth: Readonly<Record<string, number>>;
  /** Age of the oldest job that could run and does not. */
  lagSeconds: number;
}

export type StatementKind = 'read' | 'write' | 'system';
export type JobOutcome = 'done' | 'failed' | 'retry' | 'cancelled';

interface RouteSeries {
  count: CounterOf.Internal;
  seconds: HistogramOf.Internal<'method' | 'route'>;
}

const REQUEST_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATEMENT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** More route templates than any build of this application has; what comes after is counted as `other`. */
const MAX_ROUTES = 2000;

/** The Prometheus series of this process, in a registry of its own; labels are bounded, so memory is too. */
export class Metrics {
  readonly registry = new Registry();
  readonly contentType = this.registry.contentType;

  private readonly requests = new Counter({
    name: 'concord_http_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });
  private readonly requestSeconds = new Histogram({
    name: 'concord_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route'] as const,
    buckets: REQUEST_BUCKETS,
    registers: [this.registry],
  });
  private readonly statements = new Counter({
    name: 'concord_db_statements_total',
    help: 'Statements sent to the database',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
  private readonly statementSeconds = new Histogram({
    name: 'concord_db_statement_duration_seconds',
    help: 'Time of one statement, waiting for its answer included',
    labelNames: ['kind'] as const,
    buckets: STATEMENT_BUCKETS,
    registers: [this.registry],
  });
  private readonly jobSeconds = new Histogram({
    name: 'concord_job_duration_seconds',
    help: 'Time of one attempt of a job',
    labelNames: ['job', 'outcome'] as const,
    buckets: JOB_BUCKETS,
    registers: [this.registry],
  });
  private readonly queueDepth = new Gauge({
    name: 'concord_queue_depth',
    help: 'Jobs per queue and state',
    labelNames: ['queue', 'state'] as const,
    registers: [this.registry],
  });
  private readonly queueLag = new Gauge({
    name: 'concord_queue_lag_seconds',
    help: 'Age of the oldest job that could run',
    labelNames: ['queue'] as const,
    registers: [this.registry],
  });

  /** Children of labels are found once per combination; a request then costs one Map look-up, a count and an observation. */
  private readonly routeSeries = new Map<string, RouteSeries>();
  private readonly routes = new Set<string>();
  private readonly pools = new Map<string, () => PoolState>();
  private readonly queueSources: (() => Promise<readonly QueueState[]>)[] = [];

  constructor(processDefaults = true) {
    if (processDefaults) collectDefaultMetrics({ register: this.registry });
    const { pools } = this;
    new Gauge({
      name: 'concord_db_pool_connections',
      help: 'Connections per pool and state',
      labelNames: ['pool', 'state'] as const,
      registers: [this.registry],
      collect() {
        for (const [pool, read] of pools) {
          for (const [state, value] of Object.entries(read()) as [string, number][]) this.set({ pool, state }, value);
        }
      },
    });
  }

  /** `route` must be the template of a route, or undefined when none matched. */
  observeRequest(method: string, route: string | undefined, status: number, seconds: number): void {
    const key = `${method} ${status} ${route ?? ''}`;
    const series = this.routeSeries.get(key) ?? this.openRoute(key, { method, route, status });
    series.count.inc();
    series.seconds.observe(seconds);
  }

  observeStatement(kind: StatementKind, seconds: number): void {
    this.statements.inc({ kind });
    this.statementSeconds.observe({ kind }, seconds);
  }

  observeJob(job: string, outcome: JobOutcome, seconds: number): void {
    this.jobSeconds.observe({ job, outcome }, seconds);
  }

  /** Registers a pool whose state is read whenever the metrics are. */
  watchPool(name: string, read: () => PoolState): void {
    this.pools.set(name, read);
  }

  /** Registers where queue depths come from; asked only when the metrics are read. */
  watchQueues(read: () => Promise<readonly QueueState[]>): void {
    this.queueSources.push(read);
  }

  /** The exposition text. A queue that cannot be asked leaves its series out instead of failing the whole page. */
  async text(): Promise<string> {
    const answers = await Promise.allSettled(this.queueSources.map((read) => read()));
    this.queueDepth.reset();
    this.queueLag.reset();
    for (const answer of answers) {
      if (answer.status === 'fulfilled') for (const state of answer.value) this.setQueue(state);
    }
    return this.registry.metrics();
  }

  private setQueue({ queue, depth, lagSeconds }: QueueState): void {
    for (const [state, count] of Object.entries(depth)) this.queueDepth.set({ queue, state }, count);
    this.queueLag.set({ queue }, lagSeconds);
  }

  private openRoute(key: string, asked: { method: string; route: string | undefined; status: number }): RouteSeries {
    const method = METHODS.has(asked.method) ? asked.method : 'other';
    const isKnown = asked.route === undefined || this.routes.has(asked.route) || this.routes.size < MAX_ROUTES;
    const route = isKnown ? (asked.route ?? 'unmatched') : 'other';
    const labels = { method, route };
    const status = String(asked.status);
    const series = { count: this.requests.labels({ ...labels, status }), seconds: this.requestSeconds.labels(labels) };
    if (!isKnown || method === 'other') return series;
    this.routes.add(route);
    this.routeSeries.set(key, series);
    return series;
  }
}
