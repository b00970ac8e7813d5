import { describe, expect, it } from '@jest/globals';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { searchDuplicates } from '../../src/features/crm/duplicates/duplicate-search.js';
import { searchInThread } from '../../src/features/crm/duplicates/search-aside.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';

/** As it is built: a thread runs no TypeScript. */
const THREAD = pathToFileURL(path.resolve('dist/src/features/crm/duplicates/duplicate-search-thread.js'));
const SYLLABLES = 'ba ko mi ra ten sol ver dun lak hol pre sti nor wel gar fin'.split(' ');
const word = (number: number): string => [0, 1, 2].map((at) => SYLLABLES[(number >> (at * 4)) & 15]).join('');

/** People with a city they share, and for every third one a second record with a typing error. */
const records = Array.from({ length: 2_400 }, (_, at) => {
  const person = at % 3 === 2 ? at - 1 : at;
  const name = `${word(person * 7)} ${word(person * 13 + 5)}`;
  return {
    name: at % 3 === 2 ? `${name}x` : name,
    company: '',
    email: '',
    phone: '',
    attributes: { city: word(person % 40), card: String(1_000_000 + person * 37) },
  };
});

describe('the duplicate search in a thread', () => {
  it('finds the same, while this thread goes on', async () => {
    // On a busy machine everything waits, so what counts is that this thread went on many times meanwhile, not how soon each time.
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    const found = await searchInThread({ fresh: records, existing: [] }, new AbortController().signal, THREAD);
    clearInterval(turning);
    expect(found.length).toBeGreaterThan(700);
    expect(found).toEqual(searchDuplicates({ fresh: records, existing: [] }));
    expect(turns).toBeGreaterThan(5);
  }, 60_000);

  it('ends at once when it is told to', async () => {
    const controller = new AbortController();
    const search = searchInThread({ fresh: records, existing: [] }, controller.signal, THREAD);
    controller.abort(new Interruption('cancelled'));
    await expect(search).rejects.toThrow('the job was cancelled');
  });

  it('tells when a thread breaks', async () => {
    const nowhere = pathToFileURL(path.resolve('dist/no-such-thread.js'));
    await expect(searchInThread({ fresh: [], existing: [] }, new AbortController().signal, nowhere)).rejects.toThrow();
  });
});
