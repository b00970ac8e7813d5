import {
  bulkhead,
  BrokenCircuitError,
  BulkheadRejectedError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  type IRetryBackoffContext,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { retryDelayMs } from '../../../shared/backoff.js';
import { EngineFailure } from '../engines/engine-failure.js';

export interface GuardLimits {
  readonly timeoutMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly baseMs: number;
  readonly maxMs: number;
  /** A vendor that wants a longer wait than this is left for the next engine instead. */
  readonly patienceMs: number;
  readonly concurrency: number;
  /** Calls that may wait for a free place. */
  readonly queue: number;
  /** Failures in a row after which the engine is left alone. */
  readonly failuresInARow: number;
  readonly restMs: number;
}

/**
 * Wait before a retry: full jitter below a doubling limit, but never less than what the vendor asked for. The jitter is added to that,
 * so that callers who were sent away together do not come back together.
 */
export function retryWaitMs(
  attempt: number,
  asked: number | undefined,
  limits: Pick<GuardLimits, 'baseMs' | 'maxMs'>,
  random: () => number,
): number {
  return (asked ?? 0) + retryDelayMs(attempt, limits, random);
}

/** What stands between us and one engine: limit of calls at once, timeout, retries, and a circuit breaker shared by all its calls. */
export class EngineGuard {
  private readonly retries;
  private readonly inner;
  private readonly breaker: CircuitBreakerPolicy;
  private restsUntil = 0;

  constructor(
    private readonly limits: GuardLimits,
    private readonly now: () => number,
    random: () => number = Math.random,
  ) {
    const isWorthIt = handleWhen((error) => isPatient(error, limits.patienceMs));
    const isTrouble = handleWhen((error) => error instanceof EngineFailure && error.isTrouble);
    const wait = ({ attempt, result }: IRetryBackoffContext<unknown>): number =>
      retryWaitMs(attempt, 'error' in result ? askedFor(result.error) : undefined, limits, random);
    this.retries = retry(isWorthIt, { maxAttempts: limits.retries, backoff: new DelegateBackoff(wait) }).dangerouslyUnref();
    this.breaker = circuitBreaker(isTrouble, { halfOpenAfter: limits.restMs, breaker: new ConsecutiveBreaker(limits.failuresInARow) });
    this.breaker.onBreak(() => (this.restsUntil = this.now() + limits.restMs));
    this.inner = wrap(bulkhead(limits.concurrency, limits.queue), timeout(limits.timeoutMs, TimeoutStrategy.Aggressive));
  }

  /**
   * Runs one call, possibly several times. Throws `EngineFailure`, or the reason of `signal` the moment it is aborted, whether the call is
   * waiting, running or between two attempts. What an attempt does is stopped by the signal it is given.
   */
  async run<T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([this.retries.execute(() => this.unlessResting(attempt, signal), signal), aborted]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw this.failureOf(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** While one call tries whether a rested engine answers again, the others go elsewhere instead of waiting for how that goes. */
  private async unlessResting<T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.breaker.state === CircuitState.HalfOpen) throw this.resting();
    return this.breaker.execute(() => this.once(attempt, signal), signal);
  }

  /** One attempt; a caller who gave up says nothing about the engine, so the breaker must not see it as a failure. */
  private async once<T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const wasClosed = !this.isOpen();
    try {
      return await this.inner.execute(({ signal: inner }) => {
        // Whoever waited for a place may get it after the engine was found not to answer.
        if (wasClosed && this.isOpen()) throw this.resting();
        return attempt(inner);
      }, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw this.failureOf(error);
    }
  }

  private failureOf(error: unknown): EngineFailure {
    if (error instanceof EngineFailure) return error;
    if (error instanceof BrokenCircuitError) return this.resting();
    if (error instanceof BulkheadRejectedError)
      return new EngineFailure('busy', 'too many calls are running already', { retryAfterMs: 1000 });
    if (error instanceof TaskCancelledError)
      return new EngineFailure('timed-out', `it took longer than ${Math.round(this.limits.timeoutMs / 100) / 10} s`, { cause: error });
    return new EngineFailure('refused', 'it failed in a way we do not know', { cause: error });
  }

  private isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  private resting(): EngineFailure {
    const retryAfterMs = Math.max(0, this.restsUntil - this.now());
    return new EngineFailure('resting', 'it failed several times in a row and is left alone for a while', { retryAfterMs });
  }
}

function askedFor(error: unknown): number | undefined {
  return error instanceof EngineFailure ? error.more.retryAfterMs : undefined;
}

function isPatient(error: unknown, patienceMs: number): boolean {
  return error instanceof EngineFailure && error.isRetryable && (error.more.retryAfterMs ?? 0) <= patienceMs;
}
