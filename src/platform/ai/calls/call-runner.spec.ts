import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../clock/clock.js';
import { anonymousScope } from '../../database/scope.js';
import type { Logger } from '../../telemetry/telemetry.module.js';
import { AiLedger, type LedgerCall, type LedgerOutcome, type Reservation } from '../ai-ledger.js';
import type { AiTask, EngineName } from '../ai-types.js';
import type { Engine } from '../engines/engine.js';
import { EngineFailure } from '../engines/engine-failure.js';
import type { Candidate, EngineSet } from '../engines/engine-set.js';
import { Prices } from '../prices/prices.js';
import { UnusableAnswer } from './call-failures.js';
import { type Ask, CallRunner } from './call-runner.js';
import type { EngineGuard } from './engine-guard.js';

/** Keeps one budget, as the real one does for one organization. */
class Ledger extends AiLedger {
  readonly closed: [string, EngineName, bigint][] = [];
  reserved = 0n;
  most = 0n;

  constructor(private readonly hardMicros: bigint) {
    super();
  }

  override reserve(_scope: unknown, _call: LedgerCall, mostMicros: bigint): Promise<Reservation> {
    if (mostMicros > this.hardMicros) return Promise.resolve('exhausted');
    this.most = this.reserved = mostMicros;
    return Promise.resolve('reserved');
  }

  override settle(_scope: unknown, _call: LedgerCall, { status, engine, costMicros }: LedgerOutcome): Promise<'within'> {
    this.closed.push([status, engine, costMicros]);
    this.reserved = 0n;
    return Promise.resolve('within');
  }

  override settleIn(): Promise<'within'> {
    return Promise.reject(new Error('the gateway has no transaction open'));
  }
}

const estimate = { likelyIn: 10, mostIn: 10, mostOut: 0, likelyAudioSeconds: 0, mostAudioSeconds: 0 };
const guard = {
  run: (attempt: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal) => attempt(signal),
} as unknown as EngineGuard;
const vendor = (name: EngineName, model: string): Candidate => ({ engine: { name } as Engine, model, guard });
const local: Candidate = { engine: { name: 'local' } as Engine, model: 'local', guard: undefined };

function runner(candidates: Candidate[], hardMicros: bigint) {
  const ledger = new Ledger(hardMicros);
  const engines = { inOrder: () => candidates } as unknown as EngineSet;
  const logger = { warn: () => undefined, error: () => undefined } as unknown as Logger;
  const calls = new CallRunner(engines, ledger, new Prices(['own=0/0', 'dear=1/1', 'dearer=2/2']), new ManualClock(), logger);
  const answer = <T>(ask: Ask<T>, task: AiTask = 'generate-text') =>
    calls.answer({ task, scope: anonymousScope('r', null), call: { feature: 'spec' }, estimate }, ask);
  return { ledger, answer };
}

const asking: Ask<{ by: string }> = (engine, { attempt, meter, priced }) =>
  attempt(() => {
    meter.answered(priced, { tokensIn: 10, tokensOut: 0 }, '');
    return Promise.resolve({ by: engine.name });
  });
const failingFirst: Ask<{ by: string }> = (engine, tools) =>
  engine.name === 'openai' ? Promise.reject(new EngineFailure('down', 'it is down')) : asking(engine, tools);

describe('the budget of a call', () => {
  it('does not stop a server of ones own that costs nothing, wherever it stands in the order', async () => {
    for (const candidates of [
      [vendor('openai', 'own'), vendor('gemini', 'dear')],
      [vendor('gemini', 'dear'), vendor('openai', 'own')],
    ]) {
      const { ledger, answer } = runner(candidates, 0n);
      expect(await answer(asking)).toMatchObject({ by: 'openai', usage: { costMicros: '0' } });
      expect(ledger.closed).toEqual([['succeeded', 'openai', 0n]]);
    }
  });

  it('is asked before the first engine that costs something, and refuses when nobody free is left', async () => {
    const paid = runner([vendor('openai', 'own'), vendor('gemini', 'dear')], 100n);
    expect(await paid.answer(failingFirst)).toMatchObject({ by: 'gemini', isFallback: true, usage: { costMicros: '10' } });
    expect(paid.ledger.most).toBe(10n);
    const broke = runner([vendor('openai', 'own'), vendor('gemini', 'dear')], 9n);
    await expect(broke.answer(failingFirst)).rejects.toMatchObject({ definition: { code: 'ai-budget-exhausted' } });
    const saved = runner([vendor('gemini', 'dear'), local], 9n);
    expect(await saved.answer(asking)).toMatchObject({ by: 'local', isFallback: true });
  });

  it('has room for every engine that may be paid for an object nobody can use', async () => {
    const candidates = [vendor('openai', 'dear'), vendor('gemini', 'dearer')];
    const { ledger, answer } = runner(candidates, 30n);
    const unusable: Ask<never> = async (engine, tools) => {
      await asking(engine, tools);
      throw new UnusableAnswer('it is wrong');
    };
    await expect(answer(unusable, 'generate-object')).rejects.toMatchObject({ definition: { code: 'ai-answer-unusable' } });
    expect(ledger.most).toBe(30n);
    expect(ledger.closed).toEqual([['failed', 'gemini', 30n]]);
    await expect(runner(candidates, 29n).answer(unusable, 'generate-object')).rejects.toMatchObject({
      definition: { code: 'ai-budget-exhausted' },
    });
    expect(await runner(candidates, 20n).answer(asking)).toMatchObject({ by: 'openai' });
  });
});
