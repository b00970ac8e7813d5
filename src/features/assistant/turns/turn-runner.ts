import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { Engines } from '../engines/engines.js';
import { RunTurn, type RunTurnPayload } from './run-turn.jobs.js';
import { TurnEnds } from './turn-ends.js';
import { ConversationOrder } from './conversation-order.js';
import { TurnBeginnings } from './turn-beginnings.js';

/** Answers messages, one after the other in each conversation; an attempt that follows a crash goes on after what was done. */
@Injectable()
export class TurnRunner {
  constructor(
    private readonly order: ConversationOrder,
    private readonly beginnings: TurnBeginnings,
    private readonly engines: Engines,
    private readonly ends: TurnEnds,
  ) {}

  @Handles(RunTurn)
  async run({ jobId, scope, payload, signal }: JobContext<RunTurnPayload>): Promise<{ conversationId: string }> {
    const { conversationId } = payload;
    const acting = assistantScope(scope, conversationId);
    const open = await this.order.whenNext(acting, jobId, signal);
    if (open && !open.isFinished) {
      const turn = await this.beginnings.turnOf(acting, { turnId: jobId, open, signal });
      await this.ends.finish(turn, await this.engines.answer(turn));
    }
    return { conversationId };
  }
}

/** The person's rights; whatever is done is done by the assistant for them, and the audit trail says so. */
function assistantScope(scope: Scope, conversationId: string): Scope {
  return { ...scope, actor: { type: 'assistant', id: conversationId, userId: scope.actor.userId } };
}
