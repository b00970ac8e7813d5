import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RebalanceColumn } from '../../src/features/crm/leads/leads.jobs.js';
import { Database } from '../../src/platform/database/database.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { HandlerRegistry } from '../../src/platform/messaging/handler-registry.js';
import { Jobs } from '../../src/platform/messaging/jobs.js';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { never, say, VendorServer } from '../harness/vendors/vendor-server.js';
import { talkerOf } from './chatting.js';

describe('the queue of the assistant', () => {
  let app: TestApp;
  let vendors: VendorServer;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    app = await startTestApp({
      ...vendors.environment,
      AI_CHAT_ENGINES: 'openai',
      AI_RETRIES: '0',
      WORKER_CONCURRENCY: '1',
      ASSISTANT_CONCURRENCY: '2',
      SHUTDOWN_GRACE_SECONDS: '2',
    });
  });
  afterAll(async () => {
    await app.close();
    await vendors.close();
  }, 30_000);

  it('answers while another job takes all the time there is', async () => {
    const actor = await makeOrganization(app);
    const me = talkerOf(app, actor.token);
    const handler = app.nest.get(HandlerRegistry, { strict: false }).get(RebalanceColumn.name) as unknown as {
      run: () => Promise<unknown>;
    };
    const { run } = handler;
    let begin = (): void => undefined;
    let end = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const ended = new Promise<void>((resolve) => (end = resolve));
    handler.run = () => {
      begin();
      return ended;
    };
    try {
      const payload = { pipelineId: newId(), status: 'interest', epoch: 0 };
      const jobs = app.nest.get(Jobs, { strict: false });
      const scope = systemScope('test', actor.organizationId);
      await app.nest.get(Database, { strict: false }).write(scope, (tx) => jobs.enqueue(tx, RebalanceColumn, payload, { visible: false }));
      await begun;
      vendors.script('openai.chat', say('Here I am.'));
      expect((await me.say('hello')).answer).toBe('Here I am.');
    } finally {
      end();
      handler.run = run;
    }
  });

  it('does not keep those who wait for their own conversation from giving way to others', async () => {
    const slow = talkerOf(app, (await makeOrganization(app)).token);
    vendors.script('openai.chat', never());
    const first = await slow.send('think for a long time');
    const waiting = [await slow.send('and then?'), await slow.send('and then?')];
    const other = talkerOf(app, (await makeOrganization(app)).token);
    vendors.always('openai.chat', () => say('Next.'));
    expect((await other.say('hello')).answer).toBe('Next.');
    expect((await slow.call('POST', `/chat/tasks/${first.taskId}/cancel`)).status).toBe(200);
    for (const { taskId } of waiting) expect(await slow.done(taskId)).toMatchObject({ status: 'SUCCESS', answer: 'Next.' });
  }, 30_000);
});
