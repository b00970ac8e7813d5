import { Injectable } from '@nestjs/common';
import { newId } from '../../shared/ids.js';
import type { Tx } from '../database/tx.js';
import { AiLedger } from './ai-ledger.js';
import type { AiTask } from './ai-types.js';
import { likelyTokens } from './calls/estimate.js';
import { Prices } from './prices/prices.js';
import type { Prompt } from './prompts/prompt.js';

/** Work a feature did itself where a model could have. */
export interface LocalCall {
  readonly feature: string;
  readonly task: AiTask;
  readonly prompt: Prompt;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly textIn: string;
  readonly textOut: string;
  /** True when it was done because no model could. */
  readonly isFallback: boolean;
}

/**
 * Meters what a feature does without a model but not through `Ai`, because its tools run in the middle of it: the same row, sums and audit
 * as any call of the local engine, in the transaction of its effect. It costs nothing, so no budget is asked.
 */
@Injectable()
export class LocalCalls {
  constructor(
    private readonly ledger: AiLedger,
    private readonly prices: Prices,
  ) {}

  async record(tx: Tx, { feature, task, prompt, startedAt, durationMs, textIn, textOut, isFallback }: LocalCall): Promise<void> {
    const call = { id: newId(), feature, task, promptName: prompt.name, promptVersion: prompt.version, startedAt };
    await this.ledger.settleIn(tx, call, {
      status: 'succeeded',
      engine: 'local',
      model: 'local',
      tokensIn: likelyTokens(Buffer.byteLength(textIn)),
      tokensOut: likelyTokens(Buffer.byteLength(textOut)),
      audioSeconds: 0,
      costMicros: 0n,
      prices: this.prices.version,
      isEstimated: false,
      isFallback,
      attempts: 0,
      durationMs: Math.round(durationMs),
    });
  }
}
