import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { demote, type Said, type Talker, talkerOf } from './chatting.js';

/** Whatever version it has. */
const ANY = { 'if-match': '*' };

describe('plans', () => {
  let app: TestApp;
  let actor: TestActor;
  let me: Talker;

  beforeAll(async () => {
    app = await startTestApp();
    actor = await makeOrganization(app);
  });
  afterAll(() => app.close());

  /** A new conversation of the same person, with a plan to delete one new lead. */
  async function planned(name: string): Promise<{ said: Said; id: string; plan: { id: string; token: string } }> {
    me = talkerOf(app, actor.token);
    const { id } = await me.lead({ name });
    const said = await me.say(`delete ${name}`);
    return { said, id, plan: said.result.plan };
  }

  const confirm = (plan: { id: string; token: string }, who: Talker = me) =>
    who.call('POST', `/chat/plans/${plan.id}/confirm`, { token: plan.token });
  const isThere = async (id: string) => (await me.call('GET', `/leads/${id}`)).status === 200;
  const age = (id: string) =>
    app.database.owner.query(`update assistant_plans set expires_at = now() - interval '1 second' where id = $1`, [id]);

  it('are confirmed by their token, once', async () => {
    const { id, plan } = await planned('Ada Once');
    const done = await confirm(plan);
    expect(done.json).toMatchObject({ id: plan.id, state: 'executed', change: { summary: 'Deleted Ada Once' } });
    expect(await isThere(id)).toBe(false);
    expect((await confirm(plan)).json).toMatchObject({ code: 'plan-not-pending', state: 'executed' });
    expect((await me.say('yes')).answer).toContain('There is nothing waiting for a yes');
    expect((await me.call('GET', `/chat/plans/${plan.id}`)).json).toMatchObject({
      state: 'executed',
      token: null,
      changeId: done.json.change.id,
    });
    expect((await auditOf(app, plan.id)).map(({ action }) => action)).toEqual(['plan.made', 'plan.confirmed']);
    expect((await auditOf(app, id)).at(-1)).toMatchObject({ action: 'lead.deleted', actor_type: 'assistant' });
  });

  it('are carried out once by two confirmations at once, and by a yes beside one', async () => {
    const { plan } = await planned('Ada Twice');
    const answers = await Promise.all([confirm(plan), confirm(plan), confirm(plan)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const next = await planned('Ada Thrice');
    const [route, message] = await Promise.all([confirm(next.plan), me.say('yes')]);
    const done = [route.status === 200, message.result.changes.length === 1];
    expect(done.filter(Boolean)).toHaveLength(1);
    expect((await me.call('GET', `/assistant/changes?conversationId=${next.said.conversationId}`)).json.items).toHaveLength(1);
  });

  it('are confirmed by no other token, nobody else and no other conversation', async () => {
    const { id, plan } = await planned('Ada Mine');
    const other = await planned('Ada Other');
    expect((await confirm({ id: plan.id, token: other.plan.token })).json.code).toBe('plan-token-wrong');
    expect((await confirm({ id: plan.id, token: 'x' })).json.code).toBe('plan-token-wrong');
    for (const stranger of [await addMember(app, actor, 'admin'), await makeOrganization(app)]) {
      const who = talkerOf(app, stranger.token);
      expect((await confirm(plan, who)).json.code).toBe('plan-not-found');
      expect((await who.call('GET', `/chat/plans/${plan.id}`)).status).toBe(404);
      expect((await who.call('POST', `/chat/plans/${plan.id}/reject`)).status).toBe(404);
      expect((await who.say('yes')).answer).toContain('nothing waiting');
    }
    expect((await talkerOf(app, actor.token).say('yes')).answer).toContain('nothing waiting');
    expect(await isThere(id)).toBe(true);
  });

  it('are not good for other steps than those that were shown', async () => {
    const { id, plan } = await planned('Ada Shown');
    const victim = await me.lead({ name: 'Ada Hidden' });
    const steps = JSON.stringify([{ op: 'delete', leadId: victim.id, version: 1 }]);
    await app.database.owner.query('update assistant_plans set steps = $2 where id = $1', [plan.id, steps]);
    expect((await confirm(plan)).json.code).toBe('plan-token-wrong');
    expect([await isThere(id), await isThere(victim.id)]).toEqual([true, true]);
  });

  it('are dropped by the route, and then not carried out', async () => {
    const { id, plan } = await planned('Ada Kept');
    expect((await me.call('POST', `/chat/plans/${plan.id}/reject`)).json).toMatchObject({ state: 'rejected', token: null });
    expect((await me.call('POST', `/chat/plans/${plan.id}/reject`)).json.code).toBe('plan-not-pending');
    expect((await confirm(plan)).json.code).toBe('plan-not-pending');
    expect(await isThere(id)).toBe(true);
    expect((await auditOf(app, plan.id)).map(({ action }) => action)).toEqual(['plan.made', 'plan.rejected']);
  });

  it('expire: nothing is done, and the same is offered again', async () => {
    const { id, plan } = await planned('Ada Late');
    await age(plan.id);
    const said = await me.say('yes');
    expect(said.answer).toContain('the plan has expired; nothing was done.');
    expect(said.answer).toContain('Ada Late: would be deleted');
    expect(await isThere(id)).toBe(true);
    const again = said.result.plan;
    await age(again.id);
    const { token } = (await me.call('GET', `/chat/plans/${again.id}`)).json;
    const refused = await confirm({ id: again.id, token });
    expect(refused.json).toMatchObject({ code: 'plan-expired', plan: { title: 'Delete Ada Late' } });
    expect((await confirm(refused.json.plan)).status).toBe(200);
    expect(await isThere(id)).toBe(false);
  });

  it('are stale when a lead has changed since: nothing is done, and the plan is offered as things are now', async () => {
    const { id, plan } = await planned('Ada Stale');
    await me.call('PATCH', `/leads/${id}`, { value: { amountMinor: '100', currency: 'EUR' } }, { 'if-match': '"v1"' });
    const said = await me.say('yes');
    expect(said.answer).toContain('The leads have changed since I asked; nothing was done.');
    expect(said.answer).toContain('€1.00');
    expect(await isThere(id)).toBe(true);
    await me.call('PATCH', `/leads/${id}`, { notes: 'x' }, ANY);
    const refused = await confirm(said.result.plan);
    expect(refused.json).toMatchObject({ code: 'plan-stale', plan: { leadCount: 1 } });
    expect((await confirm(plan)).json.code).toBe('plan-not-pending');
    await me.call('DELETE', `/leads/${id}`);
    expect((await confirm(refused.json.plan)).json).toMatchObject({ code: 'plan-stale', plan: null });
    const gone = await planned('Ada Gone');
    await me.call('DELETE', `/leads/${gone.id}`);
    expect((await me.say('yes')).answer).toContain('None of them is there any more.');
  });

  it('move and change many leads after a yes, and undo them together', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) ids.push((await one.lead({ name: `Lead N${i}`, status: 'meeting-booked' })).id);
    const status = async () =>
      new Set((await one.call('GET', '/leads?limit=100')).json.items.map((lead: { status: string }) => lead.status));
    const asked = await one.say('move all leads in Meeting booked to Proposal sent');
    expect(asked.result.plan).toMatchObject({ title: 'Move 25 leads to Proposal sent', leadCount: 25 });
    expect(asked.result.plan.lines).toHaveLength(20);
    expect(asked.answer).toContain('status: Meeting booked → Proposal sent');
    expect(asked.answer).toContain('and 5 leads more');
    expect(await status()).toEqual(new Set(['meeting-booked']));
    expect((await one.say('yes')).answer).toContain('Moved 25 leads to Proposal sent.');
    expect(await status()).toEqual(new Set(['proposal-sent']));
    expect((await one.say('undo')).answer).toContain('Moved 25 leads to Proposal sent');
    expect(await status()).toEqual(new Set(['meeting-booked']));

    const tagged = await one.say('set the source of all leads in Meeting booked to fair');
    expect(tagged.result.plan).toMatchObject({ title: 'Change 25 leads' });
    await one.say('yes');
    expect((await one.call('GET', '/leads?limit=100&source=fair')).json.items).toHaveLength(25);

    const gone = await one.say('delete all leads in Meeting booked');
    expect(gone.result.plan).toMatchObject({ title: 'Delete 25 leads' });
    await one.say('yes');
    expect((await one.call('GET', '/leads')).json.items).toEqual([]);
    await one.say('undo');
    expect((await one.call('GET', '/leads?limit=100')).json.items).toHaveLength(25);
  });

  it('keep both of two deletions said in one message, and only the last of two messages', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    for (const name of ['Ana Duarte', 'Bo Lind', 'Cy Young']) await one.lead({ name });
    const said = await one.say('Delete Ana Duarte. Delete Bo Lind.');
    expect(said.result.plan).toMatchObject({ title: 'Delete 2 leads', leadCount: 2 });
    const next = await one.say('delete Cy Young');
    expect(next.result.plan).toMatchObject({ title: 'Delete Cy Young' });
    expect((await one.call('GET', `/chat/plans/${said.result.plan.id}`)).json.state).toBe('replaced');
    await one.say('yes');
    expect((await one.call('GET', '/leads?sort=name')).json.items.map((lead: { name: string }) => lead.name)).toEqual([
      'Ana Duarte',
      'Bo Lind',
    ]);
  });

  it('are not offered to who may not delete, and not carried out when the right is gone', async () => {
    const organization = await makeOrganization(app);
    const member = talkerOf(app, (await addMember(app, organization, 'member')).token);
    const { id } = await member.lead({ name: 'Ana Duarte' });
    const said = await member.say('delete Ana Duarte');
    expect(said.answer).toContain('You do not have the permission leads:delete');
    expect(said.result).toMatchObject({ plan: null, toolCalls: [{ tool: 'search_leads' }, { outcome: { ok: false } }] });

    const manager = await addMember(app, organization, 'manager');
    const who = talkerOf(app, manager.token);
    const { result } = await who.say('delete Ana Duarte');
    await demote(app, organization, manager, 'member');
    expect((await confirm(result.plan, who)).json.code).toBe('permission-denied');
    expect((await who.say('yes')).answer).toContain('leads:delete');
    expect((await who.call('GET', `/leads/${id}`)).status).toBe(200);
  });
});
