import { Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Tx } from '../../../platform/database/tx.js';
import { LocalCalls } from '../../../platform/ai/local-calls.js';
import { newId } from '../../../shared/ids.js';
import type { OfferedChange } from '../changes/change-ledger.js';
import { CHAT_PROMPT } from '../engines/chat.prompt.js';
import type { ChatTurn, EngineAnswer } from '../engines/engine.js';
import { planText } from '../plans/plan-text.js';
import { PlanDesk } from '../plans/plan-desk.js';
import { PlansRepository } from '../plans/plans.repository.js';
import type { MadeCall } from '../tools/tool-outcome.js';
import { LONGEST_ANSWER, type PlanOffer, type TurnResult } from './chat.shapes.js';
import { conversationTopic } from './conversation-order.js';
import { TurnsRepository } from './turns.repository.js';

/** Topic of the bus that tells followers of a turn, `turn:ID`, that there is something new. */
export const turnTopic = (turnId: string): string => `turn:${turnId}`;

/** Pieces of an answer that was not streamed, as they are told to followers: a line at a time. */
const PIECES = /[^\n]*\n+|[^\n]+$/g;
const MOST_SUGGESTIONS = 10;

/** Writes down what a message came to, in one transaction with all that is left to be told of it. */
@Injectable()
export class TurnEnds {
  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
    private readonly turns: TurnsRepository,
    private readonly plans: PlansRepository,
    private readonly planDesk: PlanDesk,
    private readonly localCalls: LocalCalls,
  ) {}

  /** Tells followers what has happened so far. */
  async tell({ scope, journal, turnId }: ChatTurn): Promise<void> {
    if (!journal.hasNews) return;
    await this.db.write(scope, async (tx) => {
      await journal.save(tx);
      await this.bus.publish(tx, turnTopic(turnId), '');
    });
  }

  finish(turn: ChatTurn, made: EngineAnswer): Promise<void> {
    const { scope, journal, turnId, conversationId } = turn;
    return this.db.write(scope, async (tx) => {
      const plan = await this.waitingPlan(tx, turn);
      const answer = answerOf(made, plan);
      const result: TurnResult = {
        answer,
        engine: made.engine,
        isFallback: made.isFallback,
        toolCalls: journal.made.map(({ tool, arguments: given, outcome }) => ({ tool, arguments: asObject(given), outcome })),
        plan,
        changes: changesOf(journal.made),
        suggestions: made.suggestions.slice(0, MOST_SUGGESTIONS).map((text) => text.slice(0, 200)),
      };
      const isOurs = await this.turns.finish(tx, { id: turnId, result, dialogue: made.dialogue, messageId: newId() });
      if (!isOurs) return;
      await journal.save(tx, { tokens: untold(made, answer) });
      await this.bus.publish(tx, turnTopic(turnId), '');
      await this.bus.publish(tx, conversationTopic(conversationId), '');
      // Last, because the sums of the organization are locked from here to the commit.
      if (made.local) await this.meter(tx, turn, { ...made, ...made.local });
    });
  }

  private meter(tx: Tx, { message }: ChatTurn, work: EngineAnswer & NonNullable<EngineAnswer['local']>): Promise<void> {
    const { startedAt, durationMs, answer, isFallback } = work;
    const call = { feature: 'assistant', task: 'converse', prompt: CHAT_PROMPT } as const;
    return this.localCalls.record(tx, { ...call, startedAt, durationMs, textIn: message, textOut: answer, isFallback });
  }

  private async waitingPlan(tx: Tx, { journal, conversationId }: ChatTurn): Promise<PlanOffer | null> {
    if (!journal.made.some(({ outcome }) => outcome.ok && outcome.planId !== undefined)) return null;
    const plan = await this.plans.pending(tx, conversationId);
    return plan ? this.planDesk.offerOf(plan) : null;
  }
}

/** What a model says of a plan is followed by the plan itself: what is confirmed is what we say, not what it says. */
function answerOf({ answer, isStreamed }: EngineAnswer, plan: PlanOffer | null): string {
  const text = answer.trim();
  if (isStreamed && plan) return shortened(`${text}${text === '' ? '' : '\n\n'}${planText(plan)}`);
  return shortened(text || 'Done.');
}

/** What followers have not been told of an answer yet, a line at a time. */
function untold({ answer, isStreamed }: EngineAnswer, whole: string): string[] {
  const told = isStreamed ? answer.trim() : '';
  return (whole.startsWith(told) ? whole.slice(told.length) : whole).match(PIECES) ?? [];
}

function changesOf(calls: readonly MadeCall[]): OfferedChange[] {
  return calls.flatMap(({ outcome }) => (outcome.ok && outcome.changeId !== undefined ? [outcome.result['change'] as OfferedChange] : []));
}

/** What a model gives as arguments may be anything. */
function asObject(given: unknown): object {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? given : { given };
}

function shortened(text: string): string {
  return text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER - 3)}...` : text;
}
