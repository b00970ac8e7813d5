import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  historyAfter,
  type HistoryChange,
  type Journey,
  type KnownHistory,
  type LastVisit,
  type StageFact,
  type Visit,
} from './stage-history.js';

const nameAt = (_: string, stage: string): string => `Name of ${stage}`;
const EMPTY: KnownHistory = { visits: [], journeys: [], pipelinesNow: new Map([['l', 'p']]), nameAt };

const fact = (given: Partial<StageFact> & { seq: number }): StageFact => ({
  ...{ leadId: 'l', at: given.seq * 1000, stage: null, stageName: null, pipelineId: null, isGone: false },
  ...{ actorType: 'user', userId: 'u', reason: null, reasonNote: null },
  ...given,
});

const NOTHING: HistoryChange = { visits: [], explanations: [], closings: [], journeys: [] };

/** A store that does what the tables do. */
class Store {
  readonly visits = new Map<string, Visit>();
  readonly journeys = new Map<string, Journey>();

  known(): KnownHistory {
    const last = new Map<string, LastVisit>();
    for (const visit of this.visits.values()) if (visit.seq >= (last.get(visit.leadId)?.seq ?? -1)) last.set(visit.leadId, visit);
    return { visits: [...last.values()], journeys: [...this.journeys.values()], pipelinesNow: EMPTY.pipelinesNow, nameAt };
  }

  take(facts: readonly StageFact[]): HistoryChange {
    const change = historyAfter(this.known(), facts);
    for (const { leadId, seq, leftAt, leftBy } of change.closings) {
      const visit = this.visits.get(`${leadId} ${seq}`);
      if (!visit || visit.leftAt !== null) throw new Error('closed what was not open');
      this.visits.set(`${leadId} ${seq}`, { ...visit, leftAt, leftBy });
    }
    for (const { leadId, seq, reason, reasonNote } of change.explanations) {
      const visit = this.visits.get(`${leadId} ${seq}`);
      if (!visit) throw new Error('explained what was not there');
      this.visits.set(`${leadId} ${seq}`, { ...visit, reason, reasonNote });
    }
    for (const visit of change.visits) {
      if (this.visits.has(`${visit.leadId} ${visit.seq}`)) throw new Error('a visit twice');
      this.visits.set(`${visit.leadId} ${visit.seq}`, visit);
    }
    for (const journey of change.journeys) this.journeys.set(`${journey.leadId} ${journey.pipelineId}`, journey);
    return change;
  }

  of(leadId: string): Visit[] {
    return [...this.visits.values()].filter((visit) => visit.leadId === leadId).sort((a, b) => a.seq - b.seq);
  }
}

describe('historyAfter', () => {
  it('makes an interval of each stay, with the name of the time', () => {
    const store = new Store();
    store.take([
      fact({ seq: 1, stage: 'a', pipelineId: 'p' }),
      fact({ seq: 2, stage: 'a', stageName: 'A' }),
      fact({ seq: 3, stage: 'b', stageName: 'B then', reason: 'why', reasonNote: 'so' }),
    ]);
    expect(store.of('l')).toEqual([
      expect.objectContaining({ seq: 1, stage: 'a', stageName: 'Name of a', enteredAt: 1000, leftAt: 3000, leftBy: 'move' }),
      expect.objectContaining({
        seq: 3,
        stage: 'b',
        stageName: 'B then',
        enteredAt: 3000,
        leftAt: null,
        leftBy: null,
        reason: 'why',
        reasonNote: 'so',
      }),
    ]);
    expect([...store.journeys.values()]).toEqual([
      { leadId: 'l', pipelineId: 'p', startedAt: 1000, visited: ['a', 'b'], stage: 'b', since: 3000, goneBy: null, reason: 'why' },
    ]);
  });

  it('takes a reason that is given later for the visit it is about', () => {
    const store = new Store();
    store.take([fact({ seq: 1, stage: 'a', pipelineId: 'p' }), fact({ seq: 2, stage: 'a', reason: 'first' })]);
    expect(store.of('l')).toMatchObject([{ seq: 1, reason: 'first' }]);
    store.take([fact({ seq: 3, stage: 'a', reason: 'then', reasonNote: 'note' }), fact({ seq: 4, stage: 'a' })]);
    expect(store.of('l')).toMatchObject([{ seq: 1, reason: 'then', reasonNote: 'note', leftAt: null }]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: 'a', reason: 'then' });
  });

  it('ends the way through a pipeline when the lead goes to another one, and goes on when it comes back', () => {
    const store = new Store();
    store.take([fact({ seq: 1, stage: 'a', pipelineId: 'p' }), fact({ seq: 2, stage: 'x', pipelineId: 'q' })]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: null, goneBy: 'move', since: 2000 });
    expect(store.journeys.get('l q')).toMatchObject({ stage: 'x', startedAt: 2000, visited: ['x'] });
    store.take([fact({ seq: 3, stage: 'b', pipelineId: 'p' })]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: 'b', goneBy: null, startedAt: 1000, visited: ['a', 'b'] });
    expect(store.journeys.get('l q')).toMatchObject({ stage: null, goneBy: 'move' });
  });

  it('ends with a deletion and begins anew when the lead is brought back; the time between is nobody’s', () => {
    const store = new Store();
    store.take([fact({ seq: 1, stage: 'a', pipelineId: 'p' }), fact({ seq: 2, isGone: true }), fact({ seq: 3, isGone: true })]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: null, goneBy: 'delete' });
    store.take([fact({ seq: 5, stage: 'a', pipelineId: 'p' })]);
    expect(store.of('l').map(({ enteredAt, leftAt, leftBy }) => [enteredAt, leftAt, leftBy])).toEqual([
      [1000, 2000, 'delete'],
      [5000, null, null],
    ]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: 'a', startedAt: 1000, visited: ['a'], goneBy: null });
  });

  it('lets a lead that is brought back stand where it stood since it came there, with its reason', () => {
    const store = new Store();
    store.take([fact({ seq: 1, stage: 'a', pipelineId: 'p' }), fact({ seq: 2, stage: 'won', reason: 'price' })]);
    store.take([fact({ seq: 3, isGone: true })]);
    store.take([
      fact({ seq: 4, stage: 'won', pipelineId: 'p' }),
      fact({ seq: 5, isGone: true }),
      fact({ seq: 6, stage: 'won', pipelineId: 'p' }),
    ]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: 'won', since: 2000, reason: 'price', goneBy: null });
    // Its stage was archived meanwhile: then it came somewhere else.
    store.take([fact({ seq: 7, isGone: true }), fact({ seq: 8, stage: 'a', pipelineId: 'p' })]);
    expect(store.journeys.get('l p')).toMatchObject({ stage: 'a', since: 8000, reason: null });
  });

  it('takes a deleted lead out of every pipeline it was in, and puts it back into all of them', () => {
    const store = new Store();
    store.take([fact({ seq: 1, stage: 'a', pipelineId: 'p' }), fact({ seq: 2, stage: 'x', pipelineId: 'q' })]);
    store.take([fact({ seq: 3, isGone: true })]);
    expect([store.journeys.get('l p')?.goneBy, store.journeys.get('l q')?.goneBy]).toEqual(['delete', 'delete']);
    store.take([fact({ seq: 4, stage: 'x', pipelineId: 'q' })]);
    expect([store.journeys.get('l p')?.goneBy, store.journeys.get('l q')?.goneBy]).toEqual(['move', null]);
  });

  it('takes a lead whose beginning it does not know where it is now', () => {
    const store = new Store();
    store.take([fact({ seq: 7, stage: 'b' })]);
    expect(store.of('l')).toMatchObject([{ pipelineId: 'p', stage: 'b' }]);
    expect(historyAfter(EMPTY, [fact({ seq: 1, stage: 'b', leadId: 'nobody' })])).toEqual(NOTHING);
    expect(historyAfter(EMPTY, [fact({ seq: 1, stage: null }), fact({ seq: 2, isGone: true })])).toEqual(NOTHING);
  });

  const facts = fc
    .array(
      fc.record({
        leadId: fc.constantFrom('l', 'm'),
        stage: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }),
        pipelineId: fc.option(fc.constantFrom('p', 'q'), { nil: null }),
        isGone: fc.boolean(),
        reason: fc.constantFrom(null, 'why'),
        // Clocks of several machines, now and then behind each other.
        at: fc.integer({ min: 0, max: 50 }),
      }),
      { maxLength: 40 },
    )
    .map((rows) => rows.map((row, place) => fact({ ...row, seq: place + 1 })));

  it('makes visits that never overlap, of which at most the last is open, however the facts come in batches', () => {
    fc.assert(
      fc.property(facts, fc.array(fc.integer({ min: 1, max: 9 })), (given, sizes) => {
        const whole = new Store();
        whole.take(given);
        const parts = new Store();
        for (let at = 0, turn = 0; at < given.length; turn++) {
          const size = sizes[turn % Math.max(1, sizes.length)] ?? 3;
          parts.take(given.slice(at, at + size));
          at += size;
        }
        expect([...parts.visits.values()].sort(bySeq)).toEqual([...whole.visits.values()].sort(bySeq));
        expect(new Map([...parts.journeys].sort())).toEqual(new Map([...whole.journeys].sort()));
        for (const lead of ['l', 'm']) {
          const visits = whole.of(lead);
          for (const [place, visit] of visits.entries()) {
            const next = visits[place + 1];
            if (next) expect(visit.leftAt).not.toBeNull();
            if (visit.leftAt !== null) expect(visit.leftAt).toBeGreaterThanOrEqual(visit.enteredAt);
            if (next) expect(next.enteredAt).toBeGreaterThanOrEqual(visit.leftAt ?? Infinity);
          }
          const open = visits.filter((visit) => visit.leftAt === null);
          const standing = [...whole.journeys.values()].filter((journey) => journey.leadId === lead && journey.stage !== null);
          // Having been put away and brought back to the same stage is no coming there.
          let since = open[0]?.enteredAt;
          for (const visit of visits.toReversed().slice(1)) {
            if (!open[0] || visit.leftBy !== 'delete' || visit.stage !== open[0].stage || visit.pipelineId !== open[0].pipelineId) break;
            since = visit.enteredAt;
          }
          expect(standing.map((journey) => [journey.pipelineId, journey.stage, journey.since])).toEqual(
            open.map(({ pipelineId, stage }) => [pipelineId, stage, since]),
          );
          const gone = [...whole.journeys.values()].filter((journey) => journey.leadId === lead && journey.goneBy === 'delete');
          if (open.length > 0) expect(gone).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing when the last fact of a lead comes again', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const store = new Store();
        store.take(given);
        const again = [
          ...new Map(
            given.filter((one) => one.stage !== null && !one.isGone && one.reason === null).map((one) => [one.leadId, one]),
          ).values(),
        ].filter(
          (one) =>
            store.of(one.leadId).at(-1)?.leftAt === null &&
            one.pipelineId !== null &&
            given.findLast((last) => last.leadId === one.leadId) === one,
        );
        expect(store.take(again.map((one) => ({ ...one, seq: one.seq + 1000 })))).toEqual(NOTHING);
      }),
    );
  });
});

const bySeq = (a: Visit, b: Visit): number => a.seq - b.seq;
