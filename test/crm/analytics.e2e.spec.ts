import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import { StageHistoryRepository } from '../../src/features/crm/analytics/stage-history.repository.js';
import { StageHistory } from '../../src/features/crm/analytics/stage-history.service.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { localDateIn } from '../../src/shared/dates.js';
import { newId } from '../../src/shared/ids.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { type Caller, callerOf } from './caller.js';

const REPORTS = ['funnel', 'time-in-stage', 'velocity', 'forecast', 'sources', 'owners', 'reasons'];

describe('analytics', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;
  let pipelineId: string;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    actor = await makeOrganization(app, { timeZone: 'Europe/Lisbon' });
    api = callerOf(app, actor.token);
    pipelineId = (await api.get('/pipelines')).json.items[0].id;
  });

  /** A report after everything that was done is sealed. */
  const report = async (path: string): Promise<Answer['json']> => {
    await app.nest.get(AuditSealer).sealPending();
    const answer = await api.get(`/crm/analytics/${path}`);
    expect([answer.status, answer.json.isComplete]).toEqual([200, true]);
    return answer.json;
  };
  const euros = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });
  const move = async (id: string, status: string, more: object = {}): Promise<void> => {
    expect((await api.put(`/leads/${id}/status`, { status, ...more })).status).toBe(200);
  };
  const sql = (text: string, values: unknown[] = []) => app.database.owner.query(text, values);

  /** Journeys put down by the owner of the database, at moments of the past. */
  const journeys = async (rows: readonly { startedAt: string; visited: string[]; since?: string }[]): Promise<void> => {
    await sql(
      `insert into lead_journeys (organization_id, lead_id, pipeline_id, started_at, visited, stage, since)
       select $1, gen_random_uuid(), $2, r."startedAt", r.visited, r.visited[cardinality(r.visited)], coalesce(r.since, r."startedAt")
       from jsonb_to_recordset($3::jsonb) as r("startedAt" timestamptz, visited text[], since timestamptz)`,
      [actor.organizationId, pipelineId, JSON.stringify(rows)],
    );
  };

  it('shows every report of an organization in which nothing has happened', async () => {
    const fresh = callerOf(app, (await makeOrganization(app)).token);
    for (const name of REPORTS) {
      const answer = await fresh.get(`/crm/analytics/${name}`);
      expect([name, answer.status, answer.json.pipelineName, answer.json.groupBy]).toEqual([name, 200, 'Sales', 'month']);
      const file = await fresh.get(`/crm/analytics/${name}/csv`);
      expect([file.status, file.headers['content-type'], file.headers['content-disposition']]).toEqual([
        200,
        'text/csv; charset=utf-8',
        `attachment; filename="${name}.csv"`,
      ]);
    }
  });

  it('counts how far leads get, with those that skipped a stage', async () => {
    for (const status of ['interest', 'meeting-booked', 'closed-lost', 'closed-win']) await api.lead({ name: status, status });
    const { id } = await api.lead({ name: 'through' });
    await move(id, 'proposal-sent');
    await move(id, 'closed-win');
    const gone = await api.lead({ name: 'gone', status: 'proposal-sent' });
    await api.delete(`/leads/${gone.id}`);
    const { total, stages, periods } = await report('funnel');
    expect(total).toEqual({ leads: 5, open: 2, won: 2, lost: 1, transferred: 0, winRate: 0.6667, conversion: 0.4 });
    expect(
      stages.map((one: Record<string, unknown>) => [one['status'], one['entered'], one['reached'], one['conversion'], one['here']]),
    ).toEqual([
      ['interest', 2, 4, 0.8, 1],
      ['meeting-booked', 1, 3, 0.75, 1],
      ['proposal-sent', 1, 2, 0.6667, 0],
      ['closed-win', 2, 2, 1, 2],
      ['closed-lost', 1, 1, null, 1],
    ]);
    expect(periods).toHaveLength(12);
    expect(periods.at(-1)).toMatchObject({ leads: 5, won: 2 });
    await api.post(`/leads/${gone.id}/restore`);
    expect((await report('funnel')).total).toMatchObject({ leads: 6, open: 3 });
  });

  it('keeps the names of the time, across renamed stages, pipelines and deletions', async () => {
    const { id } = await api.lead({ name: 'a' });
    await move(id, 'meeting-booked');
    await api.patch(`/pipelines/${pipelineId}/stages/interest`, { name: 'Curious' });
    await api.patch(`/pipelines/${pipelineId}/stages/meeting-booked`, { name: 'Call planned' });
    await move(id, 'interest');
    await api.patch(`/pipelines/${pipelineId}/stages/interest`, { name: 'Interested' });
    const other = (await api.post('/pipelines', { name: 'Partners' })).json;
    await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id, status: 'closed-lost', reason: 'Not now', reasonNote: 'Next year' });
    await app.nest.get(AuditSealer).sealPending();
    const { items } = (await api.get(`/leads/${id}/stages`)).json;
    expect(
      items.map((visit: Record<string, unknown>) => [visit['pipelineName'], visit['status'], visit['statusName'], visit['reason']]),
    ).toEqual([
      ['Sales', 'interest', 'Interest', null],
      ['Sales', 'meeting-booked', 'Meeting booked', null],
      ['Sales', 'interest', 'Curious', null],
      ['Partners', 'closed-lost', 'Closed lost', 'Not now'],
    ]);
    expect(items.at(-1)).toMatchObject({ leftAt: null, reasonNote: 'Next year', actorType: 'user', userId: actor.userId });
    for (const [place, visit] of items.slice(0, -1).entries()) expect(visit.leftAt).toBe(items[place + 1].enteredAt);
    expect((await report('funnel')).total).toMatchObject({ leads: 1, transferred: 1, open: 0 });
    expect((await report(`funnel?pipelineId=${other.id}`)).total).toMatchObject({ leads: 1, lost: 1, transferred: 0 });
    expect((await report(`reasons?pipelineId=${other.id}`)).items).toEqual([{ kind: 'lost', reason: 'Not now', leads: 1 }]);
    expect((await api.get(`/leads/${newId()}/stages`)).status).toBe(404);
    const stranger = callerOf(app, (await makeOrganization(app)).token);
    expect((await stranger.get(`/leads/${id}/stages`)).status).toBe(404);
  });

  it('moves of a whole stage that is archived are part of the history', async () => {
    const { id } = await api.lead({ name: 'a', status: 'proposal-sent' });
    await api.delete(`/pipelines/${pipelineId}/stages/proposal-sent?moveTo=meeting-booked`);
    const { stages } = await report('funnel');
    expect(stages.map((stage: { status: string }) => stage.status)).toContain('proposal-sent');
    expect((await api.get(`/leads/${id}/stages`)).json.items.map((visit: { status: string }) => visit.status)).toEqual([
      'proposal-sent',
      'meeting-booked',
    ]);
  });

  it('begins the history of leads the trail knows nothing of when they were made, once', async () => {
    const { id } = await api.lead({ name: 'old' });
    await sql(`delete from audit_events where resource_id = $1`, [id]);
    await sql(`update leads set created_at = '2026-05-05T10:00:00Z', updated_at = '2026-05-05T10:00:00Z' where id = $1`, [id]);
    await api.lead({ name: 'new' });
    const { periods } = await report('funnel?from=2026-01-01');
    expect(periods.find((period: { start: string }) => period.start === '2026-05-01')).toMatchObject({ leads: 1 });
    expect((await api.get(`/leads/${id}/stages`)).json.items).toMatchObject([
      { status: 'interest', statusName: 'Interest', actorType: 'system', userId: null },
    ]);
    const scope = systemScope('test', actor.organizationId);
    const history = app.nest.get(StageHistory);
    await api.lead({ name: 'newer' });
    await app.nest.get(AuditSealer).sealPending();
    expect(await Promise.all([history.catchUp(scope), history.catchUp(scope), history.catchUp(scope)])).toEqual([true, true, true]);
    const { rows } = await sql(`select count(*)::int as count from lead_stage_history where organization_id = $1`, [actor.organizationId]);
    expect(rows).toEqual([{ count: 3 }]);
    expect(await history.catchUp(scope, AbortSignal.abort())).toBe(true);
    await api.lead({ name: 'newest' });
    await app.nest.get(AuditSealer).sealPending();
    expect(await history.catchUp(scope, AbortSignal.abort())).toBe(false);
  });

  it('takes an event that is sealed while it looks only once', async () => {
    await api.lead({ name: 'a' });
    await app.nest.get(AuditSealer).sealPending();
    const repository = app.nest.get(StageHistoryRepository);
    const lastOf = jest.spyOn(repository, 'lastOf');
    const real = StageHistoryRepository.prototype.lastOf.bind(repository);
    lastOf.mockImplementationOnce(async (tx, seq, most) => {
      const last = await real(tx, seq, most);
      await api.lead({ name: 'b' });
      await app.nest.get(AuditSealer).sealPending();
      return last;
    });
    expect((await report('funnel')).total.leads).toBe(2);
    lastOf.mockRestore();
  });

  it('follows the trails of all organizations by itself', async () => {
    await api.lead({ name: 'a' });
    await app.nest.get(AuditSealer).sealPending();
    const history = app.nest.get(StageHistory);
    const context = { scope: systemScope('test'), signal: new AbortController().signal } as Parameters<StageHistory['follow']>[0];
    expect((await history.follow(context)).organizations).toBeGreaterThan(0);
    const { rows } = await sql(`select stage from lead_journeys where organization_id = $1`, [actor.organizationId]);
    expect(rows).toEqual([{ stage: 'interest' }]);
  });

  it('tells how long leads stand in a stage: finished visits by average, median and nine of ten, waiting ones apart', async () => {
    const { id } = await api.lead({ name: 'a' });
    await move(id, 'meeting-booked');
    await report('funnel');
    const visits = [1, 2, 3, 10].map((days) => ({ days, left: '2026-10-25T12:00:00Z' }));
    await sql(
      `insert into lead_stage_history (organization_id, lead_id, seq, pipeline_id, stage, stage_name, entered_at, left_at, left_by, actor_type, user_id)
       select $1, gen_random_uuid(), 1, $2, 'proposal-sent', 'Proposal sent', v.left - v.days * interval '24 hours', v.left, 'move', 'user', $1
       from jsonb_to_recordset($3::jsonb) as v(days int, "left" timestamptz)`,
      [actor.organizationId, pipelineId, JSON.stringify(visits)],
    );
    const { stages, periods } = await report('time-in-stage?from=2026-10-01');
    expect(stages.find((stage: { status: string }) => stage.status === 'proposal-sent')).toMatchObject({
      ...{ visits: 4, averageSeconds: 4 * 86_400, medianSeconds: 2.5 * 86_400, p90Seconds: 7.9 * 86_400, waiting: 0 },
    });
    expect(stages[0]).toMatchObject({ status: 'interest', visits: 1, waiting: 0, averageWaitingSeconds: null });
    expect(stages[1]).toMatchObject({ status: 'meeting-booked', visits: 0, averageSeconds: null, waiting: 1 });
    expect(periods.map(({ start, status, visits: count }: Record<string, unknown>) => [start, status, count])).toEqual([
      ['2026-10-01', 'proposal-sent', 4],
      ['2026-11-01', 'interest', 1],
    ]);
  });

  it('tells how fast leads are won and what a day brings', async () => {
    const [won, lost] = [await api.lead({ name: 'a', value: euros('30000') }), await api.lead({ name: 'b' })];
    await api.lead({ name: 'open', value: euros('5') });
    await move(won.id, 'closed-win');
    await move(lost.id, 'closed-lost', { reason: 'Prise' });
    await report('funnel');
    await move(lost.id, 'closed-lost', { reason: 'Price' });
    await report('funnel');
    await sql(`update lead_journeys set started_at = since - interval '10 days' where lead_id = $1`, [won.id]);
    const found = await report('velocity');
    expect(found.total).toEqual({ won: 1, lost: 1, winRate: 0.5, averageSeconds: 864_000, medianSeconds: 864_000 });
    expect(found.values).toEqual([
      { currency: 'EUR', wonCount: 1, wonMinor: '30000', averageWonMinor: '30000', openCount: 1, openMinor: '5', perDayMinor: '1500' },
    ]);
    expect(found.periods.at(-1)).toMatchObject({ won: 1, lost: 1, values: [{ currency: 'EUR', count: 1, amountMinor: '30000' }] });
    expect((await report('reasons')).items).toEqual([
      { kind: 'won', reason: null, leads: 1 },
      { kind: 'lost', reason: 'Price', leads: 1 },
    ]);
  });

  it('forecasts what open leads bring, by the month they are expected in', async () => {
    const lead = (status: string, amountMinor: string, day?: string) =>
      api.lead({ name: status, status, value: euros(amountMinor), ...(day ? { attributes: { expected_close_on: day } } : {}) });
    await lead('interest', '1005', '2026-12-24');
    await lead('proposal-sent', '1001', '2020-01-31');
    await lead('proposal-sent', '100', 'soon');
    await lead('closed-win', '99999', '2026-12-24');
    await api.lead({ name: 'without value' });
    const found = await report('forecast');
    expect(found).toMatchObject({ leads: 4, values: [{ currency: 'EUR', count: 3, amountMinor: '2106', weightedMinor: '761' }] });
    expect(found.periods.map((one: { start: string; isOverdue: boolean; leads: number }) => [one.start, one.isOverdue, one.leads])).toEqual(
      [
        ['2020-01-01', true, 1],
        ['2026-12-01', false, 1],
        [null, false, 2],
      ],
    );
    expect(
      found.stages.map((one: { status: string; probability: number; leads: number }) => [one.status, one.probability, one.leads]),
    ).toEqual([
      ['interest', 10, 2],
      ['proposal-sent', 60, 2],
    ]);
    const file = (await api.get('/crm/analytics/forecast/csv')).text.split('\r\n');
    expect(file.slice(1, 4)).toEqual([
      'period,2020-01-01,true,,,EUR,1,10.01,6.01',
      'period,2026-12-01,false,,,EUR,1,10.05,1.00',
      'period,,false,,,EUR,1,1.00,0.60',
    ]);
  });

  it('divides leads by source and owner, names the rest, and never writes a formula', async () => {
    const colleague = await addMember(app, actor, 'member');
    await api.lead({ name: 'a', source: '=cmd()', value: euros('100'), ownerId: colleague.userId });
    const won = await api.lead({ name: 'b', source: '=cmd()', value: { amountMinor: '7', currency: 'JPY' } });
    await move(won.id, 'closed-win');
    await api.lead({ name: 'c', source: 'web' });
    await api.lead({ name: 'd' });
    const sources = await report('sources');
    expect(sources.items.map((one: { source: string | null; leads: number }) => [one.source, one.leads])).toEqual([
      ['=cmd()', 2],
      [null, 1],
      ['web', 1],
    ]);
    expect(sources.items[0].values).toEqual([
      { currency: 'EUR', count: 1, amountMinor: '100', wonMinor: '0' },
      { currency: 'JPY', count: 1, amountMinor: '7', wonMinor: '7' },
    ]);
    expect([sources.total.leads, sources.rest]).toEqual([4, null]);
    const short = await report('sources?limit=1');
    expect([short.items.length, short.rest.leads, short.total.leads]).toEqual([1, 2, 4]);
    const owners = await report('owners');
    expect(
      owners.items.map((one: { ownerId: string | null; name: string | null; leads: number }) => [one.ownerId, one.name, one.leads]),
    ).toEqual([
      [null, null, 3],
      [colleague.userId, colleague.name, 1],
    ]);
    const { text } = await api.get('/crm/analytics/sources/csv?limit=1');
    expect(text.split('\r\n').slice(1, 5)).toEqual([
      "source,'=cmd(),2,1,1,0,0,1,0.5,,,,",
      "source,'=cmd(),,,,,,,,EUR,1,1.00,0.00",
      "source,'=cmd(),,,,,,,,JPY,1,7,7",
      'rest,,2,2,0,0,0,,0,,,,',
    ]);
    expect((await api.get('/crm/analytics/owners/csv')).text).toContain(`owner,${colleague.name},${colleague.userId},1,`);
  });

  describe('by days of the organization', () => {
    it.each([
      // Clocks go back in Lisbon on 25 October and forth on 29 March at 01:00 UTC; in Havana both happen at midnight.
      ['Europe/Lisbon', '2026-10-24T22:59:59.999Z', '2026-10-24'],
      ['Europe/Lisbon', '2026-10-24T23:00:00.000Z', '2026-10-25'],
      ['Europe/Lisbon', '2026-10-25T23:59:59.999Z', '2026-10-25'],
      ['Europe/Lisbon', '2026-10-26T00:00:00.000Z', '2026-10-26'],
      ['Europe/Lisbon', '2026-03-29T22:59:59.999Z', '2026-03-29'],
      ['Europe/Lisbon', '2026-03-29T23:00:00.000Z', '2026-03-30'],
      ['America/Havana', '2026-03-08T04:59:59.999Z', '2026-03-07'],
      ['America/Havana', '2026-03-08T05:00:00.000Z', '2026-03-08'],
      ['America/Havana', '2026-11-01T04:30:00.000Z', '2026-11-01'],
      ['America/Havana', '2026-11-01T05:30:00.000Z', '2026-11-01'],
      ['Pacific/Kiritimati', '2026-01-31T10:00:00.000Z', '2026-02-01'],
      ['Pacific/Pago_Pago', '2026-02-01T10:59:59.999Z', '2026-01-31'],
    ])('in %s %s is %s, and in no other day', async (timeZone, startedAt, day) => {
      await sql(`update organizations set time_zone = $2 where id = $1`, [actor.organizationId, timeZone]);
      await journeys([{ startedAt, visited: ['interest'] }]);
      const on = async (from: string, to: string): Promise<number> => (await report(`funnel?from=${from}&to=${to}`)).total.leads;
      const [before, after] = [-1, 1].map((days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)) as [
        string,
        string,
      ];
      expect([await on(day, day), await on('2025-12-01', before), await on(after, '2027-01-01')]).toEqual([1, 0, 0]);
      const { periods } = await report(`funnel?from=2025-12-01&to=2027-01-01`);
      expect(periods.filter((one: { leads: number }) => one.leads > 0).map((one: { start: string }) => one.start)).toEqual([
        `${day.slice(0, 7)}-01`,
      ]);
    });

    it('agrees with the calendar on random moments, zones and ranges', async () => {
      const rows = fc.sample(
        fc.date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2026-12-31T00:00:00Z'), noInvalidDate: true }),
        { numRuns: 400, seed: 7 },
      );
      await journeys(rows.map((at) => ({ startedAt: at.toISOString(), visited: ['interest'] })));
      for (const timeZone of [
        'Europe/Lisbon',
        'America/Havana',
        'Australia/Lord_Howe',
        'America/St_Johns',
        'Asia/Kathmandu',
        'Pacific/Apia',
        'UTC',
      ]) {
        await sql(`update organizations set time_zone = $2 where id = $1`, [actor.organizationId, timeZone]);
        const days = rows.map((at) => localDateIn(at, timeZone)).sort();
        const [from, to] = [days[100] ?? '', days[300] ?? ''];
        const found = await report(`funnel?from=${from}&to=${to}&groupBy=week`);
        expect([timeZone, found.total.leads]).toEqual([timeZone, days.filter((day) => day >= from && day <= to).length]);
        expect(found.periods.reduce((sum: number, one: { leads: number }) => sum + one.leads, 0)).toBe(found.total.leads);
      }
    });
  });

  it('is for those who may, about pipelines there are, in ranges that make sense', async () => {
    const viewer = callerOf(app, (await addMember(app, actor, 'viewer')).token);
    const external = callerOf(app, (await addMember(app, actor, 'external')).token);
    const foreign = (await callerOf(app, (await makeOrganization(app)).token).get('/pipelines')).json.items[0];
    for (const name of REPORTS.flatMap((one) => [one, `${one}/csv`])) {
      expect([name, (await viewer.get(`/crm/analytics/${name}`)).status]).toEqual([name, 200]);
      expect([name, (await external.get(`/crm/analytics/${name}`)).status]).toEqual([name, 403]);
      expect([name, (await api.get(`/crm/analytics/${name}?pipelineId=${foreign.id}`)).status]).toEqual([name, 404]);
      const wrong = await api.get(`/crm/analytics/${name}?from=2026-02-02&to=2026-02-01`);
      expect([name, wrong.status, wrong.json.errors[0].parameter]).toEqual([name, 400, 'from']);
    }
    for (const query of ['from=2000-01-01&to=2026-01-01', 'from=0001-01-01&to=0002-01-01', 'from=2026-02-30', 'groupBy=day']) {
      expect([query, (await api.get(`/crm/analytics/funnel?${query}`)).status]).toEqual([query, 400]);
    }
    expect((await report('funnel?from=2999-01-01')).to).toBe('2999-01-01');
    expect((await report('funnel?to=2026-03-31')).from).toBe('2025-04-01');
  });
});
