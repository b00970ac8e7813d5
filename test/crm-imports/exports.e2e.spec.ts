import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMember, makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Importer, importerOf } from './importing.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const fresh = async (): Promise<Importer> => importerOf(app, await makeOrganization(app));

const LEADS = [
  {
    name: '=cmd|calc',
    company: "'=quoted",
    email: 'a@x.org',
    phone: '+351 210 001 112',
    notes: 'two\nlines, "quotes"; and more',
    tags: ['vip', 'a;b', 'say "hi"'],
  },
  { name: '  Ben   Moss ', email: 'Ben@X.org', value: { amountMinor: '-5', currency: 'EUR' }, attributes: { size: '-1+2', name: 'nick' } },
  { name: 'Cleo', email: 'cleo@x.org', value: { amountMinor: '1234567', currency: 'JPY' }, source: '@home', status: 'closed-win' },
  { name: 'Dora', email: 'dora@x.org', value: { amountMinor: '1234', currency: 'KWD' }, attributes: { customer_no: '007' } },
];

describe('GET /leads/export', () => {
  it('gives leads as CSV that no spreadsheet runs, and records it', async () => {
    const who = await fresh();
    const owner = await addMember(app, who.actor);
    for (const lead of LEADS) expect((await who.call('POST', '/leads', { ...lead, ownerId: owner.userId })).status).toBe(201);
    const answer = await who.call('GET', '/leads/export');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.headers['content-disposition']).toContain('leads.csv');
    const [head, first] = answer.text.split('\r\n');
    expect(head).toBe(
      '\ufeffname,company,email,phone,value,currency,status,source,tags,owner,notes,attributes.customer_no,attributes.name,attributes.size,concord_id,concord_created_at,concord_updated_at',
    );
    expect(first).toContain(
      `'=cmd|calc,''=quoted,a@x.org,'+351 210 001 112,,,interest,,"vip; ""a;b""; ""say """"hi""""""",${owner.email},"two`,
    );
    const [{ createdAt, updatedAt }] = (await who.leads()) as { createdAt: string; updatedAt: string }[];
    expect(createdAt).toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.text).toContain(`,${createdAt},${updatedAt}\r\n`);
    expect(answer.text).not.toContain('+00:00');
    expect(answer.text).toContain(',-0.05,EUR,');
    expect(answer.text).toContain(",1234567,JPY,closed-win,'@home,");
    expect(answer.text).toContain(',1.234,KWD,');
    const { rows } = await app.database.owner.query(
      `select after from audit_events where organization_id = $1 and action = 'leads.exported'`,
      [who.actor.organizationId],
    );
    expect(rows).toEqual([{ after: { filters: {} } }]);
  });

  it('read back by an import with a natural key, changes nothing', async () => {
    const who = await fresh();
    const owner = await addMember(app, who.actor);
    for (const lead of LEADS) await who.call('POST', '/leads', { ...lead, ownerId: owner.userId });
    const before = await who.leads();
    const { text } = await who.call('GET', '/leads/export');
    const summary = await who.run(text, { naturalKey: 'email', mapping: undefined });
    expect(summary.counts).toEqual({ read: 4, created: 0, updated: 0, unchanged: 4, duplicate: 0, failed: 0 });
    expect(await who.leads()).toEqual(before);
  });

  it('makes the same leads in another organization', async () => {
    const [who, other] = [await fresh(), await fresh()];
    for (const lead of LEADS) await who.call('POST', '/leads', lead);
    const { text } = await who.call('GET', '/leads/export?bom=false');
    expect(text.startsWith('name,')).toBe(true);
    expect((await other.run(text, { naturalKey: 'email' })).counts).toMatchObject({ created: 4, failed: 0 });
    const content = (leads: Record<string, unknown>[]) =>
      leads.map(({ name, company, email, phone, value, status, tags, attributes, notes, source }) => {
        // An import stores addresses in lower case and names with single blanks.
        return {
          name: String(name).replace(/\s+/g, ' '),
          company,
          email: String(email).toLowerCase(),
          phone,
          value,
          status,
          tags,
          attributes,
          notes,
          source,
        };
      });
    expect(content(await other.leads())).toEqual(content(await who.leads()));
    const exported = (await other.call('GET', '/leads/export?bom=false')).text;
    expect(exported).not.toContain((await who.leads())[0]?.['id']);
  });

  it('streams more than one batch, with the filters of the list', async () => {
    const who = await fresh();
    await who.run(`Name,Source\n${Array.from({ length: 2100 }, (_, at) => `Person ${at},${at % 2 ? 'fair' : 'web'}`).join('\n')}\n`);
    const lines = (text: string): string[] => text.trim().split('\r\n').slice(1);
    const all = lines((await who.call('GET', '/leads/export')).text);
    expect(all.map((line) => line.split(',')[0])).toEqual(Array.from({ length: 2100 }, (_, at) => `Person ${at}`));
    expect(lines((await who.call('GET', '/leads/export?source=fair')).text)).toHaveLength(1050);
    expect(lines((await who.call('GET', '/leads/export?status=closed-win')).text)).toHaveLength(0);
  }, 60_000);

  it('is for those who may export, and shows nothing of others', async () => {
    const [who, other] = [await fresh(), await fresh()];
    await who.call('POST', '/leads', { name: 'Secret' });
    const member = importerOf(app, await addMember(app, who.actor, 'member'));
    expect((await member.call('GET', '/leads/export')).status).toBe(403);
    expect((await app.call('GET', '/api/v1/leads/export')).status).toBe(401);
    expect((await other.call('GET', '/leads/export')).text).not.toContain('Secret');
  });

  it('refuses what the list refuses', async () => {
    const who = await fresh();
    const answer = await who.call('GET', '/leads/export?valueMin=5');
    expect([answer.status, answer.json.errors[0].parameter]).toEqual([400, 'currency']);
    expect((await who.call('GET', '/leads/export?limit=5')).status).toBe(400);
    expect((await who.call('GET', '/leads/export?bom=maybe')).status).toBe(400);
  });
});
