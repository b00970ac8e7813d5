import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ActivitiesService } from '../../src/features/crm/index.js';
import { Database } from '../../src/platform/database/database.js';
import { type Scope, systemScope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { auditOf, type Caller, callerOf } from '../crm/caller.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let actor: TestActor;
let api: Caller;

beforeAll(async () => {
  app = await startTestApp();
  actor = await makeOrganization(app);
  api = callerOf(app, actor.token);
});
afterAll(() => app.close());

const assistant = (): Scope => ({
  ...systemScope('test', actor.organizationId),
  actor: { type: 'assistant', id: newId(), userId: actor.userId },
});

describe('notes and tasks in a transaction that is open', () => {
  it('are made and put away together, for the person behind the assistant', async () => {
    const leadId = (await api.lead({ name: 'Ana' })).id;
    const [db, activities] = [app.nest.get(Database), app.nest.get(ActivitiesService, { strict: false })];
    const [note, task] = await db.write(assistant(), async (tx) => [
      await activities.addNote(tx, { leadId, body: 'By chat' }),
      await activities.addTask(tx, { leadId, title: 'Call', dueAt: '2030-01-01T00:00:00Z', reminders: [10] }),
    ]);
    expect((await api.get(`/notes/${note.id}`)).json).toMatchObject({ body: 'By chat', authorId: actor.userId });
    expect((await api.get(`/tasks/${task.id}`)).json).toMatchObject({ title: 'Call', assigneeId: actor.userId });
    expect(await auditOf(app, note.id)).toMatchObject([{ action: 'note.created', actor_type: 'assistant' }]);
    await db.write(assistant(), async (tx) => {
      await activities.removeNote(tx, note.id);
      await activities.removeTask(tx, task.id);
    });
    for (const path of [`/notes/${note.id}`, `/tasks/${task.id}`]) expect((await api.get(path)).status).toBe(404);
    const { rows } = await app.database.owner.query('select 1 from task_reminders where task_id = $1', [task.id]);
    expect(rows).toEqual([]);
  });

  it('are not there when the rest of the transaction fails', async () => {
    const leadId = (await api.lead({ name: 'Rui' })).id;
    const [db, activities] = [app.nest.get(Database), app.nest.get(ActivitiesService, { strict: false })];
    const work = db.write(assistant(), async (tx) => {
      await activities.addNote(tx, { leadId, body: 'Never' });
      await activities.addTask(tx, { leadId: newId(), title: 'For nobody' });
    });
    await expect(work).rejects.toMatchObject({ definition: { code: 'lead-not-found' } });
    expect((await api.get(`/leads/${leadId}/notes`)).json.items).toEqual([]);
  });
});
