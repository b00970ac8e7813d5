import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMember, makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf } from '../crm/caller.js';
import { newId } from '../../src/shared/ids.js';
import { type Reviewer, reviewerOf } from './scanning.js';

let app: TestApp;
let someone: Reviewer;

beforeAll(async () => {
  app = await startTestApp();
  someone = reviewerOf(app, await makeOrganization(app));
}, 60_000);
afterAll(() => app.close());

const bare = ({ version: _v, updatedAt: _u, ...rest }: Record<string, unknown>): Record<string, unknown> => rest;
const views = async (ids: readonly string[]) => Promise.all(ids.map(async (id) => bare(await someone.view(id))));
const EUR = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });

async function three(): Promise<[string, string, string]> {
  const one = await someone.lead({ name: 'Ana Duarte', email: 'ana@duarte.pt', tags: ['vip'], notes: 'first', attributes: { a: '1' } });
  const two = await someone.lead({
    name: 'Ana M. Duarte',
    company: 'Duarte & Filhos',
    phone: '+351 21 000 0000',
    value: EUR('500'),
    tags: ['fair', 'vip'],
    notes: 'second',
    attributes: { a: '2', b: '2' },
    status: 'proposal-sent',
  });
  const three = await someone.lead({ name: 'A. Duarte', source: 'website', value: EUR('900'), attributes: { c: '3' } });
  return [one.id, two.id, three.id];
}

const merge = (id: string, body: object, etag = '"v1"') => someone.call('POST', `/leads/${id}/merge`, body, etag);

/** Puts a record of each kind beside a lead by hand, as the owner of the database: what they say is not what is tested. */
async function withRecords(leadId: string): Promise<Record<string, string>> {
  const { organizationId, userId } = someone.actor;
  const [note, contact] = [newId(), newId()];
  const put = (sql: string, values: unknown[]) => app.database.owner.query(sql, values);
  await put(`insert into lead_notes (organization_id, id, lead_id, body, author_id) values ($1, $2, $3, 'n', $4)`, [
    organizationId,
    note,
    leadId,
    userId,
  ]);
  await put(
    `insert into contacts (organization_id, id, name, emails, phones, tags, attributes, name_key, search_text, author_id)
     values ($1, $2, 'C', '{}', '{}', '{}', '{}', 'c', 'c', $3)`,
    [organizationId, contact, userId],
  );
  await put(`insert into lead_contacts (organization_id, lead_id, contact_id) values ($1, $2, $3)`, [organizationId, leadId, contact]);
  return { note, contact };
}

const leadOf = async (table: string, column: string, id: string | undefined): Promise<string | undefined> =>
  (await app.database.owner.query<{ lead_id: string }>(`select lead_id from ${table} where ${column} = $1`, [id])).rows[0]?.lead_id;

describe('merging leads', () => {
  it('shows beforehand exactly what it does', async () => {
    const [one, two, other] = await three();
    const body = { absorb: [two, other], rules: { value: 'highest', name: 'longest' } };
    const preview = await someone.call('POST', `/leads/${one}/merge/preview`, body);
    expect(preview.status).toBe(200);
    expect((await someone.view(one))['name']).toBe('Ana Duarte');
    const made = await merge(one, { ...body, fingerprint: preview.json.fingerprint });
    expect(made.status).toBe(200);
    const { mergeId, version, lead, ...rest } = made.json;
    expect({ ...rest, lead: bare(lead) }).toEqual({ ...preview.json, lead: bare(preview.json.lead) });
    expect(made.headers['etag']).toBe(`"v${version}"`);
    expect(mergeId).toBeTruthy();
    expect(bare(await someone.view(one))).toEqual(bare(lead));
    expect(lead).toMatchObject({
      name: 'Ana M. Duarte',
      company: 'Duarte & Filhos',
      email: 'ana@duarte.pt',
      value: EUR('900'),
      source: 'website',
      tags: ['vip', 'fair'],
      notes: 'first\n\nsecond',
      attributes: { a: '1', b: '2', c: '3' },
      status: 'interest',
    });
  });

  it('leads from an absorbed lead to the one that is left, also over several merges', async () => {
    const [one, two, other] = await three();
    await merge(two, { absorb: [other] });
    const { version } = (await someone.view(one)) as { version: number };
    const second = await merge(one, { absorb: [two] }, `"v${version}"`);
    for (const id of [two, other]) {
      const answer = await someone.call('GET', `/leads/${id}`);
      expect(answer.status).toBe(410);
      expect(answer.json).toMatchObject({ code: 'lead-merged', mergedInto: one, mergeId: second.json.mergeId });
    }
    expect((await someone.call('GET', `/leads/${newId()}`)).status).toBe(404);
  });

  it('is the identity together with its undoing, records and places on the board included', async () => {
    const [one, two, other] = await three();
    const ids = [one, two, other];
    const records = await withRecords(two);
    const board = async () =>
      (await someone.call('GET', '/leads/board')).json.columns.map((c: { cards: { id: string }[] }) => c.cards.map(({ id }) => id));
    const [before, places] = [await views(ids), await board()];
    const made = await merge(one, { absorb: [other, two], rules: { email: { from: two }, value: 'highest' } });
    expect(made.json.moved).toEqual(
      expect.arrayContaining([
        { relation: 'notes', count: 1 },
        { relation: 'contacts', count: 1 },
      ]),
    );
    expect(await leadOf('lead_notes', 'id', records['note'])).toBe(one);
    expect(await leadOf('lead_contacts', 'contact_id', records['contact'])).toBe(one);
    const since = await withRecords(one);
    const undone = await someone.call('POST', `/lead-merges/${made.json.mergeId}/undo`);
    expect(undone.status).toBe(200);
    expect(undone.json.undone).toMatchObject({ restoredIds: expect.arrayContaining([two, other]), alreadyBackIds: [], keptFields: [] });
    expect(await views(ids)).toEqual(before);
    expect(await board()).toEqual(places);
    expect(await leadOf('lead_notes', 'id', records['note'])).toBe(two);
    expect(await leadOf('lead_contacts', 'contact_id', records['contact'])).toBe(two);
    expect(await leadOf('lead_notes', 'id', since['note'])).toBe(one);
    const again = await someone.call('POST', `/lead-merges/${made.json.mergeId}/undo`);
    expect(again).toMatchObject({ status: 409, json: { code: 'merge-already-undone' } });
    expect((await someone.call('GET', `/leads/${two}`)).status).toBe(200);
  });

  it('keeps what was edited since, and says so', async () => {
    const [one, two] = await three();
    const made = await merge(one, { absorb: [two] });
    const etag = `"v${made.json.version}"`;
    const patch = { phone: '+351 21 999 9999', attributes: { b: 'new' }, tags: ['vip', 'fair', 'late'] };
    expect((await someone.call('PATCH', `/leads/${one}`, patch, etag)).status).toBe(200);
    const undone = await someone.call('POST', `/lead-merges/${made.json.mergeId}/undo`);
    expect(undone.json.undone.keptFields.sort()).toEqual(['attributes.b', 'phone', 'tags']);
    expect(await someone.view(one)).toMatchObject({
      company: null,
      phone: '+351 21 999 9999',
      tags: ['vip', 'late'],
      notes: 'first',
      attributes: { a: '1', b: 'new' },
    });
    expect(await someone.view(two)).toMatchObject({ company: 'Duarte & Filhos', attributes: { a: '2', b: '2' } });
  });

  it('undoes later merges first, and none of a lead that is gone', async () => {
    const [one, two, other] = await three();
    const first = (await merge(two, { absorb: [other] })).json.mergeId as string;
    const second = (await merge(one, { absorb: [two] })).json.mergeId as string;
    const undo = (id: string) => someone.call('POST', `/lead-merges/${id}/undo`);
    expect(await undo(first)).toMatchObject({ status: 409, json: { code: 'merge-not-undoable', mergedInto: one, mergeId: second } });
    expect((await undo(second)).status).toBe(200);
    await someone.call('DELETE', `/leads/${two}`);
    expect(await undo(first)).toMatchObject({ status: 409, json: { code: 'merge-not-undoable', leadId: two } });
    await someone.call('POST', `/leads/${two}/restore`);
    await someone.call('POST', `/leads/${other}/restore`);
    expect((await undo(first)).json.undone).toMatchObject({ restoredIds: [], alreadyBackIds: [other] });
  });

  it('refuses what cannot be meant', async () => {
    const [one, two, other] = await three();
    const dollars = await someone.lead({ name: 'Ana', value: { amountMinor: '1', currency: 'USD' } });
    const refused = async (body: object, etag?: string) => {
      const { status, json } = await merge(one, body, etag);
      return [status, json.code, json.errors?.[0]?.pointer];
    };
    expect(await refused({ absorb: [one] })).toEqual([422, 'validation-failed', '/absorb/0']);
    expect(await refused({ absorb: [newId()] })).toEqual([422, 'leads-to-merge-unknown', '/absorb/0']);
    expect(await refused({ absorb: [two], rules: { name: { from: other } } })).toEqual([422, 'validation-failed', '/rules/name/from']);
    expect(await refused({ absorb: [two], rules: { name: 'highest' } })).toEqual([422, 'validation-failed', '/rules/name']);
    expect(await refused({ absorb: [two, dollars.id], rules: { value: 'highest' } })).toEqual([422, 'merge-not-possible', '/rules/value']);
    expect(await refused({ absorb: [two] }, '"v9"')).toEqual([412, 'edit-conflict', undefined]);
    expect((await someone.call('POST', `/leads/${one}/merge`, { absorb: [two] })).status).toBe(428);
    const { fingerprint } = (await someone.call('POST', `/leads/${one}/merge/preview`, { absorb: [two] })).json;
    await someone.call('PATCH', `/leads/${two}`, { name: 'Changed' }, '"v1"');
    expect(await refused({ absorb: [two], fingerprint })).toEqual([412, 'merge-preview-stale', undefined]);
    expect((await merge(newId(), { absorb: [two] })).status).toBe(404);
    expect((await someone.call('POST', `/lead-merges/${newId()}/undo`)).status).toBe(404);
  });

  it('is audited, listed and closed to who may not merge', async () => {
    const [one, two] = await three();
    const { mergeId } = (await merge(one, { absorb: [two] })).json;
    await someone.call('POST', `/lead-merges/${mergeId}/undo`);
    const actions = (await auditOf(app, one)).map(({ action }) => action);
    expect(actions).toEqual(['lead.created', 'lead.updated', 'lead.merged', 'lead.updated', 'lead.merge-undone']);
    expect((await auditOf(app, two)).map(({ action }) => action)).toEqual(['lead.created', 'lead.deleted', 'lead.restored']);
    const listed = await someone.all<{ id: string; undoneAt: string }>(`/lead-merges?survivorId=${one}`);
    expect(listed).toEqual([(await someone.call('GET', `/lead-merges/${mergeId}`)).json]);
    expect(listed[0]?.undoneAt).toBeTruthy();
    const member = reviewerOf(app, await addMember(app, someone.actor, 'member'));
    expect((await member.call('POST', `/leads/${one}/merge`, { absorb: [two] }, '"v1"')).status).toBe(403);
    const stranger = reviewerOf(app, await makeOrganization(app));
    expect((await stranger.call('GET', `/lead-merges/${mergeId}`)).status).toBe(404);
    const theirs = await stranger.lead({ name: 'Other' });
    expect(await stranger.call('POST', `/leads/${theirs.id}/merge`, { absorb: [two] }, '"v1"')).toMatchObject({
      status: 422,
      json: { code: 'leads-to-merge-unknown' },
    });
  });
});
