import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Caller, callerOf } from './caller.js';

describe('lists of leads', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    app = await startTestApp();
    actor = await makeOrganization(app);
    api = callerOf(app, actor.token);
    const given: [string, object][] = [
      [
        'Ana Duarte',
        {
          company: 'Nordlys',
          email: 'ana@nordlys.example',
          value: { amountMinor: '500', currency: 'EUR' },
          source: 'fair',
          tags: ['hot', 'north'],
        },
      ],
      ['Łukasz Żak', { status: 'closed-win', value: { amountMinor: '90000', currency: 'PLN' }, ownerId: actor.userId }],
      ['Johanna Smithers', { company: 'Ana Consulting', value: { amountMinor: '700', currency: 'EUR' }, source: 'web' }],
      ['Peter Anastas', { email: 'pa@example.com', tags: ['hot'] }],
      ['Bo Lee', { email: 'ana.fan@example.com', value: { amountMinor: '-3', currency: 'EUR' } }],
      ['Zoë Müller', { status: 'meeting-booked', source: 'fair' }],
    ];
    for (const [name, more] of given) ids[name] = (await api.lead({ name, ...more })).id;
  });
  afterAll(() => app.close());

  const names = async (query: string): Promise<string[]> =>
    (await api.get(`/leads?${query}`)).json.items.map((lead: { name: string }) => lead.name);

  it.each([
    ['sort=created', ['Ana Duarte', 'Łukasz Żak', 'Johanna Smithers', 'Peter Anastas', 'Bo Lee', 'Zoë Müller']],
    ['', ['Zoë Müller', 'Bo Lee', 'Peter Anastas', 'Johanna Smithers', 'Łukasz Żak', 'Ana Duarte']],
    ['sort=name', ['Ana Duarte', 'Bo Lee', 'Johanna Smithers', 'Łukasz Żak', 'Peter Anastas', 'Zoë Müller']],
    ['sort=-value&currency=EUR', ['Johanna Smithers', 'Ana Duarte', 'Bo Lee']],
    ['sort=position&status=interest', ['Ana Duarte', 'Johanna Smithers', 'Peter Anastas', 'Bo Lee']],
    ['status=Closed%20win', ['Łukasz Żak']],
    ['source=fair&sort=name', ['Ana Duarte', 'Zoë Müller']],
    ['tag=hot&sort=name', ['Ana Duarte', 'Peter Anastas']],
    ['tag=hot&source=fair', ['Ana Duarte']],
    ['valueMin=500&valueMax=600&currency=EUR', ['Ana Duarte']],
    ['createdFrom=2999-01-01T00:00:00Z', []],
    ['createdTo=2000-01-01T00:00:00Z', []],
    ['updatedSince=2999-01-01T00:00:00Z', []],
    ['deleted=only', []],
    ['status=closed-lost', []],
    ['status=closed%20LOST&sort=position', []],
  ])('answers ?%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('names the statuses there are when one is misspelt, in the list and in the export', async () => {
    const validOptions = ['interest', 'meeting-booked', 'proposal-sent', 'closed-win', 'closed-lost'];
    const { pipelineId } = (await api.get(`/leads/${ids['Bo Lee']}`)).json;
    for (const path of ['/leads?', '/leads?sort=position&', `/leads?pipelineId=${pipelineId}&`, '/leads/export?']) {
      const answer = await api.get(`${path}status=intrest`);
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({
        code: 'invalid-parameters',
        errors: [{ parameter: 'status', code: 'stage-unknown', validOptions, didYouMean: 'interest' }],
      });
    }
  });

  it('says that there is no such pipeline, as the board does', async () => {
    const foreign = (await callerOf(app, (await makeOrganization(app)).token).get('/pipelines')).json.items[0].id;
    for (const pipelineId of [newId(), foreign]) {
      for (const path of ['/leads', '/leads/board', '/leads/export']) {
        expect((await api.get(`${path}?pipelineId=${pipelineId}`)).json).toMatchObject({ status: 404, code: 'pipeline-not-found' });
      }
    }
  });

  it('knows the usual statuses before the first pipeline is made, and archived ones and those of other pipelines', async () => {
    const fresh = callerOf(app, (await makeOrganization(app)).token);
    expect((await fresh.get('/leads?status=interest')).json.items).toEqual([]);
    expect((await fresh.get('/leads?status=intrest')).status).toBe(400);
    const [sales] = (await fresh.get('/pipelines')).json.items;
    const partners = (await fresh.post('/pipelines', { name: 'Partners', stages: [{ name: 'Talking' }] })).json;
    await fresh.delete(`/pipelines/${sales.id}/stages/proposal-sent`);
    expect((await fresh.get('/leads?status=proposal-sent')).status).toBe(200);
    expect((await fresh.get('/leads?status=talking')).status).toBe(200);
    expect((await fresh.get('/leads?status=talking&sort=position')).status).toBe(400);
    const lead = await fresh.lead({ name: 'Ana', pipelineId: partners.id });
    await fresh.delete(`/leads/${lead.id}`);
    await fresh.patch(`/pipelines/${partners.id}`, { archived: true }, '*');
    expect((await fresh.get(`/leads?pipelineId=${partners.id}`)).json.items).toEqual([]);
    expect((await fresh.get(`/leads/export?pipelineId=${partners.id}&deleted=only`)).text).toContain(lead.id);
    expect((await fresh.get(`/leads?status=interest&pipelineId=${partners.id}`)).json.errors[0].validOptions).toEqual(['talking']);
  });

  it('filters by owner, pipeline and time', async () => {
    expect(await names(`ownerId=${actor.userId}`)).toEqual(['Łukasz Żak']);
    const { pipelineId, createdAt, updatedAt } = (await api.get(`/leads/${ids['Zoë Müller']}`)).json;
    expect(await names(`pipelineId=${pipelineId}&sort=name`)).toHaveLength(6);
    expect(await names(`createdFrom=${createdAt}`)).toEqual(['Zoë Müller']);
    expect(await names(`createdTo=${createdAt}`)).toHaveLength(5);
    expect(await names(`updatedSince=${updatedAt}&sort=updated`)).toEqual(['Zoë Müller']);
  });

  it.each(['created', '-created', 'updated', '-updated', 'name', '-value', 'position&status=interest'])(
    'pages through sort=%s without loss or repeat',
    async (sort) => {
      const whole = await names(`sort=${sort}&limit=100`);
      const paged: string[] = [];
      let link = `/leads?sort=${sort}&limit=2`;
      for (;;) {
        const page = await api.get(link);
        expect(page.json.items.length).toBeLessThanOrEqual(2);
        paged.push(...page.json.items.map((lead: { name: string }) => lead.name));
        if (page.json.nextCursor === null) break;
        expect(page.headers['link']).toContain('rel="next"');
        link = `/leads?sort=${sort}&limit=2&cursor=${page.json.nextCursor}`;
      }
      expect(paged).toEqual(whole);
    },
  );

  it('refuses a cursor of another question', async () => {
    const { nextCursor } = (await api.get('/leads?limit=2&source=fair')).json ?? {};
    expect(nextCursor).toBeNull();
    const first = (await api.get('/leads?limit=2')).json.nextCursor;
    expect((await api.get(`/leads?limit=3&cursor=${first}`)).status).toBe(200);
    expect((await api.get(`/leads?limit=2&sort=name&cursor=${first}`)).json.code).toBe('invalid-cursor');
    const other = callerOf(app, (await makeOrganization(app)).token);
    expect((await other.get(`/leads?limit=2&cursor=${first}`)).json.code).toBe('invalid-cursor');
  });

  it.each([
    ['sort=size', 'sort'],
    ['sort=position', 'status'],
    ['deleted=only&sort=name', 'sort'],
    ['valueMin=5', 'currency'],
    ['limit=0', 'limit'],
    ['ownerId=me', 'ownerId'],
    ['stauts=interest', 'stauts'],
    ['createdFrom=yesterday', 'createdFrom'],
  ])('refuses ?%s', async (query, parameter) => {
    const answer = await api.get(`/leads?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json.errors.map((error: { parameter: string }) => error.parameter)).toContain(parameter);
  });

  describe('search', () => {
    const found = async (q: string): Promise<[string, string][]> =>
      (await api.get(`/leads/search?q=${encodeURIComponent(q)}`)).json.items.map((hit: { name: string; match: string }) => [
        hit.name,
        hit.match,
      ]);

    it('puts the beginning of a name before its middle, a company and an e-mail', async () => {
      expect(await found('ana')).toEqual([
        ['Ana Duarte', 'name-prefix'],
        ['Peter Anastas', 'name'],
        ['Johanna Smithers', 'company'],
        ['Bo Lee', 'email'],
      ]);
    });

    it.each([
      ['johana smiters', 'Johanna Smithers'],
      ['jonanna', 'Johanna Smithers'],
      ['smithers johanna', 'Johanna Smithers'],
      ['lukasz zak', 'Łukasz Żak'],
      ['zoe muler', 'Zoë Müller'],
      ['nordlis', 'Ana Duarte'],
      ['bo', 'Bo Lee'],
      ['ANA.FAN@example.com', 'Bo Lee'],
    ])('finds “%s”', async (q, name) => {
      expect((await found(q)).slice(0, 3).map(([one]) => one)).toContain(name);
    });

    it.each(['qqqqqq', '%', '_', '100%', "'; drop table leads; --", '\\', '…'])(
      'finds nothing like “%s”, and does not break',
      async (q) => {
        const answer = await api.get(`/leads/search?q=${encodeURIComponent(q)}`);
        expect(answer.status).toBe(200);
        expect(answer.json.items).toEqual([]);
      },
    );

    it('refuses an empty question', async () => {
      expect((await api.get('/leads/search?q=')).status).toBe(400);
    });
  });
});
