import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { Bus } from '../../src/platform/database/bus.js';
import { CustomFields } from '../../src/features/crm/custom-fields/custom-fields.js';
import { importerOf } from '../crm-imports/importing.js';
import { auditOf, type Caller, callerOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    customer_number: { type: 'string', title: 'Customer number', pattern: '^K-[0-9]{4}$' },
    segment: { type: 'string', enum: ['small', 'large'] },
    since: { type: 'string', format: 'date' },
    seats: { type: 'integer', minimum: 1 },
    sites: { type: 'array', items: { type: 'string', maxLength: 3 }, maxItems: 2 },
  },
  required: ['customer_number'],
  additionalProperties: false,
};
const LEAD_SCHEMA = {
  type: 'object',
  properties: { customer_number: { type: 'string', pattern: '^K-[0-9]{4}$' } },
  additionalProperties: false,
};

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

/** The bus tells other processes, and this one too, a moment after the commit. */
async function heard(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nothing was heard');
}

describe('a schema of custom fields', () => {
  it('is refused, not choked on, when it holds what cannot be stored or is too deep', async () => {
    const withNote = (note: object) => ({
      schema: { type: 'object', properties: { a: { type: 'string', ...note } }, additionalProperties: false },
    });
    for (const note of [
      { title: 'a\u0000b' },
      { default: 'a\u0000b' },
      { default: { 'k\u0000': 1 } },
      { default: '\ud800' },
      { enum: ['\u0000'] },
    ]) {
      const answer = await api.put('/crm/custom-fields/lead', withNote(note));
      expect([note, answer.status]).toEqual([note, 422]);
    }
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;
    const answer = await api.put('/crm/custom-fields/lead', withNote({ default: deep }));
    expect(answer.json).toMatchObject({ status: 422, errors: [{ pointer: '/schema', code: 'too-deep' }] });
  });

  it('keeps nobody waiting while it is compared with the records there are', async () => {
    const text = 'a'.repeat(1000);
    for (let n = 0; n < 20; n++) await api.post('/companies', { name: `Company ${n}`, attributes: { code: text } });
    // As much work as a pattern can make: some fifty milliseconds a record.
    const schema = { type: 'object', properties: { code: { type: 'string', pattern: '(?:[a-z]?){160}x' } } };
    let [last, longest] = [performance.now(), 0];
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const { json } = await api.put('/crm/custom-fields/company?dryRun=true', { schema });
    clearInterval(ticking);
    expect(json).toMatchObject({ checked: 20, misfits: 20, isComplete: true });
    expect(Math.max(longest, performance.now() - last)).toBeLessThan(500);
  });

  it('is put, read, changed by version and taken away', async () => {
    expect((await api.get('/crm/custom-fields/company')).json).toEqual({
      recordType: 'company',
      schema: null,
      version: 0,
      updatedAt: null,
    });
    const put = await api.put('/crm/custom-fields/company', { schema: SCHEMA });
    expect(put.status).toBe(200);
    expect(put.headers['etag']).toBe('"v1"');
    expect(put.json).toMatchObject({
      applied: true,
      version: 1,
      current: { schema: SCHEMA, version: 1 },
      checked: 0,
      misfits: 0,
      isComplete: true,
      samples: [],
    });
    expect((await api.get('/crm/custom-fields/company')).json).toMatchObject({ recordType: 'company', schema: SCHEMA, version: 1 });
    expect((await api.put('/crm/custom-fields/company', { schema: SCHEMA }, '"v0"')).json).toMatchObject({
      status: 412,
      current: { version: 1 },
    });
    const answers = await Promise.all(
      [1, 2].map((n) => api.put('/crm/custom-fields/company', { schema: { ...SCHEMA, title: `${n}` } }, '"v1"')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await api.delete('/crm/custom-fields/company')).status).toBe(204);
    expect((await api.get('/crm/custom-fields/company')).json.version).toBe(0);
    expect((await api.delete('/crm/custom-fields/company')).status).toBe(204);
    const { rows } = await app.database.owner.query(
      `select action from audit_events where organization_id = $1 and resource_type = 'custom-fields' order by id`,
      [actor.organizationId],
    );
    expect(rows.map(({ action }) => action)).toEqual(['custom-fields.changed', 'custom-fields.changed', 'custom-fields.removed']);
  });

  it.each([
    ['no object', { type: 'string' }, '/schema/type'],
    ['no properties', { type: 'object' }, '/schema/properties'],
    ['a reference', { ...SCHEMA, $ref: 'https://evil.example/schema.json' }, '/schema/$ref'],
    ['a reference inside', { type: 'object', properties: { a: { type: 'string', $ref: '#/x' } } }, '/schema/properties/a/$ref'],
    ['definitions', { ...SCHEMA, $defs: {} }, '/schema/$defs'],
    ['an object in it', { type: 'object', properties: { a: { type: 'object' } } }, '/schema/properties/a/type'],
    [
      'a list of lists',
      { type: 'object', properties: { a: { type: 'array', items: { type: 'array' } } } },
      '/schema/properties/a/items/type',
    ],
    ['a name nobody can use', { type: 'object', properties: { 'A b': { type: 'string' } } }, '/schema/properties'],
    [
      'a pattern that may take for ever',
      { type: 'object', properties: { a: { type: 'string', pattern: String.raw`(a+)\1` } } },
      '/schema/properties/a/pattern',
    ],
    [
      'a broken pattern in a list',
      { type: 'object', properties: { a: { type: 'array', items: { type: 'string', pattern: '(' } } } },
      '/schema/properties/a/items/pattern',
    ],
    ['something required that is not there', { type: 'object', properties: {}, required: ['b'] }, '/schema/required/0'],
    ['an odd format', { type: 'object', properties: { a: { type: 'string', format: 'ipv4' } } }, '/schema/properties/a/format'],
    ['an old draft', { ...SCHEMA, $schema: 'http://json-schema.org/draft-07/schema#' }, '/schema/$schema'],
  ])('is refused with %s', async (_, schema, pointer) => {
    const refused = await api.put('/crm/custom-fields/company', { schema });
    expect(refused.json).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(refused.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('is bounded in size, for one kind of record, and only for whoever may', async () => {
    const large = {
      type: 'object',
      properties: { a: { type: 'string', enum: Array.from({ length: 200 }, (_, n) => `${'x'.repeat(190)}${n}`) } },
    };
    expect((await api.put('/crm/custom-fields/contact', { schema: large })).json.errors).toMatchObject([
      { pointer: '/schema', code: 'too-long' },
    ]);
    for (const answer of [
      await api.get('/crm/custom-fields/deal'),
      await api.put('/crm/custom-fields/deal', { schema: SCHEMA }),
      await api.delete('/crm/custom-fields/deal'),
    ]) {
      expect(answer.json).toMatchObject({ status: 404, validOptions: ['lead', 'company', 'contact'] });
    }
    const member = callerOf(app, (await addMember(app, actor)).token);
    expect((await member.get('/crm/custom-fields/lead')).status).toBe(200);
    expect((await member.put('/crm/custom-fields/lead', { schema: LEAD_SCHEMA })).status).toBe(403);
    expect((await member.delete('/crm/custom-fields/lead')).status).toBe(403);
    expect(
      (await api.put('/crm/custom-fields/lead', { schema: SCHEMA })).json.errors.map(({ pointer }: { pointer: string }) => pointer),
    ).toContain('/schema/properties/seats/type');
  });

  it('tells which records do not fit, before and after it holds, and destroys nothing', async () => {
    const bad = (await api.post('/companies', { name: 'Bad', attributes: { customer_number: 'X', extra: 'kept', seats: 2.5 } })).json;
    await api.post('/companies', { name: 'Good', attributes: { customer_number: 'K-0001' } });
    const gone = (await api.post('/companies', { name: 'Gone', attributes: { customer_number: 'X' } })).json;
    await api.delete(`/companies/${gone.id}`);
    const dry = await api.put('/crm/custom-fields/company?dryRun=true', { schema: SCHEMA });
    expect(dry.json).toMatchObject({
      applied: false,
      version: 0,
      current: { schema: null },
      checked: 2,
      misfits: 1,
      samples: [{ id: bad.id, name: 'Bad' }],
    });
    expect(dry.json.samples[0].errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/attributes/customer_number',
      '/attributes/extra',
      '/attributes/seats',
    ]);
    expect((await api.get('/crm/custom-fields/company')).json.version).toBe(0);
    expect((await api.put('/crm/custom-fields/company', { schema: SCHEMA })).json).toMatchObject({ applied: true, misfits: 1 });
    expect((await api.get(`/companies/${bad.id}`)).json.attributes).toEqual(bad.attributes);
    await heard(async () => (await api.post('/companies', { name: 'Bad too', attributes: { extra: 'x' } })).status === 422);
    // Another field may change; the custom fields are judged when somebody changes them.
    expect((await api.patch(`/companies/${bad.id}`, { industry: 'Cork' }, '"v1"')).status).toBe(200);
    const refused = await api.patch(`/companies/${bad.id}`, { attributes: { customer_number: 'K-0002' } }, '"v2"');
    expect(refused.json).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(
      (await api.patch(`/companies/${bad.id}`, { attributes: { customer_number: 'K-0002', extra: null, seats: 3 } }, '"v2"')).status,
    ).toBe(200);
  });
});

describe('custom fields under a schema', () => {
  it('are judged with a pointer for each fault, on companies and contacts', async () => {
    for (const [type, path] of [
      ['company', '/companies'],
      ['contact', '/contacts'],
    ] as const) {
      await api.put(`/crm/custom-fields/${type}`, { schema: SCHEMA });
      await heard(async () => (await api.post(path, { name: 'x' })).status === 422);
      const wrong = {
        customer_number: 'K-1',
        segment: 'medium',
        since: '2026-02-30',
        seats: 0,
        sites: ['long name', 'b', 'c'],
        segmnt: 'x',
      };
      const refused = await api.post(path, { name: 'x', attributes: wrong });
      const errors: { pointer: string; code: string }[] = refused.json.errors;
      expect(errors.map(({ pointer, code }) => [pointer, code]).sort()).toEqual([
        ['/attributes/customer_number', 'pattern'],
        ['/attributes/seats', 'minimum'],
        ['/attributes/segment', 'one-of'],
        ['/attributes/segmnt', 'unknown-field'],
        ['/attributes/since', 'format'],
        ['/attributes/sites', 'max-items'],
        ['/attributes/sites/0', 'max-length'],
      ]);
      expect(errors.find(({ code }) => code === 'one-of')).toMatchObject({ validOptions: ['small', 'large'] });
      expect(errors.find(({ code }) => code === 'unknown-field')).toMatchObject({ didYouMean: 'segment' });
      const right = { customer_number: 'K-1024', segment: 'small', since: '2026-02-28', seats: 3, sites: ['LX'] };
      expect((await api.post(path, { name: 'x', attributes: right })).json).toMatchObject({ attributes: right });
    }
  });

  it('are judged on leads too, made, changed and in bulk', async () => {
    const old = await api.lead({ name: 'Old', attributes: { customer_number: 'old' } });
    await api.put('/crm/custom-fields/lead', { schema: LEAD_SCHEMA });
    await heard(async () => (await api.post('/leads', { name: 'x', attributes: { nope: 'x' } })).status === 422);
    const refused = await api.post('/leads?onDuplicate=refuse', { name: 'x', attributes: { customer_number: 'X' } });
    expect(refused.json).toMatchObject({ status: 422, errors: [{ pointer: '/attributes/customer_number', code: 'pattern' }] });
    expect((await api.patch(`/leads/${old.id}`, { company: 'New' }, '"v1"')).json).toMatchObject({
      attributes: { customer_number: 'old' },
    });
    expect((await api.patch(`/leads/${old.id}`, { attributes: { customer_number: 'K1' } }, '"v2"')).status).toBe(422);
    expect((await api.patch(`/leads/${old.id}`, { attributes: { customer_number: 'K-0001' } }, '"v2"')).status).toBe(200);
    expect((await api.post('/leads', { name: 'Right', attributes: { customer_number: 'K-0002' } })).status).toBe(201);
    expect((await api.post('/leads', { name: 'Without' })).status).toBe(201);
    const bulk = await api.post('/leads/bulk', {
      operations: [{ op: 'update', id: old.id, changes: { attributes: { nope: 'x' } } }],
      atomic: true,
    });
    expect(bulk.status).toBeGreaterThanOrEqual(400);
    expect((await auditOf(app, old.id)).map(({ action }) => action)).toEqual(['lead.created', 'lead.updated', 'lead.updated']);
    const stranger = callerOf(app, (await makeOrganization(app)).token);
    expect((await stranger.post('/leads', { name: 'x', attributes: { nope: 'x' } })).status).toBe(201);
  });

  it('are judged in files too, row by row', async () => {
    await api.lead({ name: 'Old', email: 'old@example.com', attributes: { customer_number: 'old' } });
    await api.put('/crm/custom-fields/lead', { schema: LEAD_SCHEMA });
    const importer = importerOf(app, actor);
    const lines = [
      'Name,Email,Number,City',
      'Ana,a@example.com,K-0001,',
      'Rui,r@example.com,K-1,',
      'Eva,e@example.com,,Porto',
      'Old,old@example.com,,',
      'Old,old@example.com,K2,',
    ];
    const columns = [
      { from: ['Name'], to: 'name' },
      { from: ['Email'], to: 'email' },
      { from: ['Number'], to: 'attributes.customer_number' },
      { from: ['City'], to: 'attributes.city' },
    ];
    const done = await importer.run(lines.join('\n'), {
      mapping: { columns },
      naturalKey: 'email',
      onDuplicate: 'update',
    });
    expect(done).toMatchObject({ state: 'finished', counts: { read: 5, created: 1, unchanged: 1, failed: 3 } });
    const failed = (await importer.rows(done.id)).filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ line, errors }) => [line, errors[0]?.code, errors[0]?.message])).toEqual([
      [3, 'pattern', 'The custom field "customer_number" must match pattern "^K-[0-9]{4}$".'],
      [4, 'unknown-field', 'The custom field "city" is not a field of this kind of record.'],
      [6, 'pattern', 'The custom field "customer_number" must match pattern "^K-[0-9]{4}$".'],
    ]);
  });

  it('cost a lead no statement of their own once they are remembered, and changes are heard', async () => {
    const fields = app.nest.get(CustomFields);
    const database = app.nest.get(Database);
    const real = database.read.bind(database);
    let reads = 0;
    Object.assign(database, { read: (...given: Parameters<typeof real>) => (reads++, real(...given)) });
    const count = async (work: () => Promise<unknown>): Promise<number> => {
      reads = 0;
      await work();
      return reads;
    };
    try {
      const scope = systemScope('test', actor.organizationId);
      expect(await count(() => fields.check(scope, 'lead', {}))).toBe(1);
      expect(await count(() => fields.check(scope, 'lead', { any: 'x' }))).toBe(0);
      await api.put('/crm/custom-fields/lead', { schema: LEAD_SCHEMA });
      await heard(async () => {
        try {
          await fields.check(scope, 'lead', { any: 'x' });
          return false;
        } catch {
          return true;
        }
      });
      expect(await count(() => fields.check(scope, 'lead', {}))).toBe(0);
      for (const again of Reflect.get(app.nest.get(Bus), 'reconnected') as Set<() => void>) again();
      expect(await count(() => fields.check(scope, 'lead', {}))).toBe(1);
    } finally {
      Object.assign(database, { read: real });
    }
  });
});
