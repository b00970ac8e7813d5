import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalEngines } from '../../src/platform/ai/local-engines.js';
import { fence, spoken } from '../../src/platform/ai/marked-text.js';
import { prompt } from '../../src/platform/ai/prompts/prompt.js';
import type { Scope } from '../../src/platform/database/scope.js';
import type { TestActor } from '../harness/actors.js';
import { type AiBench, all, Found, ledgerOf, someone, spendingOf, startAiBench, SUMMARY, textOf, TURN } from './ai-bench.js';

const UNKNOWN = prompt({ name: 'test.unknown', version: 1, system: 'Nobody can do this here.' });

let bench: AiBench;
let actor: TestActor;
let scope: Scope;

beforeAll(async () => {
  bench = await startAiBench({});
  const locals = bench.app.nest.get(LocalEngines);
  locals.registerText(SUMMARY, (_, { input }) => `${input.length}: ${input.map(({ raw }) => raw).join('|')}`);
  locals.registerObject(SUMMARY, (_, { input }) => ({ name: input[0]?.raw ?? '' }));
  locals.registerConversation(TURN, {
    async *converse({ organizationId }, { messages, tools = [], signal }) {
      yield { type: 'text-delta', text: `${messages.length} in ${organizationId}` };
      for (const { name } of tools) yield { type: 'tool-call', id: name, name, arguments: {} };
      signal?.throwIfAborted();
      yield { type: 'finish', reason: tools.length > 0 ? 'tool-calls' : 'stop' };
    },
  });
});

afterAll(async () => {
  await bench.close();
});

beforeEach(async () => {
  ({ actor, scope } = await someone(bench));
});

const free = { engine: 'local', isFallback: false, budget: 'within', usage: { costMicros: '0', isEstimated: true } };

describe('without any key', () => {
  it('features answer for their own prompts, free and metered', async () => {
    const call = { feature: 'tests', prompt: SUMMARY, input: [fence('Ada <<< x', 'note'), spoken('Hi')] };
    expect(await bench.ai.generateText(scope, call)).toMatchObject({ ...free, text: '2: Ada <<< x|Hi', model: 'local' });
    expect(await bench.ai.generateObject(scope, { ...call, shape: Found })).toMatchObject({ ...free, object: { name: 'Ada <<< x' } });
    const events = await all(
      bench.ai.converse(scope, {
        feature: 'tests',
        prompt: TURN,
        messages: [{ role: 'user', content: [spoken('Hi')] }],
        tools: [{ name: 'look', description: 'Looks.', input: Found }],
      }),
    );
    expect(textOf(events)).toBe(`1 in ${actor.organizationId}`);
    expect(events.slice(1)).toMatchObject([
      { type: 'tool-call', name: 'look' },
      { type: 'usage' },
      { type: 'finish', reason: 'tool-calls', ...free },
    ]);
    const rows = await ledgerOf(bench, actor);
    expect(rows.map(({ task }) => task)).toEqual(['generate-text', 'generate-object', 'converse']);
    expect(
      rows.every(({ status, cost_micros, reserved_micros }) => status === 'succeeded' && cost_micros === '0' && reserved_micros === '0'),
    ).toBe(true);
    expect(await spendingOf(bench, actor)).toEqual({ spent: '0', reserved: '0' });
  });

  it('says what to set where nobody can answer', async () => {
    const call = { feature: 'tests', prompt: UNKNOWN, input: [] };
    const answers: [Promise<unknown>, RegExp][] = [
      [bench.ai.generateText(scope, call), /no local engine for "test\.unknown"\. Set AI_TEXT_ENGINES to openai or gemini/],
      [bench.ai.generateObject(scope, { ...call, shape: Found }), /Set AI_TEXT_ENGINES/],
      [all(bench.ai.converse(scope, { ...call, messages: [{ role: 'user', content: [spoken('Hi')] }] })), /Set AI_CHAT_ENGINES/],
      [
        bench.ai.transcribe(scope, { feature: 'tests', audio: new Uint8Array(1), mediaType: 'audio/wav' }),
        /^Set AI_SPEECH_ENGINES to assemblyai/,
      ],
      [bench.ai.embedMany(scope, { feature: 'tests', texts: ['a'], as: 'query', onlyEngine: 'voyage' }), /Set AI_EMBEDDING_ENGINES/],
    ];
    for (const [answer, detail] of answers) {
      await expect(answer).rejects.toMatchObject({
        definition: { code: 'ai-not-configured', status: 501 },
        details: { detail: expect.stringMatching(detail) },
      });
    }
  });

  it('makes vectors and an order that are the same every time', async () => {
    const texts = ['Payment is due within 30 days.', 'The fee must be paid in a month.', 'The weather is fine.', ''];
    const embed = () => bench.ai.embedMany(scope, { feature: 'tests', texts, as: 'document' });
    const [first, second] = [await embed(), await embed()];
    expect(first.vectors).toEqual(second.vectors);
    expect(first).toMatchObject({ ...free, vectors: { length: 4 } });
    const ranking = await bench.ai.rerank(scope, { feature: 'tests', query: 'when is payment due', documents: texts });
    expect(ranking).toMatchObject({ ...free, ranking: { length: 4, 0: { index: 0 } } });
    expect(ranking.ranking.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
  });

  it('stops between texts when the caller gives up', async () => {
    const stop = new AbortController();
    const running = bench.ai.embedMany(scope, {
      feature: 'tests',
      texts: Array<string>(200).fill('a b c'),
      as: 'query',
      signal: stop.signal,
    });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect((await ledgerOf(bench, actor))[0]).toMatchObject({ status: 'cancelled', cost_micros: '0' });
  });

  it('takes one local engine for a prompt, and lets its mistakes be seen', async () => {
    const locals = bench.app.nest.get(LocalEngines);
    expect(() => locals.registerText(SUMMARY, () => '')).toThrow('has a local engine already');
    const broken = prompt({ name: 'test.broken', version: 1, system: 'x' });
    locals.registerText(broken, () => {
      throw new Error('a mistake of ours');
    });
    await expect(bench.ai.generateText(scope, { feature: 'tests', prompt: broken, input: [] })).rejects.toThrow('a mistake of ours');
    expect((await ledgerOf(bench, actor))[0]).toMatchObject({ status: 'failed', cost_micros: '0' });
  });
});
