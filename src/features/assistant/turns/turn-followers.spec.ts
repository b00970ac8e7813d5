import { describe, expect, it } from '@jest/globals';
import { nextEvents } from './turn-followers.js';

const event = (seq: number) => ({ seq, kind: 'token', data: { text: `${seq}` } });
const ids = (told: ReturnType<typeof nextEvents>) => [told.events.map(({ id, event: kind }) => `${id} ${kind}`), told.isLast];

describe('what followers of a turn are told', () => {
  const task = { id: 't' };

  it.each([
    ['nothing, when the turn is gone', undefined, 0, [[], true]],
    ['what is there while it runs', { events: [event(1)], state: 'PROCESSING', task, lastSeq: 1 }, 0, [['1 token'], false]],
    ['the end after the last event', { events: [event(2)], state: 'SUCCESS', task, lastSeq: 2 }, 1, [['2 token', '3 done'], true]],
    ['no end while there is more', { events: [event(1)], state: 'SUCCESS', task, lastSeq: 2 }, 0, [['1 token'], false]],
    ['the end again, to who has seen it', { events: [], state: 'FAILURE', task, lastSeq: 2 }, 3, [['3 done'], true]],
  ] as const)('is %s', (_, news, seq, told) => expect(ids(nextEvents(news, seq))).toEqual(told));
});
