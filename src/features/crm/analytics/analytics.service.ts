import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { InvalidParameters } from '../../../platform/http/problems/core-problems.js';
import { addDays, localDateIn } from '../../../shared/dates.js';
import { MemberDirectory } from '../../organizations/index.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import { StageEntry, StageMissing } from '../pipelines/stage-entry.js';
import { AnalyticsRepository, type DwellRow, type Frame, type ReportedPipeline } from './analytics.repository.js';
import type { AnalyticsQuery, FunnelView, Report, TimeInStageView, VelocityView } from './analytics.shapes.js';
import { grouped } from './figures.js';
import { funnelOf, kindsOf, outcomeOf } from './funnel.js';
import { periodsOf, usualRange } from './period.js';
import { StageHistory } from './stage-history.service.js';
import { velocityOf } from './velocity.js';

const LONGEST_DAYS = 3_660;

/** A frame with the pipeline it is of, and how it is told to the caller. */
export interface Framed {
  readonly frame: Frame;
  readonly pipeline: ReportedPipeline;
  readonly today: string;
  readonly about: Report;
}

/** Reports on how leads go through a pipeline. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly db: Database,
    private readonly reports: AnalyticsRepository,
    private readonly history: StageHistory,
    private readonly entry: StageEntry,
    private readonly members: MemberDirectory,
    private readonly clock: Clock,
  ) {}

  funnel(scope: Scope, query: AnalyticsQuery): Promise<FunnelView> {
    return this.report(scope, query, async (tx, { frame, pipeline, about }) => {
      const paths = await this.reports.paths(tx, frame);
      const kinds = kindsOf(pipeline.stages);
      const byPeriod = grouped(paths, ({ period }) => period);
      const periods = periodsOf(frame, frame.grouping).map((start) => ({ start, ...outcomeOf(byPeriod.get(start) ?? [], kinds) }));
      return { ...about, total: outcomeOf(paths, kinds), stages: funnelOf(pipeline.stages, paths), periods };
    });
  }

  timeInStage(scope: Scope, query: AnalyticsQuery): Promise<TimeInStageView> {
    return this.report(scope, query, async (tx, { frame, pipeline, about }) => {
      const dwell = await this.reports.dwell(tx, frame);
      const waiting = new Map((await this.reports.waiting(tx, frame)).map((row) => [row.stage, row]));
      const whole = new Map(dwell.filter(({ period }) => period === null).map((row) => [row.stage, row]));
      const shown = pipeline.stages.filter(({ key, isArchived }) => !isArchived || whole.has(key) || waiting.has(key));
      const order = new Map(pipeline.stages.map(({ key }, place) => [key, place]));
      return {
        ...about,
        stages: shown.map(({ key, name, kind }) => ({
          ...{ status: key, name, kind },
          ...lengths(whole.get(key)),
          p90Seconds: seconds(whole.get(key)?.p90Seconds),
          waiting: waiting.get(key)?.count ?? 0,
          averageWaitingSeconds: seconds(waiting.get(key)?.averageSeconds),
        })),
        periods: dwell
          .flatMap((row) => (row.period === null ? [] : [{ start: row.period, status: row.stage, ...lengths(row) }]))
          .sort((a, b) => a.start.localeCompare(b.start) || (order.get(a.status) ?? 0) - (order.get(b.status) ?? 0)),
      };
    });
  }

  velocity(scope: Scope, query: AnalyticsQuery): Promise<VelocityView> {
    return this.report(scope, query, async (tx, { frame, about }) => {
      const [closed, won, open] = [
        await this.reports.closed(tx, frame),
        await this.reports.won(tx, frame),
        await this.reports.open(tx, frame),
      ];
      const { values, periods, ...total } = velocityOf({ closed, won, open, periods: periodsOf(frame, frame.grouping) });
      const cycle = <C extends { averageSeconds: number | null; medianSeconds: number | null }>(one: C): C => ({
        ...one,
        averageSeconds: seconds(one.averageSeconds),
        medianSeconds: seconds(one.medianSeconds),
      });
      return {
        ...about,
        total: cycle(total),
        values: [...values],
        periods: periods.map((period) => ({ ...cycle(period), values: [...period.values] })),
      };
    });
  }

  /** Brings the history up to date, then asks; `body` gets what every report needs to know. */
  async report<T>(scope: Scope, query: AnalyticsQuery, body: (tx: Tx, framed: Framed) => Promise<T>): Promise<T> {
    const isComplete = await this.history.catchUp(scope);
    return this.entry.enter(scope, () =>
      this.db.read(scope, async (tx) => {
        const pipeline = await this.reports.pipeline(tx, query.pipelineId ?? null);
        if (!pipeline && query.pipelineId !== undefined) throw PipelineNotFound();
        if (!pipeline) throw new StageMissing(null, null, 'address');
        const timeZone = await this.members.timeZone(tx);
        const today = localDateIn(this.clock.now(), timeZone);
        const frame: Frame = { ...rangeOf(query, today), pipelineId: pipeline.id, timeZone, grouping: query.groupBy ?? 'month' };
        const { from, to, grouping: groupBy } = frame;
        const about = { pipelineId: pipeline.id, pipelineName: pipeline.name, timeZone, from, to, groupBy, isComplete };
        return body(tx, { frame, pipeline, today, about });
      }),
    );
  }
}

/** Milliseconds are as exact as moments are. */
const seconds = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 1000) / 1000;

function lengths(row: DwellRow | undefined): { visits: number; averageSeconds: number | null; medianSeconds: number | null } {
  return { visits: row?.visits ?? 0, averageSeconds: seconds(row?.averageSeconds), medianSeconds: seconds(row?.medianSeconds) };
}

function rangeOf({ from, to }: AnalyticsQuery, today: string): { from: string; to: string } {
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? usualRange(last).from;
  const fault = (message: string): Error => InvalidParameters({ errors: [{ parameter: 'from', code: 'range', message }] });
  if (first > last) throw fault(`must not be after to (${last})`);
  if (first < '1900-01-01' || last > '9000-01-01') throw fault('must be, like to, a day between 1900 and 9000');
  if (addDays(first, LONGEST_DAYS) < last) throw fault(`must be at most ${LONGEST_DAYS} days before to`);
  return { from: first, to: last };
}
