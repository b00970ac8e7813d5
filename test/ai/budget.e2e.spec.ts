import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UpkeepService } from '../../src/features/ai-usage/ledger/upkeep.service.js';
import { LocalEngines } from '../../src/platform/ai/local-engines.js';
import { fence, spoken } from '../../src/platform/ai/marked-text.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { addMember, type TestActor } from '../harness/actors.js';
import { never, say } from '../harness/vendors/vendor-server.js';
import { type AiBench, ledgerOf, recovered, someone, spendingOf, startAiBench, SUMMARY, TURN } from './ai-bench.js';

let bench: AiBench;
let actor: TestActor;
let scope: Scope;

beforeAll(async () => {
  bench = await startAiBench({
    AI_TEXT_ENGINES: 'openai',
    AI_CHAT_ENGINES: 'openai,local',
    AI_RETRIES: '0',
    AI_CONCURRENCY: '40',
    AI_BUDGET_CENTS: '500',
  });
  bench.app.nest.get(LocalEngines).registerConversation(TURN, {
    async *converse() {
      yield { type: 'text-delta', text: 'From the local engine.' };
      yield { type: 'finish', reason: 'stop' };
    },
  });
});

afterAll(async () => {
  await bench.close();
});

beforeEach(async () => {
  ({ actor, scope } = await someone(bench));
  bench.vendors.reset();
});

const ask = (more: object = {}) =>
  bench.ai.generateText(scope, { feature: 'tests', prompt: SUMMARY, input: [fence('x', 'note')], maxTokensOut: 100, ...more });
const setBudget = (hard: string, soft?: string) =>
  bench.app.call('PUT', '/api/v1/ai/budget', {
    token: actor.token,
    body: {
      hardLimit: { amountMinor: hard, currency: 'USD' },
      ...(soft === undefined ? {} : { softLimit: { amountMinor: soft, currency: 'USD' } }),
    },
  });
/** An answer that costs so many cents: 10,000 millionths each, at 1.60 dollars a million tokens. */
const costing = (cents: number) => say('Dear.', { tokensIn: 0, tokensOut: cents * 6250 });
const audited = async (action: string) => {
  const { rows } = await bench.app.database.owner.query<{ after: Record<string, unknown>; actor_type: string }>(
    'select after, actor_type from audit_events where organization_id = $1 and action = $2 order by id',
    [actor.organizationId, action],
  );
  return rows;
};

describe('budget', () => {
  it('is the ceiling of the operator until somebody chooses', async () => {
    const { json, headers } = await bench.app.call('GET', '/api/v1/ai/budget', { token: actor.token });
    expect(json).toMatchObject({
      hardLimit: { amountMinor: '500', currency: 'USD' },
      softLimit: { amountMinor: '400', currency: 'USD' },
      ceiling: { amountMinor: '500', currency: 'USD' },
      isDefault: true,
      state: 'within',
      spentMicros: '0',
      version: 0,
    });
    expect(headers['etag']).toBe('"v0"');
  });

  it('is chosen, versioned and audited', async () => {
    expect(await setBudget('300')).toMatchObject({
      status: 200,
      json: { version: 1, isDefault: false, softLimit: { amountMinor: '240' } },
    });
    expect(await setBudget('200', '150')).toMatchObject({ status: 200, json: { version: 2, hardLimit: { amountMinor: '200' } } });
    const body = { hardLimit: { amountMinor: '100', currency: 'USD' } };
    const put = (ifMatch: string) =>
      bench.app.call('PUT', '/api/v1/ai/budget', { token: actor.token, body, headers: { 'if-match': ifMatch } });
    expect((await put('"v1"')).status).toBe(412);
    expect((await put('"v0"')).status).toBe(412);
    expect(await put('"v2"')).toMatchObject({ status: 200, json: { version: 3 } });
    const changes = await audited('ai-budget.changed');
    expect(changes.map(({ after }) => after['hardLimitMicros'])).toEqual(['3000000', '2000000', '1000000']);
  });

  it('refuses limits that make no sense', async () => {
    const refusals: [object, string][] = [
      [{ hardLimit: { amountMinor: '501', currency: 'USD' } }, '/hardLimit'],
      [{ hardLimit: { amountMinor: '100', currency: 'EUR' } }, '/hardLimit/currency'],
      [{ hardLimit: { amountMinor: '100', currency: 'USD' }, softLimit: { amountMinor: '101', currency: 'USD' } }, '/softLimit'],
      [{ hardLimit: { amountMinor: '100', currency: 'USD' }, softLimit: { amountMinor: '1', currency: 'EUR' } }, '/softLimit/currency'],
      [{ hardLimit: { amountMinor: '-1', currency: 'USD' } }, '/hardLimit'],
      [{}, '/hardLimit'],
    ];
    for (const [body, pointer] of refusals) {
      const answer = await bench.app.call('PUT', '/api/v1/ai/budget', { token: actor.token, body });
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer }] } });
    }
    expect((await bench.app.call('GET', '/api/v1/ai/budget', { token: actor.token })).json).toMatchObject({ isDefault: true });
  });

  it('belongs to who may manage AI', async () => {
    const [member, finance] = [await addMember(bench.app, actor, 'member'), await addMember(bench.app, actor, 'finance')];
    const get = (token: string, path: string) => bench.app.call('GET', `/api/v1/ai/${path}`, { token });
    for (const path of ['budget', 'usage', 'calls']) {
      expect((await get(member.token, path)).status).toBe(403);
      expect((await get(finance.token, path)).status).toBe(200);
    }
    const body = { hardLimit: { amountMinor: '1', currency: 'USD' } };
    expect((await bench.app.call('PUT', '/api/v1/ai/budget', { token: finance.token, body })).status).toBe(403);
  });

  it('marks answers from the soft limit on, and says so once', async () => {
    await setBudget('100', '50');
    bench.vendors.script('openai.chat', costing(30), costing(25), costing(10));
    expect([(await ask()).budget, (await ask()).budget, (await ask()).budget]).toEqual([
      'within',
      'soft-limit-passed',
      'soft-limit-passed',
    ]);
    expect((await audited('ai-budget.soft-limit-passed')).map(({ after }) => after)).toMatchObject([
      { spentMicros: '550000', softLimitMicros: '500000' },
    ]);
    expect((await bench.app.call('GET', '/api/v1/ai/budget', { token: actor.token })).json).toMatchObject({
      state: 'soft-limit-passed',
      spentMicros: '650000',
    });
  });

  it('stops at the hard limit with 402, and lets local engines go on', async () => {
    await setBudget('100');
    bench.vendors.script('openai.chat', costing(100));
    await ask();
    await expect(ask()).rejects.toMatchObject({ definition: { code: 'ai-budget-exhausted', status: 402 } });
    const events: unknown[] = [];
    const messages = [{ role: 'user' as const, content: [spoken('Hi')] }];
    for await (const event of bench.ai.converse(scope, { feature: 'tests', prompt: TURN, messages })) events.push(event);
    expect(events.at(-1)).toMatchObject({ engine: 'local', isFallback: true, budget: 'soft-limit-passed', usage: { costMicros: '0' } });
    expect(bench.vendors.asked('openai.chat')).toHaveLength(1);
    expect((await ledgerOf(bench, actor)).map(({ status, engine }) => [status, engine])).toEqual([
      ['succeeded', 'openai'],
      ['refused', null],
      ['refused', null],
      ['succeeded', 'local'],
    ]);
    expect(await audited('ai.refused')).toHaveLength(2);
    expect((await bench.app.call('GET', '/api/v1/ai/budget', { token: actor.token })).json).toMatchObject({ state: 'exhausted' });
  });

  it('is exact when calls come together: no two get the same money', async () => {
    // Each call may cost up to 100 tokens out and some in: find out how much is set aside for one.
    bench.vendors.script('openai.chat', say('x', { tokensIn: 0, tokensOut: 0 }));
    await ask();
    const each = BigInt((await ledgerOf(bench, actor))[0]?.reserved_micros ?? 0);
    expect(each).toBeGreaterThan(0n);
    const hardCents = 1n;
    const fitting = Number((hardCents * 10_000n) / each);
    expect(fitting).toBeGreaterThan(2);
    expect(fitting).toBeLessThan(35);
    await setBudget(hardCents.toString());
    bench.vendors.always('openai.chat', () => never());
    const stop = new AbortController();
    const running = Array.from({ length: 40 }, () => ask({ signal: stop.signal }).catch((error: unknown) => error));
    while (bench.vendors.asked('openai.chat').length < fitting + 1) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 100));
    expect(await spendingOf(bench, actor)).toEqual({ spent: '0', reserved: (each * BigInt(fitting)).toString() });
    stop.abort(new Error('enough'));
    const ends = await Promise.all(running);
    const refused = ends.filter((end) => (end as { definition?: { code: string } }).definition?.code === 'ai-budget-exhausted');
    expect(refused).toHaveLength(40 - fitting);
    const after = await spendingOf(bench, actor);
    expect(after.reserved).toBe('0');
    expect(BigInt(after.spent)).toBeLessThanOrEqual(hardCents * 10_000n);
  });

  it('of one organization is no business of another', async () => {
    await setBudget('0');
    await expect(ask()).rejects.toMatchObject({ definition: { code: 'ai-budget-exhausted' } });
    const other = await someone(bench);
    expect(await bench.ai.generateText(other.scope, { feature: 'tests', prompt: SUMMARY, input: [] })).toMatchObject({ engine: 'openai' });
    expect((await bench.app.call('GET', '/api/v1/ai/usage', { token: actor.token })).json).toMatchObject({
      totals: { calls: 0, costMicros: '0' },
    });
  });

  it('gets back what calls of a dead process held, as spent, and forgets calls of long ago', async () => {
    const row = (startedAt: string, status: string, reserved: number) =>
      bench.app.database.owner.query(
        `insert into ai_calls (organization_id, id, month, started_at, feature, task, status, reserved_micros, actor_type, user_id, request_id)
         values ($1, $2, date_trunc('month', $3::timestamptz)::date, $3, 'tests', 'converse', $4, $5, 'user', $6, 'r')`,
        [actor.organizationId, newId(), startedAt, status, reserved, actor.userId],
      );
    const ago = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString();
    const month = new Date(Date.now() - 20 * 3600_000).toISOString().slice(0, 7);
    await bench.app.database.owner.query(
      'insert into ai_spending (organization_id, month, spent_micros, reserved_micros) values ($1, $2, 5, 900)',
      [actor.organizationId, `${month}-01`],
    );
    await row(ago(20), 'running', 300);
    await row(ago(20), 'running', 200);
    await row(ago(1), 'running', 400);
    await row(ago(24 * 400), 'succeeded', 0);
    const upkeep = bench.app.nest.get(UpkeepService);
    const signal = new AbortController().signal;
    expect(await upkeep.settleAbandoned({ signal })).toEqual({ settled: 2 });
    expect(await spendingOf(bench, actor)).toEqual({ spent: '505', reserved: '400' });
    expect(await audited('ai.abandoned')).toHaveLength(2);
    // The report of the month adds up to what was spent in it.
    expect((await bench.app.call('GET', `/api/v1/ai/usage?from=${month}&to=${month}`, { token: actor.token })).json).toMatchObject({
      items: [{ feature: 'tests', task: 'converse', engine: 'unknown', model: 'unknown', calls: 2, failed: 2, costMicros: '500' }],
      totals: { costMicros: '500' },
    });
    expect(await upkeep.settleAbandoned({ signal })).toEqual({ settled: 0 });
    expect(await upkeep.forgetOld({ signal })).toEqual({ forgotten: 1 });
  });
});

describe('usage', () => {
  it('is reported by month, feature, engine and model', async () => {
    await recovered(bench, (await someone(bench)).scope, 'openai');
    bench.vendors.script('openai.chat', say('a', { tokensIn: 1000, tokensOut: 100 }), say('b', { tokensIn: 1000, tokensOut: 100 }));
    await ask();
    await ask();
    await ask({ feature: 'other' });
    const { status, json } = await bench.app.call('GET', '/api/v1/ai/usage', { token: actor.token });
    expect(status).toBe(200);
    const month = new Date().toISOString().slice(0, 7);
    expect(json).toMatchObject({ from: month, to: month, totals: { calls: 3, failed: 0 }, budget: { month } });
    expect(
      json.items.map(({ feature, calls, tokensIn, costMicros }: Record<string, unknown>) => [feature, calls, tokensIn, costMicros]),
    ).toEqual([
      ['other', 1, 11, '16'],
      ['tests', 2, 2000, '1120'],
    ]);
    expect(json.totals.costMicros).toBe('1136');
  });

  it('takes a period of up to two years the right way round', async () => {
    const get = (query: string) => bench.app.call('GET', `/api/v1/ai/usage?${query}`, { token: actor.token });
    expect((await get('from=2025-01&to=2026-12')).json).toMatchObject({ from: '2025-01', to: '2026-12', items: [] });
    expect((await get('to=2025-03')).json).toMatchObject({ from: '2025-03', to: '2025-03' });
    expect((await get('from=2099-03')).json).toMatchObject({ from: '2099-03', to: '2099-03' });
    for (const wrong of [
      'from=2026-02&to=2026-01',
      'from=2024-12&to=2026-12',
      'from=2026-13',
      'from=soon',
      'from=0000-01&to=0000-02',
      'to=0000-12',
    ])
      expect((await get(wrong)).status).toBe(400);
  });

  it('lists single calls, newest first, by pages', async () => {
    for (let n = 0; n < 3; n++) await ask();
    await setBudget('0');
    await ask().catch(() => undefined);
    const get = async (query: string) => (await bench.app.call('GET', `/api/v1/ai/calls?${query}`, { token: actor.token })).json;
    const first = await get('limit=2');
    expect(first.items.map(({ status }: { status: string }) => status)).toEqual(['refused', 'succeeded']);
    expect(first.items[1]).toMatchObject({
      prompt: 'test.summarize',
      promptVersion: 3,
      engine: 'openai',
      userId: actor.userId,
      requestId: 'req-ai-test',
    });
    const second = await get(`limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: { length: 2 }, nextCursor: null });
    expect((await get('status=refused')).items).toHaveLength(1);
    expect((await bench.app.call('GET', `/api/v1/ai/calls?status=failed&cursor=${first.nextCursor}`, { token: actor.token })).status).toBe(
      400,
    );
  });

  it('is audited without a word of what was asked or answered', async () => {
    bench.vendors.script('openai.chat', say('The answer nobody may read in the trail.'));
    await ask({ input: [fence('The question nobody may read in the trail.', 'note')] });
    const { rows } = await bench.app.database.owner.query('select * from audit_events where organization_id = $1', [actor.organizationId]);
    const calls = await bench.app.database.owner.query('select * from ai_calls where organization_id = $1', [actor.organizationId]);
    expect(JSON.stringify([rows, calls.rows])).not.toMatch(/nobody may read|Summarize/);
    expect(await audited('ai.called')).toMatchObject([
      {
        actor_type: 'user',
        after: { engine: 'openai', unitsIn: 11, unitsOut: 7, costMicros: '16', status: 'succeeded', prompt: 'test.summarize' },
      },
    ]);
  });
});
