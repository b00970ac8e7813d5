import { describe, expect, it } from '@jest/globals';
import { APICallError, JSONParseError } from 'ai';
import fc from 'fast-check';
import { loadSettings } from '../../config/load-settings.js';
import { SettingsError } from '../../config/settings-error.js';
import { unitVectors } from '../calls/unit-vectors.js';
import { EngineFailure } from './engine-failure.js';
import { EngineSet, wantedEngines } from './engine-set.js';
import type { Engine } from './engine.js';
import { localRanking } from './local-ranking.js';
import { streamFailure, vendorFailure } from './vendor-failure.js';

const now = new Date('2026-11-21T12:00:00Z');
const KEY = 'k7Zp2Qm9Xw4Rt6Yb1Nc8Vd3Fg5Hj0LsA';
const settingsWith = (env: Record<string, string>) => loadSettings({ SECRET_KEY: KEY, ...env });

function faultsOf(env: Record<string, string>): Record<string, string> {
  try {
    settingsWith(env);
    return {};
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return Object.fromEntries(error.faults.map((fault) => [fault.env, fault.problem]));
  }
}

describe('settings of AI', () => {
  it('are all local without a word, and name the key that is missing', () => {
    expect([...wantedEngines(settingsWith({}))]).toEqual(['local']);
    expect(faultsOf({ AI_CHAT_ENGINES: 'openai,local', AI_EMBEDDING_ENGINES: 'voyage,gemini', AI_SPEECH_ENGINES: 'assemblyai' })).toEqual({
      OPENAI_API_KEY: 'is missing, openai is one of the AI engines that are wanted',
      VOYAGE_API_KEY: 'is missing, voyage is one of the AI engines that are wanted',
      GEMINI_API_KEY: 'is missing, gemini is one of the AI engines that are wanted',
      ASSEMBLYAI_API_KEY: 'is missing, assemblyai is one of the AI engines that are wanted',
    });
  });

  it('need no key for a server of one’s own that speaks OpenAI', () => {
    expect(faultsOf({ AI_CHAT_ENGINES: 'openai', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' })).toEqual({});
    expect(faultsOf({ AI_CHAT_ENGINES: 'openai', OPENAI_BASE_URL: 'https://eu.api.openai.com/v1' })).toHaveProperty('OPENAI_API_KEY');
  });

  it('refuse engines that cannot do the task, typing errors, and prices that are none', () => {
    expect(
      faultsOf({ AI_RERANK_ENGINES: 'openai', AI_CHAT_ENGINE: 'local', AI_PRICES: 'x=free', AI_TEXT_ENGINES: 'local,claude' }),
    ).toMatchObject({
      AI_RERANK_ENGINES: 'expected engines of local, voyage, separated by commas',
      AI_CHAT_ENGINE: 'is not a setting',
      AI_PRICES: expect.stringContaining('my-model=0.20/0.60'),
      AI_TEXT_ENGINES: expect.stringContaining('local, openai, gemini'),
    });
    expect(settingsWith({ AI_PRICES: 'llama3.1:8b=0/0, mine=1.5' }).aiPrices).toEqual(['llama3.1:8b=0/0', 'mine=1.5']);
  });
});

describe('EngineSet', () => {
  const engine = (name: Engine['name'], model: string | undefined): Engine => ({ name, modelOf: () => model });

  it('gives the engines of a task in the order of the settings, with a guard before vendors', () => {
    const settings = settingsWith({ AI_TEXT_ENGINES: 'gemini,local,openai', GEMINI_API_KEY: 'x', OPENAI_API_KEY: 'x' });
    const set = new EngineSet([engine('local', 'local'), engine('openai', 'o'), engine('gemini', 'g')], settings, () => now);
    const order = set.inOrder('generate-text');
    expect(order.map(({ engine: { name }, model }) => [name, model])).toEqual([
      ['gemini', 'g'],
      ['local', 'local'],
      ['openai', 'o'],
    ]);
    expect(order.map(({ guard }) => guard !== undefined)).toEqual([true, false, true]);
    expect(set.inOrder('generate-text', 'openai').map(({ engine: { name } }) => name)).toEqual(['openai']);
    expect(set.inOrder('generate-text', 'voyage')).toEqual([]);
    expect(set.vendorModels()).toEqual(['g', 'o']);
    // One guard for all calls to an engine, another for speech, which takes longer.
    expect(set.inOrder('generate-object')[0]?.guard).toBe(order[0]?.guard);
    expect(new EngineSet([engine('local', undefined)], settings, () => now).inOrder('transcribe')).toEqual([]);
  });
});

describe('vendorFailure', () => {
  const call = (more: object) =>
    new APICallError({ message: 'secret prompt', url: 'http://x', requestBodyValues: { prompt: 'secret prompt' }, ...more });

  it.each([
    [
      call({ statusCode: 429, responseHeaders: { 'retry-after': '3' } }),
      { kind: 'rate-limited', more: { retryAfterMs: 3000, status: 429 } },
    ],
    [call({ statusCode: 500, responseBody: 'secret prompt' }), { kind: 'down' }],
    [call({ statusCode: 200 }), { kind: 'broken-answer' }],
    [call({}), { kind: 'down', message: 'it cannot be reached' }],
    [new JSONParseError({ text: 'secret prompt', cause: new Error('x') }), { kind: 'broken-answer' }],
    [new TypeError('secret prompt'), { kind: 'refused', message: 'it failed in a way we do not know (TypeError)' }],
    ['secret prompt', { kind: 'refused' }],
    [new EngineFailure('busy', 'as it is'), { kind: 'busy', message: 'as it is' }],
  ])('reads %#, and keeps nothing of the request', (error, wanted) => {
    const failure = vendorFailure(error, now);
    expect(failure).toMatchObject(wanted);
    expect(failure.cause).toBeUndefined();
    expect(JSON.stringify([failure.message, failure.more])).not.toContain('secret');
  });

  it('takes whatever happens in the middle of a stream for an answer that broke off', () => {
    expect(streamFailure(new TypeError('terminated'), now)).toMatchObject({ kind: 'broken-answer' });
    expect(streamFailure({ message: 'overloaded' }, now)).toMatchObject({ kind: 'broken-answer' });
    expect(streamFailure(call({ statusCode: 503 }), now)).toMatchObject({ kind: 'down' });
    expect(streamFailure(call({ statusCode: 200 }), now)).toMatchObject({ kind: 'broken-answer' });
  });
});

describe('localRanking', () => {
  const unit = (...given: number[]) => unitVectors([given], 1)[0];

  it('puts words and nearness together, rare words first', () => {
    const documents = ['the notice period', 'the price', 'the price of notice', 'nothing of it'];
    const same = { query: unit(1), documents: documents.map(() => unit(1)) };
    expect(localRanking({ query: 'Notice the price', documents }, same)[0]?.index).toBe(2);
    const near = { query: unit(1, 0), documents: [unit(0, 1), unit(1, 1), unit(1, 0), unit(-1, 0)] };
    expect(localRanking({ query: '...', documents }, near).map(({ index }) => index)).toEqual([2, 1, 0, 3]);
  });

  it('names every document once, best first, with scores from 0 to 1', () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.string(),
        numbers,
        fc.array(fc.tuple(fc.string(), numbers), { minLength: 1, maxLength: 12 }),
        (query, vector, given) => {
          const documents = given.map(([text]) => text);
          const ranking = localRanking({ query, documents }, { query: unit(...vector), documents: given.map(([, one]) => unit(...one)) });
          expect(ranking.map(({ index }) => index).sort((a, b) => a - b)).toEqual(documents.map((_, index) => index));
          expect(ranking.every(({ score }, at) => score >= 0 && score <= 1.000001 && score <= (ranking[at - 1]?.score ?? 2))).toBe(true);
        },
      ),
    );
  });
});

describe('unitVectors', () => {
  it('refuses what cannot be stored or compared', () => {
    expect(() => unitVectors([[1]], 2)).toThrow('1 vectors for 2 texts');
    expect(() => unitVectors([[]], 1)).toThrow('0 dimensions');
    expect(() => unitVectors([Array<number>(1025).fill(1)], 1)).toThrow('1025 dimensions');
    expect(() => unitVectors([[Number.NaN]], 1)).toThrow('not made of numbers');
    expect(unitVectors([[0, 0]], 1)[0]?.every((value) => value === 0)).toBe(true);
  });
});
