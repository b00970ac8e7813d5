import type { StageKind } from '../pipelines/pipeline.js';
import { share, total, winRate } from './figures.js';

/** A stage of the pipeline in board order, archived ones included. */
export interface ReportedStage {
  readonly key: string;
  readonly name: string;
  readonly kind: StageKind;
  readonly probability: number;
  readonly isArchived: boolean;
}

/** So many leads that took the same way; `stage` is where they stand, null when they went to another pipeline. */
export interface Path {
  readonly visited: readonly string[];
  readonly stage: string | null;
  readonly period: string;
  readonly count: number;
}

export interface FunnelStep {
  readonly status: string;
  readonly name: string;
  readonly kind: StageKind;
  readonly entered: number;
  readonly reached: number;
  readonly conversion: number | null;
  readonly shareOfAll: number | null;
  readonly lostAfter: number;
  readonly here: number;
}

export interface Outcome {
  readonly leads: number;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  readonly transferred: number;
  readonly winRate: number | null;
  readonly conversion: number | null;
}

type Kinds = ReadonlyMap<string, StageKind>;

export const kindsOf = (stages: readonly Pick<ReportedStage, 'key' | 'kind'>[]): Kinds =>
  new Map(stages.map(({ key, kind }) => [key, kind]));

/** How leads ended up. */
export function outcomeOf(paths: readonly Pick<Path, 'stage' | 'count'>[], kinds: Kinds): Outcome {
  const of = (wanted: StageKind | null): number =>
    total(paths, ({ stage, count }) => ((stage === null ? null : (kinds.get(stage) ?? 'open')) === wanted ? count : 0));
  const [open, won, lost, transferred] = [of('open'), of('won'), of('lost'), of(null)];
  const leads = open + won + lost + transferred;
  return { leads, open, won, lost, transferred, winRate: winRate(won, lost), conversion: share(won, leads) };
}

/**
 * The funnel of leads by the ways they took. The open stages in board order are its steps, the won ones its end: a lead that skipped a step
 * has reached it all the same, so no step is reached by more leads than the one before. Lost stages stand beside the funnel.
 */
export function funnelOf(stages: readonly ReportedStage[], paths: readonly Path[]): FunnelStep[] {
  const entered = counts(paths, ({ visited }) => visited);
  const here = counts(paths, ({ stage }) => (stage === null ? [] : [stage]));
  const shown = stages.filter((stage) => !stage.isArchived || (entered.get(stage.key) ?? 0) > 0);
  const kinds = kindsOf(stages);
  const open = shown.filter((stage) => stage.kind === 'open').map(({ key }) => key);
  const furthest = (path: Path): number =>
    path.visited.some((key) => kinds.get(key) === 'won') ? open.length : lastIndexIn(open, path.visited);
  const reachedAt = open.map((_, place) => total(paths, (path) => (furthest(path) >= place ? path.count : 0)));
  const lostAt = open.map((_, place) =>
    total(paths, (path) => (kinds.get(path.stage ?? '') === 'lost' && furthest(path) === place ? path.count : 0)),
  );
  const all = total(paths, ({ count }) => count);
  return shown.map(({ key, name, kind }) => {
    const place = open.indexOf(key);
    const reached = (place < 0 ? entered.get(key) : reachedAt[place]) ?? 0;
    const before = place === 0 ? all : ((place < 0 ? reachedAt.at(-1) : reachedAt[place - 1]) ?? all);
    return {
      ...{ status: key, name, kind, reached, entered: entered.get(key) ?? 0, here: here.get(key) ?? 0 },
      conversion: kind === 'lost' ? null : share(reached, before),
      shareOfAll: share(reached, all),
      lostAfter: lostAt[place] ?? 0,
    };
  });
}

function counts(paths: readonly Path[], keysOf: (path: Path) => readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const path of paths) for (const key of keysOf(path)) found.set(key, (found.get(key) ?? 0) + path.count);
  return found;
}

/** The last of the steps a way has led to; -1 for none. */
function lastIndexIn(steps: readonly string[], visited: readonly string[]): number {
  return Math.max(-1, ...visited.map((key) => steps.indexOf(key)));
}
