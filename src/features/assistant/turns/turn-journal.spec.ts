import { describe, expect, it } from '@jest/globals';
import type { MadeCall } from '../tools/tool-outcome.js';
import { TurnJournal } from './turn-journal.js';

const made = (number: number, tool: string): MadeCall => ({
  number,
  step: 1,
  tool,
  arguments: {},
  outcome: { ok: true, result: { number } },
});
/** Nothing here is written down, so there is no need of a database. */
const journalOf = (...calls: MadeCall[]): TurnJournal =>
  new TurnJournal(undefined as never, 't', { calls, lastEvent: 7, understood: null });

describe('the journal of a turn', () => {
  it('gives back what an attempt before has done, in its order, and then nothing', () => {
    const journal = journalOf(made(1, 'search_leads'), made(2, 'create_lead'));
    expect(journal.again({ tool: 'search_leads', arguments: {} })).toMatchObject({ result: { number: 1 } });
    expect(journal.again({ tool: 'create_lead', arguments: {} })).toMatchObject({ result: { number: 2 } });
    expect(journal.again({ tool: 'create_lead', arguments: {} })).toBeUndefined();
    expect([journal.made.length, journal.lastStep, journal.hasNews]).toEqual([2, 1, false]);
  });

  it('keeps what was done when something else is asked for now, and numbers on after it', () => {
    const journal = journalOf(made(1, 'search_leads'), made(2, 'create_lead'));
    expect(journal.again({ tool: 'get_lead', arguments: {} })).toBeUndefined();
    journal.add({ tool: 'get_lead', arguments: {} }, { ok: true, result: {} });
    expect(journal.made.map(({ number, tool }) => [number, tool])).toEqual([
      [1, 'search_leads'],
      [2, 'create_lead'],
      [3, 'get_lead'],
    ]);
    expect(journal.hasNews).toBe(true);
  });
});
