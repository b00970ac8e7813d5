import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { auditOf, type Caller, callerOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

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

const make = async (kind: string, body: object) => (await api.post(`/${kind}`, body)).json;

/** All pages of a list, by name. */
async function names(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await api.get(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    if (page.status !== 200) throw new Error(page.text);
    found.push(...page.json.items.map(({ name }: { name: string }) => name));
    cursor = page.json.nextCursor;
  }
  return found;
}

/** The same of both kinds of records: their natural key and a change. */
const KINDS = [
  {
    kind: 'companies',
    code: 'company',
    body: {
      name: ' Duarte & Filhos ',
      domains: ['https://www.Duarte.pt/about?x=1', 'info@duarte.example', 'duarte.pt'],
      address: { city: ' Lisboa ', country: 'PT', street: ' ' },
      employees: 12,
      tags: ['vip'],
      attributes: { since: 1987, member: true },
    },
    shown: {
      name: 'Duarte & Filhos',
      domains: ['duarte.pt', 'duarte.example'],
      address: { city: 'Lisboa', country: 'PT' },
      phone: null,
      industry: null,
      employees: 12,
      ownerId: null,
      tags: ['vip'],
      attributes: { since: 1987, member: true },
      deletedAt: null,
    },
    patch: { industry: 'Cork', tags: null, attributes: { since: null, size: 'XL' }, address: null },
    changed: { industry: 'Cork', tags: [], attributes: { member: true, size: 'XL' }, address: null },
    keyed: (key: string) => ({ domains: [`${key}.example`] }),
    taken: 'company-domain-taken',
    existing: (key: string) => ({ domain: `${key}.example` }),
    pointer: '/domains',
    odd: { domains: ['gmail.com'] },
  },
  {
    kind: 'contacts',
    code: 'contact',
    body: {
      name: ' Ana Duarte ',
      emails: ['Ana@Duarte.pt', 'ana@duarte.PT'],
      phones: [' +351 21 000 0000 '],
      position: 'CEO',
      attributes: { vip: ['a', 1] },
    },
    shown: {
      name: 'Ana Duarte',
      emails: ['ana@duarte.pt'],
      phones: ['+351 21 000 0000'],
      position: 'CEO',
      companyId: null,
      tags: [],
      notes: null,
      attributes: { vip: ['a', 1] },
      deletedAt: null,
    },
    patch: { position: null, notes: 'Speaks French', attributes: null },
    changed: { position: null, notes: 'Speaks French', attributes: {} },
    keyed: (key: string) => ({ emails: [`${key}@example.com`] }),
    taken: 'contact-email-taken',
    existing: (key: string) => ({ email: `${key}@example.com` }),
    pointer: '/emails',
    odd: { emails: ['nobody'] },
  },
] as const;

describe.each(KINDS)('$kind', ({ kind, code, body, shown, patch, changed, keyed, taken, existing, pointer, odd }) => {
  it('are made, read, changed, deleted and brought back, each with its audit row', async () => {
    const made = await api.post(`/${kind}`, body);
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({ etag: '"v1"', location: `/api/v1/${kind}/${made.json.id}` });
    expect(made.json).toMatchObject({ ...shown, version: 1 });
    const { id } = made.json;
    expect((await api.get(`/${kind}/${id}`)).json).toEqual(made.json);
    const after = await api.patch(`/${kind}/${id}`, patch, '"v1"');
    expect(after.json).toMatchObject({ ...changed, version: 2 });
    expect((await api.patch(`/${kind}/${id}`, {}, '"v2"')).json.version).toBe(2);
    expect((await api.post(`/${kind}/${id}/restore`)).json).toMatchObject({ status: 409, code: `${code}-not-deleted` });
    expect((await api.delete(`/${kind}/${id}`)).status).toBe(204);
    for (const answer of [
      await api.get(`/${kind}/${id}`),
      await api.patch(`/${kind}/${id}`, patch, '*'),
      await api.delete(`/${kind}/${id}`),
    ]) {
      expect(answer.json).toMatchObject({ status: 404, code: `${code}-not-found` });
    }
    expect((await api.post(`/${kind}/${id}/restore`)).json).toMatchObject({ ...changed, version: 4, deletedAt: null });
    expect((await api.post(`/${kind}/${newId()}/restore`)).json.code).toBe(`${code}-not-found`);
    const events = await auditOf(app, id);
    expect(events.map(({ action }) => action)).toEqual(['created', 'updated', 'deleted', 'restored'].map((verb) => `${code}.${verb}`));
  });

  it('share no natural key with another living one', async () => {
    const first = await make(kind, { name: 'First', ...keyed('one') });
    const second = await make(kind, { name: 'Second', ...keyed('two') });
    const refused = await api.post(`/${kind}`, { name: 'Again', ...keyed('one') });
    expect(refused.json).toMatchObject({
      status: 409,
      code: taken,
      errors: [{ pointer }],
      existing: [{ id: first.id, name: 'First', ...existing('one') }],
    });
    const moved = await api.patch(`/${kind}/${second.id}`, keyed('one'), '"v1"');
    expect(moved.json).toMatchObject({ status: 409, code: taken, existing: [{ id: first.id }] });
    expect((await api.get(`/${kind}/${second.id}`)).json).toMatchObject({ version: 1, ...keyed('two') });
    await api.delete(`/${kind}/${first.id}`);
    expect((await api.patch(`/${kind}/${second.id}`, keyed('one'), '"v1"')).status).toBe(200);
    expect((await api.post(`/${kind}/${first.id}/restore`)).json).toMatchObject({
      status: 409,
      code: taken,
      existing: [{ id: second.id }],
    });
    // What was given up is free.
    expect((await api.post(`/${kind}`, { name: 'Third', ...keyed('two') })).status).toBe(201);
    const stranger = callerOf(app, (await makeOrganization(app)).token);
    expect((await stranger.post(`/${kind}`, { name: 'Elsewhere', ...keyed('one') })).status).toBe(201);
  });

  it('made at once with one key are made once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map((n) => api.post(`/${kind}`, { name: `Twin ${n}`, ...keyed('twin') })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 201)?.json.id;
    for (const { status, json } of answers) if (status === 409) expect(json.existing).toMatchObject([{ id: winner }]);
  });

  it('are changed by one of two who had the same version', async () => {
    const { id } = await make(kind, { name: 'Contested' });
    const answers = await Promise.all([
      api.patch(`/${kind}/${id}`, { name: 'A' }, '"v1"'),
      api.patch(`/${kind}/${id}`, { name: 'B' }, '"v1"'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await api.patch(`/${kind}/${id}`, { name: 'C' })).status).toBe(428);
    expect((await app.call('DELETE', `/api/v1/${kind}/${id}`, { token: actor.token, headers: { 'if-match': '"v1"' } })).json.code).toBe(
      'edit-conflict',
    );
  });

  it('are listed by filters and orders, in pages', async () => {
    const member = await addMember(app, actor);
    await make(kind, { name: 'Zoë', tags: ['vip'], ...keyed('zoe') });
    await make(kind, { name: 'Bea', ownerId: member.userId });
    const gone = await make(kind, { name: 'Gone' });
    await make(kind, { name: 'álvaro', tags: ['vip', 'new'] });
    await api.delete(`/${kind}/${gone.id}`);
    expect(await names(`/${kind}`)).toEqual(['álvaro', 'Bea', 'Zoë']);
    expect(await names(`/${kind}?sort=created`)).toEqual(['Zoë', 'Bea', 'álvaro']);
    expect(await names(`/${kind}?sort=-created&deleted=include`)).toEqual(['álvaro', 'Gone', 'Bea', 'Zoë']);
    expect(await names(`/${kind}?sort=-updated&deleted=only`)).toEqual(['Gone']);
    expect(await names(`/${kind}?tag=vip&sort=-updated`)).toEqual(['álvaro', 'Zoë']);
    expect(await names(`/${kind}?ownerId=${member.userId}`)).toEqual(['Bea']);
    expect(await names(`/${kind}?updatedSince=2999-01-01T00:00:00Z`)).toEqual([]);
    const key = Object.entries(existing('zoe'))[0]?.join('=');
    expect(await names(`/${kind}?${key?.toUpperCase().replace(/^\w+/, (name) => name.toLowerCase())}`)).toEqual(['Zoë']);
    expect((await api.get(`/${kind}?sort=size`)).json).toMatchObject({ status: 400, errors: [{ parameter: 'sort' }] });
    const cursor = (await api.get(`/${kind}?limit=1`)).json.nextCursor;
    expect((await api.get(`/${kind}?limit=1&sort=created&cursor=${cursor}`)).json.code).toBe('invalid-cursor');
  });

  it('are found by beginnings, parts and with typing errors', async () => {
    await make(kind, { name: 'Müller Maschinenbau', ...keyed('mueller') });
    await make(kind, { name: 'Schmidt & Müller', ...keyed('schmidt') });
    const gone = await make(kind, { name: 'Müller gone' });
    await api.delete(`/${kind}/${gone.id}`);
    await callerOf(app, (await makeOrganization(app)).token).post(`/${kind}`, { name: 'Müller elsewhere' });
    const hits = async (q: string) =>
      (await api.get(`/${kind}/search?q=${encodeURIComponent(q)}`)).json.items.map(({ name }: { name: string }) => name);
    expect(await hits('müller')).toEqual(['Müller Maschinenbau', 'Schmidt & Müller']);
    expect(await hits('MASCHINEN')).toEqual(['Müller Maschinenbau']);
    expect(await hits('maschinebau')).toEqual(['Müller Maschinenbau']);
    expect(await hits('schmidt@')).toEqual(kind === 'contacts' ? ['Schmidt & Müller'] : await hits('schmidt@'));
    expect(await hits('100%_')).toEqual([]);
    expect(await hits('´')).toEqual([]);
    expect((await api.get(`/${kind}/search`)).status).toBe(400);
  });

  it('are refused when they make no sense, and to whoever may not', async () => {
    const stranger = await makeOrganization(app);
    for (const wrong of [
      { name: '' },
      { name: 'x', ...odd },
      { name: 'x', attributes: { Key: 1 } },
      { name: 'x', attributes: { key: { deep: 1 } } },
      { name: 'x', what: 1 },
    ]) {
      expect((await api.post(`/${kind}`, wrong)).json).toMatchObject({ status: 422, code: 'validation-failed' });
    }
    const { id } = await make(kind, { name: 'Mine' });
    for (const ownerId of [newId(), stranger.userId]) {
      expect((await api.post(`/${kind}`, { name: 'x', ownerId })).json).toMatchObject({ status: 422, code: 'owner-unknown' });
      expect((await api.patch(`/${kind}/${id}`, { ownerId }, '"v1"')).json).toMatchObject({ status: 422, code: 'owner-unknown' });
    }
    expect((await api.patch(`/${kind}/${id}`, { attributes: { Odd: 'x' } }, '"v1"')).json.errors).toMatchObject([
      { pointer: '/attributes' },
    ]);
    const [viewer, member] = [await addMember(app, actor, 'viewer'), await addMember(app, actor)];
    const [looking, working] = [callerOf(app, viewer.token), callerOf(app, member.token)];
    expect((await looking.get(`/${kind}/${id}`)).status).toBe(200);
    expect((await looking.post(`/${kind}`, { name: 'x' })).status).toBe(403);
    expect((await looking.patch(`/${kind}/${id}`, { name: 'x' }, '"v1"')).status).toBe(403);
    expect((await working.patch(`/${kind}/${id}`, { name: 'Ours' }, '"v1"')).status).toBe(200);
    expect((await working.delete(`/${kind}/${id}`)).status).toBe(403);
    expect((await working.post(`/${kind}/${id}/restore`)).status).toBe(403);
  });

  it('are made once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': newId() };
    const [first, second] = [await api.post(`/${kind}`, body, key), await api.post(`/${kind}`, body, key)];
    expect([first.status, second.json]).toEqual([201, first.json]);
    expect(await names(`/${kind}`)).toHaveLength(1);
  });
});

describe('companies by size and industry', () => {
  it('are filtered by both', async () => {
    for (const [name, employees, industry] of [
      ['Small', 5, 'Cork'],
      ['Middle', 50, 'Cork'],
      ['Large', 5000, 'Steel'],
    ])
      await make('companies', { name, employees, industry });
    expect(await names('/companies?industry=Cork')).toEqual(['Middle', 'Small']);
    expect(await names('/companies?employeesMin=50')).toEqual(['Large', 'Middle']);
    expect(await names('/companies?employeesMin=6&employeesMax=50')).toEqual(['Middle']);
    expect((await api.get('/companies?employeesMin=-1')).status).toBe(400);
  });
});

describe('links', () => {
  it('lead from a lead to its company and back', async () => {
    const lead = await api.lead({ name: 'Ana', company: 'In words' });
    const [first, second] = [await make('companies', { name: 'First' }), await make('companies', { name: 'Second' })];
    expect((await api.get(`/leads/${lead.id}/company`)).json.code).toBe('lead-has-no-company');
    expect((await api.put(`/leads/${lead.id}/company`, { companyId: first.id })).json).toEqual(first);
    expect((await api.put(`/leads/${lead.id}/company`, { companyId: first.id })).status).toBe(200);
    expect((await api.put(`/leads/${lead.id}/company`, { companyId: second.id })).json.name).toBe('Second');
    expect((await api.get(`/leads/${lead.id}/company`)).json).toEqual(second);
    expect(await names(`/companies/${first.id}/leads`)).toEqual([]);
    const linked = (await api.get(`/companies/${second.id}/leads`)).json.items;
    expect(linked).toMatchObject([{ id: lead.id, name: 'Ana', status: 'interest', role: null, value: null }]);
    expect((await api.get(`/leads/${lead.id}`)).json).toMatchObject({ company: 'In words', version: 1 });
    expect((await api.delete(`/leads/${lead.id}/company`)).status).toBe(204);
    expect((await api.delete(`/leads/${lead.id}/company`)).json.code).toBe('lead-has-no-company');
    const events = (await auditOf(app, lead.id)).slice(1);
    expect(events.map(({ action, before, after }) => [action, before?.['companyName'], after?.['companyName']])).toEqual([
      ['lead.company-linked', undefined, 'First'],
      ['lead.company-linked', 'First', 'Second'],
      ['lead.company-unlinked', 'Second', null],
    ]);
    const timeline = (await api.get(`/leads/${lead.id}/timeline?types=change&limit=2`)).json.items;
    expect(timeline[1].change).toMatchObject({ before: { companyName: 'First' }, after: { companyName: 'Second' } });
  });

  it('lead from a lead to its contacts with their roles and back', async () => {
    const leads = [await api.lead({ name: 'One' }), await api.lead({ name: 'Two' }), await api.lead({ name: 'Three' })];
    const ana = await make('contacts', { name: 'Ana' });
    const rui = await make('contacts', { name: 'Rui' });
    for (const { id } of leads) await api.put(`/leads/${id}/contacts/${ana.id}`, { role: ' decision maker ' });
    expect((await api.put(`/leads/${leads[0]?.id}/contacts/${rui.id}`, {})).json).toMatchObject({ name: 'Rui', role: null });
    expect((await api.put(`/leads/${leads[0]?.id}/contacts/${rui.id}`, { role: 'lawyer' })).json).toMatchObject({ role: 'lawyer' });
    expect((await api.put(`/leads/${leads[0]?.id}/contacts/${rui.id}`, { role: 'lawyer' })).status).toBe(200);
    const page = (await api.get(`/leads/${leads[0]?.id}/contacts?limit=1`)).json;
    expect(page.items).toMatchObject([{ name: 'Ana', role: 'decision maker' }]);
    expect((await api.get(`/leads/${leads[0]?.id}/contacts?limit=1&cursor=${page.nextCursor}`)).json).toMatchObject({
      items: [{ name: 'Rui' }],
      nextCursor: null,
    });
    await api.delete(`/leads/${leads[1]?.id}`);
    expect(await names(`/contacts/${ana.id}/leads`)).toEqual(['Three', 'One']);
    expect((await api.delete(`/leads/${leads[0]?.id}/contacts/${rui.id}`)).status).toBe(204);
    expect((await api.delete(`/leads/${leads[0]?.id}/contacts/${rui.id}`)).json.code).toBe('contact-not-linked');
    const actions = (await auditOf(app, leads[0]?.id ?? '')).map(({ action }) => action);
    expect(actions).toEqual(['lead.created', 'lead.contact-linked', 'lead.contact-linked', 'lead.contact-linked', 'lead.contact-unlinked']);
    await api.delete(`/contacts/${ana.id}`);
    expect((await api.get(`/leads/${leads[0]?.id}/contacts`)).json.items).toEqual([]);
  });

  it('need both ends, of one organization', async () => {
    const lead = (await api.lead({ name: 'Ana' })).id;
    const [company, contact] = [(await make('companies', { name: 'C' })).id, (await make('contacts', { name: 'P' })).id];
    const stranger = callerOf(app, (await makeOrganization(app)).token);
    const [theirCompany, theirContact] = [
      (await stranger.post('/companies', { name: 'T' })).json.id,
      (await stranger.post('/contacts', { name: 'T' })).json.id,
    ];
    for (const companyId of [newId(), theirCompany]) {
      expect((await api.put(`/leads/${lead}/company`, { companyId })).json).toMatchObject({ status: 422, code: 'company-unknown' });
      expect((await api.post('/contacts', { name: 'x', companyId })).json).toMatchObject({ status: 422, code: 'company-unknown' });
      expect((await api.patch(`/contacts/${contact}`, { companyId }, '"v1"')).json).toMatchObject({ status: 422, code: 'company-unknown' });
      for (const list of ['leads', 'contacts'])
        expect((await api.get(`/companies/${companyId}/${list}`)).json.code).toBe('company-not-found');
    }
    for (const id of [newId(), theirContact]) {
      expect((await api.put(`/leads/${lead}/contacts/${id}`, {})).json.code).toBe('contact-not-found');
      expect((await api.get(`/contacts/${id}/leads`)).json.code).toBe('contact-not-found');
    }
    for (const answer of [
      await stranger.put(`/leads/${lead}/company`, { companyId: theirCompany }),
      await stranger.get(`/leads/${lead}/company`),
      await stranger.delete(`/leads/${lead}/company`),
      await stranger.put(`/leads/${lead}/contacts/${theirContact}`, {}),
      await stranger.get(`/leads/${lead}/contacts`),
      await stranger.delete(`/leads/${lead}/contacts/${contact}`),
    ]) {
      expect(answer.json).toMatchObject({ status: 404, code: 'lead-not-found' });
    }
    await api.put(`/leads/${lead}/company`, { companyId: company });
    await api.delete(`/companies/${company}`);
    expect((await api.get(`/leads/${lead}/company`)).json.code).toBe('lead-has-no-company');
    expect((await api.put(`/leads/${lead}/company`, { companyId: company })).json.code).toBe('company-unknown');
    const viewer = callerOf(app, (await addMember(app, actor, 'viewer')).token);
    expect((await viewer.put(`/leads/${lead}/contacts/${contact}`, {})).status).toBe(403);
    expect((await viewer.put(`/leads/${lead}/company`, { companyId: company })).status).toBe(403);
  });

  it('are a hundred contacts at most', async () => {
    const lead = (await api.lead({ name: 'Crowded' })).id;
    await app.database.owner.query(
      `with c as (
         insert into contacts (organization_id, id, author_id, name, emails, phones, tags, attributes, name_key, search_text)
         select $1, gen_random_uuid(), $3, 'n', '{}', '{}', '{}', '{}', 'n', 'n' from generate_series(1, 100) returning id)
       insert into lead_contacts (organization_id, lead_id, contact_id) select $1, $2, id from c`,
      [actor.organizationId, lead, actor.userId],
    );
    const one = await make('contacts', { name: 'One more' });
    expect((await api.put(`/leads/${lead}/contacts/${one.id}`, {})).json).toMatchObject({ status: 409, code: 'too-many-contacts' });
  });

  it('tell who works for a company', async () => {
    const company = await make('companies', { name: 'Duarte' });
    for (const name of ['Rui', 'Ana', 'Eva']) await make('contacts', { name, companyId: company.id });
    await make('contacts', { name: 'Elsewhere' });
    expect(await names(`/companies/${company.id}/contacts`)).toEqual(['Ana', 'Eva', 'Rui']);
    expect(await names(`/contacts?companyId=${company.id}&sort=-created`)).toEqual(['Eva', 'Ana', 'Rui']);
  });
});
