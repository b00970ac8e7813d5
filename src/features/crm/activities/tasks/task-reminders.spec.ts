import { describe, expect, it } from '@jest/globals';
import { systemScope, type Scope } from '../../../../platform/database/scope.js';
import { newId } from '../../../../shared/ids.js';
import { TaskReminders } from './task-reminders.js';

type Parts = ConstructorParameters<typeof TaskReminders>;

describe('queueing reminders', () => {
  it('queues those of all other organizations when those of one cannot be, and fails only then', async () => {
    const [broken, other] = [newId(), newId()];
    const waiting = new Map([broken, other].map((id) => [id, 1]));
    const queued: string[] = [];
    const run = (scope: Scope, work: (tx: { scope: Scope }) => Promise<unknown>) => work({ scope });
    const parts = [
      { write: run, asSystem: (_: string, scope: Scope, work: (tx: { scope: Scope }) => Promise<unknown>) => run(scope, work) },
      {
        dueOrganizations: () => Promise.resolve([...waiting.keys()]),
        claim: ({ scope }: { scope: Scope }) => {
          if (scope.organizationId === broken) return Promise.reject(new Error('broken'));
          return Promise.resolve(waiting.delete(scope.organizationId) ? [{ taskId: newId(), remindAt: '2030-01-01T00:00:00.000Z' }] : []);
        },
      },
      {},
      { enqueue: ({ scope }: { scope: Scope }) => Promise.resolve(queued.push(scope.organizationId)) },
      {},
      { now: () => new Date() },
    ] as unknown as Parts;
    const looking = new TaskReminders(...parts).queueDue({ scope: systemScope('test'), signal: new AbortController().signal });
    await expect(looking).rejects.toThrow('broken');
    expect(queued).toEqual([other]);
  });
});
