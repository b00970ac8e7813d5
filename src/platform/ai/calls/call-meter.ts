import type { AiUsage } from '../ai-types.js';
import type { EngineUsage } from '../engines/engine.js';
import type { Prices } from '../prices/prices.js';
import { type Estimate, likelyTokens } from './estimate.js';

/** Vendors count in words of their own; what is no such number counts as not said. Nothing uses a billion of anything. */
const MOST_COUNTED = 1e9;
const whole = (count: number | undefined): number | undefined => (Number.isInteger(count) ? length(count) : undefined);
const length = (seconds: number | undefined): number | undefined =>
  typeof seconds === 'number' && seconds >= 0 && seconds <= MOST_COUNTED ? seconds : undefined;

/** Adds up what one call uses, over attempts, repairs and engines. */
export class CallMeter {
  attempts = 0;
  /** An attempt has begun whose end nobody has told yet. */
  private isRunning = false;
  /** Bytes streamed in the attempt that runs now; what broke off is charged by them. */
  private streamed = 0;
  private tokensIn = 0;
  private tokensOut = 0;
  private audioSeconds = 0;
  private certainMicros = 0n;
  private guessedMicros = 0n;
  private isEstimated = false;

  constructor(
    private readonly prices: Prices,
    private readonly estimate: Estimate,
  ) {}

  begin(): void {
    this.attempts++;
    this.isRunning = true;
    this.streamed = 0;
  }

  /** The attempt failed in a way that costs nothing. */
  failed(): void {
    this.isRunning = false;
  }

  stream(text: string): void {
    this.streamed += Buffer.byteLength(text);
  }

  /** An answer came; what its engine did not count is estimated. Without a price it was free. `textOut` is the answer where there is one. */
  answered(priced: string | undefined, { tokensIn, tokensOut, audioSeconds }: EngineUsage, textOut?: string): void {
    this.isRunning = false;
    const { likelyIn, mostIn, likelyAudioSeconds, mostAudioSeconds } = this.estimate;
    const out = whole(tokensOut) ?? likelyTokens(textOut === undefined ? this.streamed : Buffer.byteLength(textOut));
    const used = { tokensIn: whole(tokensIn) ?? likelyIn, tokensOut: out, audioSeconds: length(audioSeconds) ?? likelyAudioSeconds };
    this.tokensIn += used.tokensIn;
    this.tokensOut += used.tokensOut;
    this.audioSeconds += used.audioSeconds;
    if (whole(tokensIn) === undefined && mostIn > 0) this.isEstimated = true;
    if (length(audioSeconds) === undefined && mostAudioSeconds > 0) this.isEstimated = true;
    if (priced !== undefined) this.certainMicros += this.prices.cost(priced, used);
  }

  /** An attempt was given up after the vendor may have begun to work: it may well be on the bill. */
  brokeOff(model: string): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    const { likelyIn, likelyAudioSeconds } = this.estimate;
    const used = { tokensIn: likelyIn, tokensOut: likelyTokens(this.streamed), audioSeconds: likelyAudioSeconds };
    this.guessedMicros += this.prices.cost(model, used);
    this.isEstimated = true;
  }

  /** Forgets the tokens, not the money, of an engine that gave no answer: the row tells of the one that did. */
  nextEngine(): void {
    [this.tokensIn, this.tokensOut, this.audioSeconds] = [0, 0, 0];
  }

  /** Guesses never take a call past what was set aside for it: the hard limit is not broken by what we do not know. */
  total(reservedMicros: bigint): { micros: bigint; usage: AiUsage } {
    const room = reservedMicros > this.certainMicros ? reservedMicros - this.certainMicros : 0n;
    const micros = this.certainMicros + (this.guessedMicros < room ? this.guessedMicros : room);
    const { tokensIn, tokensOut, audioSeconds, isEstimated } = this;
    return { micros, usage: { tokensIn, tokensOut, audioSeconds, costMicros: micros.toString(), isEstimated } };
  }
}
