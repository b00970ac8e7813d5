import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import type { Settings } from '../../../platform/config/settings.js';
import type { Bus } from '../../../platform/database/bus.js';
import type { SealedEvent } from '../../audit/index.js';
import { DispatcherLoop } from './dispatcher-loop.js';
import { matches, type WebhookDispatcher } from './webhook-dispatcher.js';
import type { WebhookSender } from './webhook-sender.js';

/** A loop whose dispatcher and bus do what they are told. */
class Bench {
  readonly dispatched: string[] = [];
  readonly warnings: string[] = [];
  readonly asked: (readonly string[] | undefined)[] = [];
  listening = ['a', 'b', 'c'];
  failures = new Set<string>();
  made = 0;
  /** Turns an organization needs until its events are looked through. */
  readonly turns = new Map<string, number>();
  wakes = 0;
  isOpen = false;
  sealed: (ids: string) => void = () => undefined;
  reconnected: () => void = () => undefined;

  loop(role: string): DispatcherLoop {
    return new DispatcherLoop(
      {
        listening: async (among?: readonly string[]) => {
          this.asked.push(among);
          if (this.failures.has('database')) throw new Error('no database');
          return this.listening.filter((id) => among === undefined || among.includes(id));
        },
        turn: async (id: string) => {
          if (this.failures.has(id)) throw new Error('no luck');
          this.dispatched.push(id);
          await turn();
          const left = (this.turns.get(id) ?? 1) - 1;
          this.turns.set(id, left);
          return { made: this.made, isMore: left > 0 };
        },
      } as unknown as WebhookDispatcher,
      { open: () => (this.isOpen = true), close: async () => (this.isOpen = false), wake: () => this.wakes++ } as unknown as WebhookSender,
      {
        subscribe: (_: string, listener: (ids: string) => void) => {
          this.sealed = listener;
          return () => (this.sealed = () => undefined);
        },
        onReconnect: (action: () => void) => (this.reconnected = action),
      } as unknown as Bus,
      { role } as Settings,
      { warn: (_: unknown, text: string) => void this.warnings.push(text) } as never,
    );
  }
}

const settled = async (): Promise<void> => {
  for (let n = 0; n < 10; n++) await turn();
};

describe('the dispatcher loop', () => {
  let bench: Bench;
  let loop: DispatcherLoop;

  beforeEach(async () => {
    bench = new Bench();
    loop = bench.loop('all');
    loop.onApplicationBootstrap();
    await settled();
  });

  it('looks at everybody at first, then at those whose events were sealed', async () => {
    expect([bench.asked, bench.dispatched]).toEqual([[undefined], ['a', 'b', 'c']]);
    bench.made = 2;
    bench.sealed('b,x');
    await settled();
    expect(bench.asked[1]).toEqual(['b', 'x']);
    expect(bench.dispatched.slice(3)).toEqual(['b']);
    expect(bench.wakes).toBe(1);
    await loop.beforeApplicationShutdown();
    expect(bench.isOpen).toBe(false);
    bench.sealed('a');
    await settled();
    expect(bench.asked).toHaveLength(2);
  });

  it('lets the trouble of one organization be that of no other, and goes on after trouble of the database', async () => {
    bench.failures.add('a');
    bench.sealed('a,b');
    await settled();
    expect(bench.dispatched.slice(3)).toEqual(['b']);
    bench.failures.add('database');
    bench.sealed('c');
    await settled();
    expect(bench.warnings).toHaveLength(2);
    bench.failures.clear();
    bench.reconnected();
    await settled();
    expect(bench.dispatched.slice(4)).toEqual(['a', 'b', 'c']);
    await loop.beforeApplicationShutdown();
  });

  it('gives everybody a turn while one has a hundred thousand events, and stops between two turns of it', async () => {
    bench.turns.set('a', 1_000);
    bench.sealed('a,b');
    await settled();
    bench.sealed('c');
    await settled();
    expect(bench.dispatched.slice(3)).toEqual(expect.arrayContaining(['b', 'c']));
    expect(bench.dispatched.filter((id) => id === 'a').length).toBeGreaterThan(2);
    await loop.beforeApplicationShutdown();
    expect(bench.dispatched.length).toBeLessThan(50);
  });

  it('does nothing in a process that only serves', async () => {
    await loop.beforeApplicationShutdown();
    const api = new Bench();
    const quiet = api.loop('api');
    quiet.onApplicationBootstrap();
    await settled();
    expect([api.asked, api.isOpen]).toEqual([[], false]);
    await quiet.beforeApplicationShutdown();
  });
});

describe('matches', () => {
  const event = (seq: number, action: string, occurredAt = '2026-11-21T10:00:00.000Z'): SealedEvent =>
    ({ seq, action, occurredAt }) as SealedEvent;
  const webhook = (id: string, events: string[], enabledAt = '2026-11-21T09:00:00.000Z') => ({ id, events, enabledAt });

  it('makes one message for each event and each webhook that wants it', () => {
    const events = [event(1, 'lead.created'), event(2, 'session.started'), event(3, 'role.created'), event(4, 'lead.moved')];
    const found = matches(events, [webhook('all', ['*']), webhook('leads', ['lead.*']), webhook('none', ['file.*'])]);
    expect(found.map(({ webhookId, seq }) => [seq, webhookId])).toEqual([
      [1, 'all'],
      [1, 'leads'],
      [3, 'all'],
      [4, 'all'],
      [4, 'leads'],
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(5);
  });

  it('leaves out what was before a webhook was switched on', () => {
    const late = webhook('w', ['*'], '2026-11-21T10:00:00.001Z');
    expect(matches([event(1, 'lead.created'), event(2, 'lead.created', '2026-11-21T10:00:00.001Z')], [late]).map(({ seq }) => seq)).toEqual(
      [2],
    );
  });
});
