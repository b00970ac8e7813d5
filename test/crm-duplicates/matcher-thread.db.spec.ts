import { describe, expect, it } from '@jest/globals';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DEFAULT_MODEL } from '../../src/features/crm/duplicates/match-model.js';
import { openMatcher } from '../../src/features/crm/duplicates/matcher.js';
import { answerOf, type MatchQuestion } from '../../src/features/crm/duplicates/matching.js';
import { storedModel } from '../../src/features/crm/duplicates/stored-model.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';

/** As it is built: a thread runs no TypeScript. */
const THREAD = pathToFileURL(path.resolve('dist/src/features/crm/duplicates/matcher-thread.js'));
const records = ['Ana Duarte', 'Ana Duarx', 'Hiroshi Tanaka'].map((name, at) => ({
  id: String(at),
  name,
  email: `${at < 2 ? 'ana' : 'h'}@x.example`,
  attributes: {},
}));
const model = storedModel(DEFAULT_MODEL);
const QUESTIONS: readonly MatchQuestion[] = [
  { ask: 'keys', records },
  { ask: 'judge', model, records, pairs: [0, 1, 0, 2, 1, 2], threshold: 0.5 },
  { ask: 'group', model, records, links: [{ left: 0, right: 1, weight: 5 }], apart: [] },
];

describe('the engine in a thread', () => {
  it('answers question after question as it does here', async () => {
    const matcher = openMatcher(new AbortController().signal, THREAD);
    for (const question of QUESTIONS) expect(await matcher.ask(question)).toEqual(answerOf(question));
    await matcher.close();
    await expect(matcher.ask({ ask: 'keys', records })).rejects.toThrow('the matcher is closed');
  });

  it('ends at once when it is told to', async () => {
    const controller = new AbortController();
    const matcher = openMatcher(controller.signal, THREAD);
    const answer = matcher.ask({ ask: 'keys', records });
    controller.abort(new Interruption('cancelled'));
    await expect(answer).rejects.toThrow('the job was cancelled');
    await expect(matcher.ask({ ask: 'keys', records })).rejects.toThrow('the job was cancelled');
    await matcher.close();
  });

  it('tells when a question breaks it', async () => {
    const matcher = openMatcher(new AbortController().signal, THREAD);
    await expect(matcher.ask({ ask: 'judge', model, records, pairs: [0, 9], threshold: 0 })).rejects.toThrow(
      'No records at places 0 and 9',
    );
    await matcher.close();
  });
});
