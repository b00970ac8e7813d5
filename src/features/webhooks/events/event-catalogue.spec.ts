import { describe, expect, it } from '@jest/globals';
import { NIL_ID } from '../../../shared/ids.js';
import type { SealedEvent } from '../../audit/index.js';
import { isSecretName } from '../../audit/audit-details.js';
import { EVENT_PATTERNS, EVENT_TYPES, eventTypeOf, isPrivate, isSubscribed } from './event-catalogue.js';
import { exampleMessageOf, messageIdOf, messageOf } from './event-message.js';
import type { EventType } from './event-type.js';

const ORGANIZATION = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d';
const EVENT: SealedEvent = {
  seq: 7,
  id: '99',
  occurredAt: '2026-11-21T09:30:00.000Z',
  actorType: 'user',
  actorId: ORGANIZATION,
  userId: ORGANIZATION,
  action: 'lead.updated',
  resourceType: 'lead',
  resourceId: ORGANIZATION,
  before: { name: 'Ana', status: 'interest', tags: ['a'], email: 'ana@example.com', version: 1 },
  after: { name: 'Ana', status: 'interest', tags: ['a', 'b'], email: 'new@example.com', version: 2 },
  requestId: 'r1',
};

function typeOf(type: string): EventType {
  const found = eventTypeOf(type);
  if (!found) throw new Error(`${type} is not in the catalogue`);
  return found;
}

describe('the catalogue', () => {
  it('has every type once, with examples of nothing but its facts', () => {
    expect(new Set(EVENT_TYPES.map(({ type }) => type)).size).toBe(EVENT_TYPES.length);
    for (const { type, facts, example, previous = {}, description } of EVENT_TYPES) {
      expect([type, Object.keys({ ...example, ...previous }).filter((name) => !facts.includes(name))]).toEqual([type, []]);
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('sends no secret and no contact data', () => {
    const contact = /^(email|phone|notes|attributes|address|ip|password|key|prefix|last4|url|body)$/;
    for (const { type, facts } of EVENT_TYPES) {
      const odd = facts.filter((name) => isSecretName(name) || (contact.test(name) && !(type.startsWith('role.') && name === 'key')));
      expect([type, odd]).toEqual([type, []]);
    }
  });

  it('keeps apart what is sent and what is not', () => {
    expect(EVENT_TYPES.filter(({ type }) => isPrivate(type))).toEqual([]);
    expect(isPrivate('session.started')).toBe(true);
    expect(isPrivate('lead.created')).toBe(false);
    // The kind is too short for the architecture test to see it in the source.
    for (const action of ['ai.called', 'ai.refused', 'ai.abandoned']) expect([action, isPrivate(action)]).toEqual([action, true]);
    expect(eventTypeOf('user.password-changed')).toBeUndefined();
  });
});

describe('isSubscribed', () => {
  it('takes one type, a kind, or everything', () => {
    expect(isSubscribed(['lead.created'], 'lead.created')).toBe(true);
    expect(isSubscribed(['lead.created'], 'lead.moved')).toBe(false);
    expect(isSubscribed(['lead.*'], 'lead.moved')).toBe(true);
    expect(isSubscribed(['lead.*'], 'lead-import.started')).toBe(false);
    expect(isSubscribed(['*'], 'role.created')).toBe(true);
    expect(isSubscribed([], 'role.created')).toBe(false);
  });

  it('has a pattern for every type', () => {
    expect(EVENT_PATTERNS).toEqual(expect.arrayContaining(['*', 'lead.*', 'lead.moved', 'api-key.*']));
    expect(new Set(EVENT_PATTERNS).size).toBe(EVENT_PATTERNS.length);
  });
});

describe('messageOf', () => {
  it('has the declared facts, and of what was before only what differs', () => {
    expect(messageOf(typeOf('lead.updated'), ORGANIZATION, EVENT)).toEqual({
      type: 'lead.updated',
      timestamp: '2026-11-21T09:30:00.000Z',
      organizationId: ORGANIZATION,
      sequence: 7,
      actor: { type: 'user', id: ORGANIZATION, userId: ORGANIZATION },
      resource: { type: 'lead', id: ORGANIZATION },
      data: { name: 'Ana', status: 'interest', tags: ['a', 'b'], version: 2 },
      previous: { tags: ['a'], version: 1 },
    });
  });

  it('has nothing but ids when the details were erased, and nobody where the system acted', () => {
    const erased = { ...EVENT, before: null, after: null, actorType: 'system', actorId: NIL_ID, userId: NIL_ID } as const;
    const message = messageOf(typeOf('lead.updated'), ORGANIZATION, erased);
    expect(message).toMatchObject({ data: {}, previous: {}, actor: { type: 'system', id: null, userId: null } });
  });

  it('has the same id whenever it is sent', () => {
    expect(messageIdOf(ORGANIZATION, 7)).toBe('evt_01936f2e7c1a7b529c1e5d6a1f0b2c3d_7');
  });

  it('shows an example of every type', () => {
    for (const type of EVENT_TYPES) {
      expect(exampleMessageOf(type, ORGANIZATION, EVENT.occurredAt)).toMatchObject({ type: type.type, sequence: null, data: type.example });
    }
  });
});
