import { describe, expect, it } from '@jest/globals';
import type { Database } from '../../../platform/database/database.js';
import { type Scope, systemScope } from '../../../platform/database/scope.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import { newId } from '../../../shared/ids.js';
import type { StageHistoryRepository } from './stage-history.repository.js';
import { StageHistory } from './stage-history.service.js';

/** Organizations that go on all the time: however often one is followed, it is behind again. */
function followed(ids: readonly string[], broken: ReadonlySet<string>): { history: StageHistory; seen: string[] } {
  const seen: string[] = [];
  const run = (scope: Scope, work: (tx: { scope: Scope }) => Promise<unknown>) => work({ scope });
  const db = {
    read: run,
    write: run,
    asSystem: (_: string, scope: Scope, work: (tx: { scope: Scope }) => Promise<unknown>) => run(scope, work),
  };
  const repository = {
    behind: (_: unknown, after: string, most: number) => Promise.resolve(ids.filter((id) => id > after).slice(0, most)),
    isBehind: () => Promise.resolve(true),
    lock: ({ scope }: { scope: Scope }) => {
      seen.push(scope.organizationId);
      if (broken.has(scope.organizationId)) return Promise.reject(new Error('broken'));
      return Promise.resolve({ seq: 0, isFilled: true, filledTo: '' });
    },
    lastOf: () => Promise.resolve(undefined),
  };
  return { history: new StageHistory(db as unknown as Database, repository as unknown as StageHistoryRepository), seen };
}

const context = { scope: systemScope('test'), signal: new AbortController().signal } as unknown as JobContext;

describe('following the trails', () => {
  it('comes to every organization, however many are behind', async () => {
    const ids = Array.from({ length: 1_100 }, () => newId()).sort();
    const { history, seen } = followed(ids, new Set());
    expect(await history.follow(context)).toEqual({ organizations: 1_100 });
    expect(seen).toEqual(ids);
  });

  it('goes on behind one whose history cannot be written, and fails only then', async () => {
    const ids = Array.from({ length: 3 }, () => newId()).sort();
    const { history, seen } = followed(ids, new Set([ids[0] ?? '']));
    await expect(history.follow(context)).rejects.toThrow('broken');
    expect(seen).toEqual(ids);
  });
});
