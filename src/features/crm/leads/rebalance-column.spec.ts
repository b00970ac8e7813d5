import { describe, expect, it } from '@jest/globals';
import { newId } from '../../../shared/ids.js';
import { systemScope } from '../../../platform/database/scope.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import type { RebalanceColumnPayload } from './leads.jobs.js';
import { RebalanceColumnHandler } from './rebalance-column.js';

const payload = { stageId: newId(), epoch: 4 } as unknown as RebalanceColumnPayload;

async function ran(epoch: number): Promise<{ result: unknown; calls: string[] }> {
  const calls: string[] = [];
  const parts = [
    { write: (_: unknown, body: (tx: object) => Promise<unknown>) => body({}) },
    {
      close: () => Promise.resolve(epoch),
      cards: () => (calls.push('cards'), Promise.resolve([])),
      write: () => (calls.push('write'), Promise.resolve()),
    },
  ] as unknown as ConstructorParameters<typeof RebalanceColumnHandler>;
  const context = { scope: systemScope('spec'), payload } as unknown as JobContext<RebalanceColumnPayload>;
  return { result: await new RebalanceColumnHandler(...parts).run(context), calls };
}

describe('giving a column short order keys', () => {
  it('does nothing when the job is delivered a second time', async () => {
    expect(await ran(5)).toEqual({ result: { changed: 0 }, calls: [] });
  });

  it('writes nothing to a column that has no cards any more', async () => {
    expect(await ran(4)).toEqual({ result: { changed: 0 }, calls: ['cards'] });
  });
});
