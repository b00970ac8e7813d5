import { Inject, Injectable } from '@nestjs/common';
import { AiBudgetExhausted, AiNotConfigured, AiUnavailable } from '../../../platform/ai/ai.errors.js';
import { Settings } from '../../../platform/config/settings.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { LOGGER, type Logger } from '../../../platform/telemetry/telemetry.module.js';
import type { ChatTurn, EngineAnswer } from './engine.js';
import { LocalEngine } from './local-engine.js';
import { ModelEngine } from './model-engine.js';

const UNABLE: ReadonlySet<string> = new Set([AiUnavailable, AiNotConfigured, AiBudgetExhausted].map(({ definition }) => definition.code));

/** Chooses who answers: what the settings say, and the local engine when that cannot. */
@Injectable()
export class Engines {
  constructor(
    private readonly local: LocalEngine,
    private readonly model: ModelEngine,
    private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async answer(turn: ChatTurn): Promise<EngineAnswer> {
    if (!this.wantsModel || this.isDecision(turn)) return this.local.answer(turn);
    try {
      return await this.model.answer(turn);
    } catch (error) {
      if (!(error instanceof Problem) || !UNABLE.has(error.definition.code)) throw error;
      this.logger.warn({ reason: error.definition.code, turn_id: turn.turnId }, 'the local engine answers for the model');
      return this.instead(turn);
    }
  }

  private get wantsModel(): boolean {
    const [first] = this.settings.aiChatEngines;
    return first !== undefined && first !== 'local';
  }

  /** A yes or no to a plan, and the answer to a question of the local engine, are the person's own and never go through a model. */
  private isDecision(turn: ChatTurn): boolean {
    const isAsked = turn.dialogue.question !== undefined;
    if (!turn.pending && !isAsked) return false;
    const decisions: ReadonlySet<string> = new Set(isAsked ? ['confirm', 'decline', 'choose'] : ['confirm', 'decline']);
    return this.local.understood(turn).commands.some(({ kind }) => decisions.has(kind));
  }

  /** The local answer, unless the model has begun to act: then nothing is done a second time. */
  private async instead(turn: ChatTurn): Promise<EngineAnswer> {
    const done = turn.journal.made.filter(({ outcome }) => outcome.ok && (outcome.changeId ?? outcome.planId) !== undefined);
    turn.journal.tell('restart', {});
    if (done.length === 0) return { ...(await this.local.answer(turn)), isFallback: true };
    const summaries = done.map(({ outcome }) => summaryOf(outcome.ok ? outcome.result : {}));
    const answer = `The model stopped answering in the middle. What it did: ${summaries.join('; ')}. Look whether something is left to do.`;
    return { answer, engine: 'local', isFallback: true, isStreamed: false, dialogue: turn.dialogue, suggestions: ['undo'] };
  }
}

function summaryOf(result: Readonly<Record<string, unknown>>): string {
  const change = result['change'] as { summary?: string } | undefined;
  const title = typeof result['title'] === 'string' ? `asked you to confirm: ${result['title']}` : undefined;
  return change?.summary ?? title ?? 'a change';
}
