import { describe, expect, it } from '@jest/globals';
import { NIL_ID } from '../../../shared/ids.js';
import type { SealedEvent } from '../../audit/index.js';
import { isShown, pipelinesOf, streamed } from './board-event.js';

const MOVED: SealedEvent = {
  seq: 12,
  id: '99',
  occurredAt: '2026-11-21T09:30:00.000Z',
  actorType: 'user',
  actorId: 'u',
  userId: 'u',
  action: 'lead.moved',
  resourceType: 'lead',
  resourceId: 'l',
  before: { status: 'interest', statusName: 'Interest' },
  after: { status: 'won', statusName: 'Won', version: 2 },
  requestId: null,
};

describe('a board event', () => {
  it('has ids and small facts of a move', () => {
    expect(streamed(MOVED, 'p')).toEqual({
      id: 12,
      event: 'lead.moved',
      data: {
        leadId: 'l',
        pipelineId: 'p',
        status: 'won',
        previousStatus: 'interest',
        version: 2,
        at: '2026-11-21T09:30:00.000Z',
        actor: { type: 'user', userId: 'u' },
      },
    });
  });

  it('says less where less is known: a deletion, erased details, the system', () => {
    const gone = { ...MOVED, action: 'lead.deleted', before: null, after: null, actorType: 'system', userId: NIL_ID } as const;
    expect(streamed(gone, null).data).toMatchObject({
      pipelineId: null,
      status: null,
      previousStatus: null,
      version: null,
      actor: { userId: null },
    });
  });

  it('belongs to the pipelines it names', () => {
    expect(pipelinesOf(MOVED)).toEqual([]);
    expect(pipelinesOf({ before: { pipelineId: 'a' }, after: { pipelineId: 'b' } })).toEqual(['a', 'b']);
    expect(pipelinesOf({ before: { pipelineId: 'a' }, after: null })).toEqual(['a']);
  });

  it.each([
    ['lead.created', 'l', true],
    ['lead.merged', 'l', true],
    ['lead.company-linked', 'l', false],
    ['leads.exported', null, false],
    ['lead.moved', null, false],
    ['role.created', 'r', false],
  ])('%s of %s is shown: %s', (action, resourceId, shown) => {
    expect(isShown({ action, resourceId })).toBe(shown);
  });
});
