import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { makeOrganization } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { type Reviewer, reviewerOf } from './scanning.js';

let app: TestApp;
let someone: Reviewer;

beforeAll(async () => {
  app = await startTestApp();
  someone = reviewerOf(app, await makeOrganization(app));
}, 60_000);
afterAll(() => app.close());

const merge = async (id: string, absorb: string[]): Promise<Answer> =>
  someone.call('POST', `/leads/${id}/merge`, { absorb }, `"v${String((await someone.view(id))['version'])}"`);
const merged = async (id: string, absorb: string[]): Promise<string> => (await merge(id, absorb)).json.mergeId as string;
const undo = (id: string) => someone.call('POST', `/lead-merges/${id}/undo`);
const restore = (id: string) => someone.call('POST', `/leads/${id}/restore`);
const leads = async (...names: string[]): Promise<string[]> => {
  const made: string[] = [];
  for (const name of names) made.push((await someone.lead({ name })).id);
  return made;
};

/** Changes a lead in a transaction that is committed only when the request waits for it, as somebody who was a moment earlier would. */
async function meanwhile(leadId: string, change: string, request: () => Promise<Answer>): Promise<Answer> {
  const other = new pg.Client({ connectionString: app.database.urls.owner });
  await other.connect();
  try {
    await other.query('begin');
    await other.query(`update leads set ${change}, version = version + 1, updated_at = now() where id = $1`, [leadId]);
    const answer = request();
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (let tries = 0; tries < 200 && (await app.database.owner.query(waiting)).rowCount === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await other.query('commit');
    return await answer;
  } finally {
    await other.end();
  }
}

describe('merging while others work on the same leads', () => {
  it('takes a lead that is moved meanwhile as it then is', async () => {
    const [one = '', two = ''] = await leads('Mara Silva', 'Mara da Silva');
    const answer = await meanwhile(two, `status = 'proposal-sent'`, () => merge(one, [two]));
    expect(answer.status).toBe(200);
    expect((await undo(answer.json.mergeId as string)).json.undone).toMatchObject({ restoredIds: [two] });
    expect(await someone.view(two)).toMatchObject({ status: 'proposal-sent' });
  });

  it('says of a survivor that is moved meanwhile that it was changed, not that it is gone', async () => {
    const [one = '', two = ''] = await leads('Rui Costa', 'Rui A. Costa');
    expect((await meanwhile(one, `status = 'proposal-sent'`, () => merge(one, [two]))).json).toMatchObject({ code: 'edit-conflict' });
  });

  it('leaves no note, task or link on a lead that is absorbed meanwhile', async () => {
    const [one = '', two = ''] = await leads('Ines Melo', 'Ines B. Melo');
    for (const [path, body] of [
      ['notes', { body: 'Called' }],
      ['tasks', { title: 'Call', dueOn: '2030-01-01' }],
    ] as const) {
      const answer = await meanwhile(two, 'deleted_at = now()', () => someone.call('POST', `/leads/${two}/${path}`, body));
      expect(answer).toMatchObject({ status: 404, json: { code: 'lead-not-found' } });
      expect((await restore(two)).status).toBe(200);
    }
    const company = (await someone.call('POST', '/companies', { name: 'Melo' })).json.id as string;
    const contact = (await someone.call('POST', '/contacts', { name: 'Ines Melo' })).json.id as string;
    for (const [path, body] of [['company', { companyId: company }] as const, [`contacts/${contact}`, {}] as const]) {
      const answer = await meanwhile(two, 'deleted_at = now()', () => someone.call('PUT', `/leads/${two}/${path}`, body));
      expect(answer).toMatchObject({ status: 404, json: { code: 'lead-not-found' } });
      expect((await restore(two)).status).toBe(200);
    }
    expect((await someone.call('GET', `/leads/${one}/notes`)).status).toBe(200);
  });
});

describe('leads that are merged, brought back and merged again', () => {
  it('finds its way through merges that go in circles', async () => {
    const [one = '', two = ''] = await leads('Lia Nunes', 'Lia C. Nunes');
    for (let round = 0; round < 4; round++) {
      await merged(one, [two]);
      await restore(two);
      await merged(two, [one]);
      await restore(one);
    }
    const last = await merged(one, [two]);
    const started = Date.now();
    expect(await someone.call('GET', `/leads/${two}`)).toMatchObject({ status: 410, json: { mergedInto: one, mergeId: last } });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('leads no further than to a lead that is there', async () => {
    const [one = '', two = '', other = ''] = await leads('Eva Pinto', 'Eva M. Pinto', 'E. Pinto');
    const first = await merged(two, [other]);
    await merged(one, [two]);
    await restore(two);
    expect((await someone.call('GET', `/leads/${other}`)).json).toMatchObject({ code: 'lead-merged', mergedInto: two, mergeId: first });
  });

  it('undoes no merge whose lead was merged elsewhere since', async () => {
    const [one = '', two = '', other = ''] = await leads('Gil Reis', 'Gil D. Reis', 'G. Reis');
    const first = await merged(one, [two]);
    await restore(two);
    const second = await merged(other, [two]);
    expect(await undo(first)).toMatchObject({
      status: 409,
      json: { code: 'merge-not-undoable', mergeId: second, mergedInto: other, leadId: two },
    });
    expect((await someone.call('GET', `/leads/${two}`)).status).toBe(410);
    expect((await undo(second)).status).toBe(200);
    expect((await undo(first)).json.undone).toMatchObject({ restoredIds: [], alreadyBackIds: [two] });
  });
});
