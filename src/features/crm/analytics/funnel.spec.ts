import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STAGE_KINDS } from '../pipelines/pipeline.js';
import { funnelOf, kindsOf, outcomeOf, type Path, type ReportedStage } from './funnel.js';

const stage = (key: string, kind: ReportedStage['kind'] = 'open', isArchived = false): ReportedStage => {
  return { key, name: key.toUpperCase(), kind, probability: 50, isArchived };
};
const STAGES = [stage('a'), stage('b'), stage('old', 'open', true), stage('c'), stage('won', 'won'), stage('lost', 'lost')];
const path = (visited: string[], at: string | null, count = 1, period = '2026-11-01'): Path => ({ visited, stage: at, count, period });

describe('funnelOf', () => {
  it('counts who skipped a step as having reached it, and tells where the lost ones were lost', () => {
    const steps = funnelOf(STAGES, [
      path(['a'], 'a', 4),
      path(['a', 'b', 'lost'], 'lost', 2),
      path(['a', 'won'], 'won', 3),
      path(['lost'], 'lost'),
      path(['c', 'a'], 'a'),
      path(['a', 'b'], null),
    ]);
    const shown = steps.map(({ status, entered, reached, conversion, lostAfter, here }) => [
      status,
      entered,
      reached,
      conversion,
      lostAfter,
      here,
    ]);
    expect(shown).toEqual([
      ['a', 11, 11, 0.9167, 0, 5],
      ['b', 3, 7, 0.6364, 2, 0],
      ['c', 1, 4, 0.5714, 0, 0],
      ['won', 3, 3, 0.75, 0, 3],
      ['lost', 3, 3, null, 0, 3],
    ]);
    expect(steps[1]).toMatchObject({ name: 'B', kind: 'open', shareOfAll: 0.5833 });
  });

  it('shows an archived stage as long as leads of the range were in it, and nothing of nobody', () => {
    expect(funnelOf(STAGES, [path(['a', 'old'], 'old')]).map(({ status }) => status)).toEqual(['a', 'b', 'old', 'c', 'won', 'lost']);
    expect(funnelOf(STAGES, []).map(({ conversion, shareOfAll }) => [conversion, shareOfAll])).toEqual(Array(5).fill([null, null]));
    expect(funnelOf([stage('won', 'won')], [path(['won'], 'won')])[0]).toMatchObject({ reached: 1, conversion: 1 });
  });

  const paths = fc.array(
    fc.record({
      visited: fc.uniqueArray(fc.constantFrom(...STAGES.map(({ key }) => key)), { minLength: 1 }),
      left: fc.boolean(),
      count: fc.integer({ min: 1, max: 50 }),
    }),
  );
  const boards = fc.array(fc.constantFrom(...STAGE_KINDS), { minLength: STAGES.length, maxLength: STAGES.length });

  it('never lets more leads reach a step than the one before, and adds up', () => {
    fc.assert(
      fc.property(paths, boards, (given, kinds) => {
        const stages = STAGES.map((one, place) => ({ ...one, kind: kinds[place] ?? 'open' }));
        const ways = given.map(({ visited, left, count }) => path(visited, left ? null : (visited.at(-1) ?? null), count));
        const all = ways.reduce((sum, { count }) => sum + count, 0);
        const steps = funnelOf(stages, ways);
        let before = all;
        for (const { kind, reached, entered, conversion, shareOfAll } of steps) {
          expect(reached).toBeGreaterThanOrEqual(kind === 'open' ? entered : 0);
          if (conversion !== null) expect(conversion >= 0 && conversion <= 1).toBe(true);
          if (shareOfAll !== null) expect(shareOfAll <= 1).toBe(true);
          if (kind !== 'open') continue;
          expect(reached).toBeLessThanOrEqual(before);
          before = reached;
        }
        const { leads, open, won, lost, transferred } = outcomeOf(ways, kindsOf(stages));
        expect([leads, open + won + lost + transferred]).toEqual([all, all]);
        expect(steps.reduce((sum, { here }) => sum + here, 0)).toBe(all - transferred);
        expect(steps.reduce((sum, { lostAfter }) => sum + lostAfter, 0)).toBeLessThanOrEqual(lost);
      }),
    );
  });
});
