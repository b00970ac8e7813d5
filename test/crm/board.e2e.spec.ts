import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accepts } from '../../src/platform/http/shapes/shape-pipe.js';
import { BoardView } from '../../src/features/crm/leads/leads.shapes.js';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf, type Caller, callerOf } from './caller.js';

const CROWD = 1000;

describe('board', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    actor = await makeOrganization(app);
    api = callerOf(app, actor.token);
  });

  const columnsOf = async (
    query = '',
  ): Promise<
    Record<string, { count: number; sums: unknown; cards: { id: string }[]; nextCursor: string | null; name: string; kind: string }>
  > => {
    const { json } = await api.get(`/leads/board${query}`);
    return Object.fromEntries(json.columns.map((column: { status: string }) => [column.status, column]));
  };
  const leads = async (names: readonly string[], status = 'interest'): Promise<string[]> => {
    const ids: string[] = [];
    for (const name of names) ids.push((await api.lead({ name, status })).id);
    return ids;
  };
  const move = (id: string, to: object): Promise<number> =>
    api.put(`/leads/${id}/status`, { status: 'interest', ...to }).then((answer) => answer.status);
  const longestRank = async (): Promise<number> =>
    (await app.database.owner.query('select max(length(rank)) as longest from leads where organization_id = $1', [actor.organizationId]))
      .rows[0].longest;

  /** Waits for the job that shortens order keys. */
  const untilInOrder = async (): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while ((await longestRank()) > 40 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  it.each(['before', 'after'])('says that a lead cannot stand %s itself', async (side) => {
    const [id] = await leads(['Ana', 'Bo']);
    const answer = await api.put(`/leads/${id}/status`, { status: 'interest', [side]: id });
    expect(answer.json).toMatchObject({ status: 409, code: 'neighbour-gone' });
    expect(answer.json.detail).toContain('next to itself');
  });

  it('shows every column of a new organization, empty', async () => {
    const { status, json } = await api.get('/leads/board');
    expect(status).toBe(200);
    expect(accepts(BoardView, json)).toBe(true);
    expect(json.columns.map(({ name, kind, count }: { name: string; kind: string; count: number }) => [name, kind, count])).toEqual([
      ['Interest', 'open', 0],
      ['Meeting booked', 'open', 0],
      ['Proposal sent', 'open', 0],
      ['Closed win', 'won', 0],
      ['Closed lost', 'lost', 0],
    ]);
  });

  it('sums each currency exactly, far beyond what a float can hold', async () => {
    const amounts = [
      ['EUR', '999999999999999999'],
      ['EUR', '999999999999999999'],
      ['EUR', '1'],
      ['JPY', '5'],
      ['USD', '-250'],
      ['USD', '250'],
    ] as const;
    for (const [currency, amountMinor] of amounts) await api.lead({ name: currency, value: { currency, amountMinor } });
    await api.lead({ name: 'without' });
    const { interest } = await columnsOf();
    expect(interest?.count).toBe(7);
    expect(interest?.sums).toEqual([
      { currency: 'EUR', amountMinor: '1999999999999999999', weightedMinor: '200000000000000000', count: 3 },
      { currency: 'JPY', amountMinor: '5', weightedMinor: '1', count: 1 },
      { currency: 'USD', amountMinor: '0', weightedMinor: '0', count: 2 },
    ]);
  });

  it('gives the first cards of each column and a cursor for the others', async () => {
    const ids = await leads(['a', 'b', 'c', 'd', 'e']);
    const [won] = await leads(['w'], 'closed-win');
    const columns = await columnsOf('?limit=2');
    expect(columns['interest']?.cards.map((card) => card.id)).toEqual(ids.slice(0, 2));
    expect(columns['interest']?.count).toBe(5);
    expect(columns['closed-win']).toMatchObject({ cards: [{ id: won }], nextCursor: null });
    const next = await api.get(`/leads/board/columns/Interest?limit=2&cursor=${columns['interest']?.nextCursor}`);
    expect(next.json.items.map((card: { id: string }) => card.id)).toEqual(ids.slice(2, 4));
    const last = await api.get(`/leads/board/columns/interest?limit=2&cursor=${next.json.nextCursor}`);
    expect(last.json).toMatchObject({ items: [{ id: ids[4] }], nextCursor: null });
    expect((await api.get(`/leads/board/columns/closed-win?cursor=${columns['interest']?.nextCursor}`)).json.code).toBe('invalid-cursor');
    expect((await api.get('/leads/board/columns/interest?cursor=abc')).json.code).toBe('invalid-cursor');
    expect((await api.get('/leads/board/columns/intrest')).json).toMatchObject({
      status: 404,
      code: 'stage-not-found',
      didYouMean: 'interest',
    });
    expect((await api.get('/leads/board?limit=101')).status).toBe(400);
  });

  it('shows the cards of one owner alone', async () => {
    const mine = await api.lead({ name: 'mine', ownerId: actor.userId, value: { amountMinor: '100', currency: 'EUR' } });
    await api.lead({ name: 'nobody’s', value: { amountMinor: '900', currency: 'EUR' } });
    const columns = await columnsOf(`?ownerId=${actor.userId}`);
    expect(columns['interest']).toMatchObject({ count: 1, sums: [{ amountMinor: '100' }], cards: [{ id: mine.id }] });
  });

  it('puts a card at every kind of place', async () => {
    const [a, b, c, d] = (await leads(['a', 'b', 'c', 'd'])) as [string, string, string, string];
    await move(d, { position: 0 });
    expect(await api.column('interest')).toEqual([d, a, b, c]);
    await move(d, { position: 2 });
    expect(await api.column('interest')).toEqual([a, b, d, c]);
    await move(a, { before: c });
    expect(await api.column('interest')).toEqual([b, d, a, c]);
    await move(c, { after: b });
    expect(await api.column('interest')).toEqual([b, c, d, a]);
    await move(b, {});
    expect(await api.column('interest')).toEqual([c, d, a, b]);
    await move(c, { position: 99 });
    expect(await api.column('interest')).toEqual([d, a, b, c]);
    expect(await move(c, { position: 1, after: a })).toBe(422);
    expect(await move(c, { after: c })).toBe(409);
  });

  it('audits a move with key and name of both stages, and counts the version up', async () => {
    const { id } = await api.lead({ name: 'a' });
    const moved = await api.put(`/leads/${id}/status`, { status: 'closed win' }, '"v1"');
    expect(moved.json).toMatchObject({ status: 'closed-win', version: 2 });
    expect(moved.headers['etag']).toBe('"v2"');
    expect((await auditOf(app, id)).at(-1)).toMatchObject({
      action: 'lead.moved',
      before: { status: 'interest', statusName: 'Interest' },
      after: { status: 'closed-win', statusName: 'Closed win' },
    });
    const stale = await api.put(`/leads/${id}/status`, { status: 'interest' }, '"v1"');
    expect(stale).toMatchObject({ status: 412, json: { current: { version: 2 } } });
    expect((await api.put(`/leads/${id}/status`, { status: 'won' })).json.code).toBe('stage-unknown');
    expect((await api.put(`/leads/${id}/status`, {})).status).toBe(422);
  });

  it('moves the way a list does, whatever the moves', async () => {
    const ids = await leads(['a', 'b', 'c', 'd', 'e', 'f']);
    const step = fc.record({ who: fc.nat(5), kind: fc.constantFrom('position', 'before', 'after', 'end'), to: fc.nat(7) });
    let model = [...ids];
    for (const { who, kind, to } of fc.sample(step, 80)) {
      const id = ids[who];
      const rest = model.filter((one) => one !== id);
      const beside = rest[to % rest.length];
      const at = rest.indexOf(beside);
      const place = kind === 'position' ? { position: to } : kind === 'end' ? {} : { [kind]: beside };
      expect(await move(id, place)).toBe(200);
      model = rest.toSpliced(kind === 'position' ? to : kind === 'before' ? at : kind === 'after' ? at + 1 : rest.length, 0, id);
      expect(await api.column('interest')).toEqual(model);
    }
  });

  it('goes past cards that share an order key', async () => {
    const [a, b, c, d] = (await leads(['a', 'b', 'c', 'd'])) as [string, string, string, string];
    await app.database.owner.query(`update leads set rank = (select rank from leads where id = $1) where id = any ($2)`, [a, [b, c]]);
    for (const place of [{ after: a }, { before: b }, { position: 1 }, { position: 2 }]) expect(await move(d, place)).toBe(200);
    expect(new Set(await api.column('interest'))).toEqual(new Set([a, b, c, d]));
  });

  it('keeps one order while a thousand cards go into one gap at once, and its keys short', async () => {
    const [top, bottom] = (await leads(['top', 'bottom'])) as [string, string];
    const crowd: string[] = [];
    for (let i = 0; i < CROWD; i += 50) {
      crowd.push(
        ...(await Promise.all(Array.from({ length: 50 }, (_, k) => api.lead({ name: `card ${i + k}`, status: 'closed-lost' })))).map(
          (lead) => lead.id,
        ),
      );
    }
    const statuses: number[] = [];
    for (let i = 0; i < CROWD; i += 250)
      statuses.push(...(await Promise.all(crowd.slice(i, i + 250).map((id) => move(id, { after: top })))));
    expect(statuses).toEqual(Array(CROWD).fill(200));
    const column = await api.column('interest');
    expect(column).toHaveLength(CROWD + 2);
    expect(new Set(column).size).toBe(CROWD + 2);
    expect([column[0], column.at(-1)]).toEqual([top, bottom]);
    await untilInOrder();
    expect(await longestRank()).toBeLessThanOrEqual(40);
    expect(await api.column('interest')).toEqual(column);
  }, 120_000);

  it('puts a crowded column in order in the background, without changing the order', async () => {
    const [top, a, b] = (await leads(['top', 'a', 'b', 'bottom'])) as [string, string, string];
    // Always into the same gap: keys grow by a digit every few moves.
    for (let i = 0; i < 400; i++) await move(i % 2 === 0 ? a : b, { after: top });
    const expected = await api.column('interest');
    await untilInOrder();
    expect(await longestRank()).toBeLessThanOrEqual(40);
    expect(await api.column('interest')).toEqual(expected);
    const { rows } = await app.database.owner.query('select rank_epoch from pipeline_stages where organization_id = $1 and key = $2', [
      actor.organizationId,
      'interest',
    ]);
    expect(rows[0].rank_epoch).toBeGreaterThan(0);
  }, 60_000);

  it('makes a move wait that meets a column being put in order, and uses the new keys then', async () => {
    const [a, b, c] = (await leads(['a', 'b', 'c'])) as [string, string, string];
    const { owner } = app.database;
    await owner.query('begin');
    await owner.query(`select from pipeline_stages where organization_id = $1 and key = 'interest' for update`, [actor.organizationId]);
    await owner.query(`update leads set rank = 'z' || rank where organization_id = $1`, [actor.organizationId]);
    await owner.query(`update pipeline_stages set rank_epoch = rank_epoch + 1 where organization_id = $1 and key = 'interest'`, [
      actor.organizationId,
    ]);
    const other = api.lead({ name: 'd' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await owner.query('commit');
    const d = (await other).id;
    await move(c, { after: a });
    expect(await api.column('interest')).toEqual([a, c, b, d]);
  });

  it('is the board of another pipeline on request, and nobody else’s', async () => {
    const made = await api.post('/pipelines', { name: 'Partners', stages: [{ name: 'New' }, { name: 'Signed', kind: 'won' }] });
    const lead = await api.lead({ name: 'p', pipelineId: made.json.id });
    expect(lead.status).toBe('new');
    const board = await api.get(`/leads/board?pipelineId=${made.json.id}`);
    expect(board.json.columns).toMatchObject([
      { status: 'new', cards: [{ id: lead.id }] },
      { status: 'signed', count: 0 },
    ]);
    expect((await columnsOf())['interest']?.count).toBe(0);
    expect((await api.get(`/leads/board?pipelineId=${newId()}`)).status).toBe(404);
  });
});
