import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { newId } from '../../shared/ids.js';
import { systemScope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import { Text } from '../http/shapes/fields.js';
import { job } from './definitions.js';
import { Jobs } from './jobs.js';
import { checkedPayload, Outbox } from './outbox.js';
import type { RelaySignal } from './relay-signal.js';

class Payload {
  @Text({ max: 5 }) what: string;
}

const Work = job({ name: 'outbox-spec.work', queue: 'default', payload: Payload, attempts: 1, timeoutMs: 1_000 });

describe('checkedPayload', () => {
  it('gives what will arrive, without what JSON leaves out', () => {
    expect(checkedPayload('x', Payload, { what: 'a', more: undefined })).toEqual({ what: 'a' });
  });

  it.each([[{ what: 'too long' }], [{}], [{ what: 'a', more: 1 }], [['a']]])('never sends %j, which does not fit', (payload) => {
    expect(() => checkedPayload('x', Payload, payload)).toThrow(
      expect.objectContaining({ definition: expect.objectContaining({ status: 500 }) }),
    );
  });
});

describe('Jobs', () => {
  it('does not give an id for a job that was not written', async () => {
    const tx = { scope: systemScope('spec', newId()), query: () => Promise.resolve([]), afterCommit: () => undefined } as unknown as Tx;
    const signal: RelaySignal = { wake: () => undefined };
    const jobs = new Jobs(new Outbox(signal));
    await expect(jobs.enqueue(tx, Work, { what: 'a' })).rejects.toMatchObject({ definition: { status: 500 } });
  });
});
