import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bus } from '../../src/platform/database/bus.js';
import { newId } from '../../src/shared/ids.js';
import { type ProbeDatabase, probeDatabase, scopeFor } from './probe-database.js';

let probe: ProbeDatabase;
beforeAll(async () => {
  probe = await probeDatabase(1);
});
afterAll(() => probe.close());

const LISTENING = `from pg_stat_activity where application_name = 'concord-bus' and datname = current_database()`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 20) {
    if (waited > 8_000) throw new Error('it did not happen within 8 s');
    await pause(20);
  }
}

describe('Bus', () => {
  it('keeps one connection however often the lost one says so', async () => {
    const troubles: Error[] = [];
    const bus = new Bus(probe.test.urls.app, (error) => troubles.push(error));
    await bus.open();
    let reconnects = 0;
    bus.onReconnect(() => reconnects++);
    await probe.test.owner.query(`select pg_terminate_backend(pid) ${LISTENING}`);
    await until(() => reconnects > 0);
    await pause(700);
    const { rows } = await probe.test.owner.query(`select 1 ${LISTENING}`);
    expect([rows.length, reconnects, troubles.length]).toEqual([1, 1, 1]);
    await bus.close();
  });

  it('delivers with the commit only, by topic, until the listener leaves', async () => {
    const bus = new Bus(probe.test.urls.app);
    await bus.open();
    const heard: string[] = [];
    const leave = bus.subscribe('a', (payload) => heard.push(payload));
    const say = (topic: string, text: string): Promise<void> =>
      probe.database.write(scopeFor(newId()), (tx) => bus.publish(tx, topic, text));
    const refused = probe.database.write(scopeFor(newId()), async (tx) => {
      await bus.publish(tx, 'a', 'rolled back');
      throw new Error('stop');
    });
    await expect(refused).rejects.toThrow('stop');
    await say('b', 'other topic');
    await say('a', 'two words');
    await until(() => heard.length > 0);
    leave();
    await say('a', 'too late');
    await pause(100);
    expect(heard).toEqual(['two words']);
    await bus.close();
  });

  it('passes over a bare notification of somebody else', async () => {
    const bus = new Bus(probe.test.urls.app);
    await bus.open();
    const heard: string[] = [];
    bus.subscribe('', (payload) => heard.push(`bare ${payload}`));
    bus.subscribe('a', (payload) => heard.push(payload));
    await probe.test.owner.query('notify concord');
    await probe.database.write(scopeFor(newId()), (tx) => bus.publish(tx, 'a', 'after it'));
    await until(() => heard.includes('after it'));
    expect(heard).toEqual(['after it']);
    await bus.close();
  });

  it('comes back after a lost connection, says so, and hears again', async () => {
    const troubles: Error[] = [];
    const bus = new Bus(probe.test.urls.app, (error) => troubles.push(error));
    await bus.open();
    let reconnects = 0;
    const heard: string[] = [];
    bus.onReconnect(() => reconnects++);
    bus.subscribe('a', (payload) => heard.push(payload));
    await probe.test.owner.query(`select pg_terminate_backend(pid) ${LISTENING}`);
    await until(() => reconnects === 1);
    expect(troubles.length).toBeGreaterThan(0);
    await probe.database.write(scopeFor(newId()), (tx) => bus.publish(tx, 'a', 'again'));
    await until(() => heard.length > 0);
    expect(heard).toEqual(['again']);
    await bus.close();
  });

  it('leaves no connection behind when it is closed while reconnecting', async () => {
    const bus = new Bus(probe.test.urls.app);
    await bus.open();
    const connecting = (bus as unknown as { connect(): Promise<void> }).connect();
    await bus.close();
    await connecting.catch(() => undefined);
    await pause(200);
    expect((await probe.test.owner.query(`select pid ${LISTENING}`)).rows).toEqual([]);
  });
});
