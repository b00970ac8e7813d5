import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import type { AnalyticsQuery, BreakdownQuery } from './analytics.shapes.js';
import { AnalyticsRepository } from './analytics.repository.js';
import { AnalyticsService } from './analytics.service.js';
import { breakdownOf, type Group } from './breakdown.js';
import type { ForecastView, GroupTotal, OwnersView, ReasonsView, SourcesView, WeightedAmount } from './breakdown.shapes.js';
import { forecastOf, type WeightedFigure } from './forecast.js';
import { grouped, total } from './figures.js';
import { periodStart } from './period.js';

/** The custom field that says when a lead is expected to be won, as YYYY-MM-DD. */
export const EXPECTED_CLOSE_FIELD = 'expected_close_on';

const USUAL_LIMIT = 100;

/** Reports that divide leads: by expected day, source, owner and reason. */
@Injectable()
export class BreakdownService {
  constructor(
    private readonly analytics: AnalyticsService,
    private readonly reports: AnalyticsRepository,
  ) {}

  forecast(scope: Scope, query: AnalyticsQuery): Promise<ForecastView> {
    return this.analytics.report(scope, query, async (tx, { frame, pipeline, today, about }) => {
      const rows = await this.reports.forecast(tx, frame, EXPECTED_CLOSE_FIELD);
      const { leads, values, periods, stages } = forecastOf(rows, pipeline.stages, frame.grouping);
      const now = periodStart(today, frame.grouping);
      const byKey = new Map(pipeline.stages.map((stage) => [stage.key, stage]));
      return {
        ...about,
        leads,
        values: mutable(values),
        periods: periods.map(({ key, ...part }) => ({
          ...{ start: key, isOverdue: key !== null && key < now, leads: part.leads },
          values: mutable(part.values),
        })),
        stages: stages.map(({ key, ...part }) => ({
          ...{ status: key, name: byKey.get(key)?.name ?? key, probability: byKey.get(key)?.probability ?? 0, leads: part.leads },
          values: mutable(part.values),
        })),
      };
    });
  }

  sources(scope: Scope, query: BreakdownQuery): Promise<SourcesView> {
    return this.analytics.report(scope, query, async (tx, { frame, about }) => {
      const found = breakdownOf(await this.reports.breakdown(tx, frame, 'source', query.limit ?? USUAL_LIMIT));
      return {
        ...about,
        total: totalOf(found.total),
        items: found.items.map((group) => ({ source: group.key, ...totalOf(group) })),
        rest: found.rest && totalOf(found.rest),
      };
    });
  }

  owners(scope: Scope, query: BreakdownQuery): Promise<OwnersView> {
    return this.analytics.report(scope, query, async (tx, { frame, about }) => {
      const found = breakdownOf(await this.reports.breakdown(tx, frame, 'owner', query.limit ?? USUAL_LIMIT));
      const people = await this.reports.people(
        tx,
        found.items.flatMap(({ key }) => key ?? []),
      );
      return {
        ...about,
        total: totalOf(found.total),
        items: found.items.map((group) => ({ ownerId: group.key, name: people.get(group.key ?? '') ?? null, ...totalOf(group) })),
        rest: found.rest && totalOf(found.rest),
      };
    });
  }

  reasons(scope: Scope, query: AnalyticsQuery): Promise<ReasonsView> {
    return this.analytics.report(scope, query, async (tx, { frame, pipeline, about }) => {
      const kinds = new Map(pipeline.stages.map(({ key, kind }) => [key, kind]));
      const rows = (await this.reports.reasons(tx, frame)).map((row) => ({ ...row, kind: kinds.get(row.stage) ?? 'lost' }));
      const groups = [...grouped(rows, ({ kind, reason }) => JSON.stringify([kind, reason])).values()];
      const items = groups.flatMap((group) => {
        const [first] = group;
        return first ? [{ kind: first.kind, reason: first.reason, leads: total(group, ({ count }) => count) }] : [];
      });
      // "won" sorts after "lost".
      return { ...about, items: items.sort((a, b) => b.kind.localeCompare(a.kind) || b.leads - a.leads) };
    });
  }
}

const mutable = (values: readonly WeightedFigure[]): WeightedAmount[] => values.map((value) => ({ ...value }));

function totalOf({ leads, open, won, lost, transferred, winRate, conversion, values }: Group): GroupTotal {
  return { leads, open, won, lost, transferred, winRate, conversion, values: values.map((value) => ({ ...value })) };
}
