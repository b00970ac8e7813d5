import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { Clock } from '../../clock/clock.js';
import { type Scope } from '../../database/scope.js';
import { assertNoOpenTransaction } from '../../database/transactions.js';
import { LOGGER, type Logger } from '../../telemetry/telemetry.module.js';
import { AiLedger, type LedgerCall, type LedgerOutcome } from '../ai-ledger.js';
import type { AiCall, AiSource, AiTask } from '../ai-types.js';
import type { Engine } from '../engines/engine.js';
import { EngineFailure } from '../engines/engine-failure.js';
import { type Candidate, EngineSet } from '../engines/engine-set.js';
import { Prices } from '../prices/prices.js';
import type { Prompt } from '../prompts/prompt.js';
import { allFailed, budgetExhausted, type EngineFault, notConfigured } from './call-failures.js';
import { CallMeter } from './call-meter.js';
import type { Estimate } from './estimate.js';

/** Runs one request to the engine under its guard: with timeout, retries and all. */
export type Attempt = <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export interface Asked<C extends AiCall> {
  readonly task: AiTask;
  readonly scope: Scope;
  readonly call: C & { readonly prompt?: Prompt };
  readonly estimate: Estimate;
}

/** Puts a call to one engine. What it used is told to the meter; what it throws is an `EngineFailure` or a problem. */
export type Ask<T> = (
  engine: Engine,
  tools: { readonly attempt: Attempt; readonly meter: CallMeter; readonly priced: string | undefined },
) => Promise<T>;

/** A call on its way: what was set aside for it, what it used, who failed. */
interface Run {
  readonly entry: LedgerCall;
  readonly meter: CallMeter;
  readonly faults: EngineFault[];
  readonly began: number;
  reservedMicros: bigint;
  isOutOfBudget: boolean;
}

/** One way for every call: engines in order, budget before, metering after, whatever happens. */
@Injectable()
export class CallRunner {
  constructor(
    private readonly engines: EngineSet,
    private readonly ledger: AiLedger,
    private readonly prices: Prices,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Asks the engines of a task in their order until one answers. Throws `ai-not-configured`, `ai-unavailable`, `ai-answer-unusable` or
   * `ai-budget-exhausted`, or the reason of the call's signal.
   */
  async answer<C extends AiCall, T>(asked: Asked<C>, ask: Ask<T>): Promise<T & AiSource> {
    const { task, scope, call, estimate } = asked;
    assertNoOpenTransaction('an AI engine');
    call.signal?.throwIfAborted();
    const candidates = this.candidates(task, call);
    const run: Run = {
      entry: this.entry(asked),
      meter: new CallMeter(this.prices, estimate),
      faults: [],
      began: performance.now(),
      reservedMicros: 0n,
      isOutOfBudget: false,
    };
    for (const [index, candidate] of candidates.entries()) {
      if (!(await this.hasBudget(asked, run, candidates.slice(index)))) continue;
      const answer = await this.tryOne(asked, candidate, run, ask);
      if (answer) return answer;
    }
    const last = candidates.at(-1);
    if (last && !run.isOutOfBudget) await this.settle(scope, run, last, 'failed');
    throw allFailed(run.faults, run.isOutOfBudget);
  }

  private candidates(task: AiTask, call: AiCall): Candidate[] {
    const reasons: string[] = [];
    const able = this.engines.inOrder(task, call.onlyEngine).filter(({ engine }) => {
      const reason = engine.cannot?.(task, call);
      if (reason !== undefined) reasons.push(reason);
      return reason === undefined;
    });
    if (able.length === 0) throw notConfigured(task, reasons);
    return able;
  }

  /**
   * Sets money aside once, before the first engine that costs something: for the dearest of those that may still be asked, and for all of
   * them where one may be paid for an answer nobody can use. Local engines and servers of one's own that cost nothing need no budget.
   */
  private async hasBudget<C extends AiCall>(
    { task, scope, estimate }: Asked<C>,
    run: Run,
    remaining: readonly Candidate[],
  ): Promise<boolean> {
    const [own = 0n, ...others] = remaining.map((candidate) => this.mostOf(candidate, estimate));
    if (own === 0n) return true;
    if (run.isOutOfBudget) return false;
    if (run.reservedMicros > 0n) return true;
    const isPaidAnyway = task === 'generate-object';
    const most = others.reduce((sum, cost) => (isPaidAnyway ? sum + cost : cost > sum ? cost : sum), own);
    if ((await this.ledger.reserve(ledgerScope(scope), run.entry, most)) === 'exhausted') {
      run.isOutOfBudget = true;
      if (!others.includes(0n)) throw budgetExhausted();
      return false;
    }
    run.reservedMicros = most;
    return true;
  }

  private mostOf({ guard, model }: Candidate, { mostIn, mostOut, mostAudioSeconds }: Estimate): bigint {
    return guard ? this.prices.cost(model, { tokensIn: mostIn, tokensOut: mostOut, audioSeconds: mostAudioSeconds }) : 0n;
  }

  private async tryOne<C extends AiCall, T>(
    asked: Asked<C>,
    candidate: Candidate,
    run: Run,
    ask: Ask<T>,
  ): Promise<(T & AiSource) | undefined> {
    const { scope, call, task } = asked;
    const { engine, model, guard } = candidate;
    run.meter.nextEngine();
    try {
      const priced = guard ? model : undefined;
      const attempt = this.attempt(candidate, call.signal ?? new AbortController().signal, run.meter);
      const answer = await ask(engine, { attempt, meter: run.meter, priced });
      return { ...answer, ...(await this.settle(scope, run, candidate, 'succeeded')) };
    } catch (error) {
      // Whoever gives up, we or the vendor's clock, does so while the vendor works: that may well be on the bill.
      const isTimeout = error instanceof EngineFailure && error.kind === 'timed-out';
      if (guard && (call.signal?.aborted || isTimeout)) run.meter.brokeOff(model);
      if (call.signal?.aborted) {
        await this.settle(scope, run, candidate, 'cancelled');
        throw error;
      }
      if (!(error instanceof EngineFailure)) {
        await this.settle(scope, run, candidate, 'failed');
        throw error;
      }
      run.faults.push({ engine: engine.name, failure: error });
      const { kind, message, more } = error;
      this.logger.warn({ engine: engine.name, model, task, kind, upstream_status: more.status, reason: message }, 'AI engine failed');
      return undefined;
    }
  }

  /** Local engines run as they are; vendors behind their guard, and an answer that broke off is charged by what came of it. */
  private attempt({ guard, model }: Candidate, signal: AbortSignal, meter: CallMeter): Attempt {
    if (!guard) return (request) => request(signal);
    return (request) =>
      guard.run(async (inner) => {
        meter.begin();
        try {
          return await request(inner);
        } catch (error) {
          if (inner.aborted) throw error;
          if (error instanceof EngineFailure && error.kind === 'broken-answer') meter.brokeOff(model);
          else meter.failed();
          throw error;
        }
      }, signal);
  }

  /** Also when the ledger cannot be written: an answer that was paid for is given all the same, and a sweep settles what stayed open. */
  private async settle(scope: Scope, run: Run, { engine, model, guard }: Candidate, status: LedgerOutcome['status']): Promise<AiSource> {
    const { micros, usage } = run.meter.total(run.reservedMicros);
    const source = { engine: engine.name, model, isFallback: run.faults.length > 0 || run.isOutOfBudget, usage };
    const outcome: LedgerOutcome = {
      ...source,
      ...usage,
      status,
      costMicros: micros,
      isEstimated: guard !== undefined && usage.isEstimated,
      prices: this.prices.version,
      attempts: run.meter.attempts,
      durationMs: Math.round(performance.now() - run.began),
    };
    // After the money could not be set aside its entry is closed; what answers instead is an entry of its own.
    const entry = run.isOutOfBudget ? { ...run.entry, id: newId() } : run.entry;
    try {
      return { ...source, budget: await this.ledger.settle(ledgerScope(scope), entry, outcome) };
    } catch (error) {
      this.logger.error({ err: error, engine: engine.name, call_id: entry.id }, 'AI call could not be metered');
      return { ...source, budget: 'within' };
    }
  }

  private entry({ task, call }: Asked<AiCall>): LedgerCall {
    const { feature, prompt } = call;
    const startedAt = this.clock.now();
    return { id: newId(), feature, task, promptName: prompt?.name ?? null, promptVersion: prompt?.version ?? null, startedAt };
  }
}

/** A request's `Idempotency-Key` belongs to its use case: metering must not store its answer under it. */
function ledgerScope(scope: Scope): Scope {
  return { ...scope, idempotency: undefined, ifMatch: undefined };
}
