import { Injectable } from '@nestjs/common';
import { Ai } from '../../../platform/ai/ai.js';
import type { AiSource, AiToolCall, FinishReason } from '../../../platform/ai/ai-types.js';
import { Clock } from '../../../platform/clock/clock.js';
import { ToolBox } from '../tools/tool-box.js';
import { fault } from '../tools/tool-outcome.js';
import { type Dialogue, withFocus } from '../turns/dialogue.js';
import { TurnEnds } from '../turns/turn-ends.js';
import { CHAT_PROMPT } from './chat.prompt.js';
import type { ChatTurn, EngineAnswer } from './engine.js';
import { openingMessages, stepMessages } from './model-messages.js';

/** How often a model may look at outcomes and call again, and how many calls one message may make. */
const MOST_STEPS = 8;
const MOST_CALLS = 40;
/** Pieces of an answer are told to followers at most this often. */
const TELL_EVERY_MS = 150;

interface Step {
  readonly text: string;
  readonly calls: readonly AiToolCall[];
  readonly source: AiSource & { readonly reason: FinishReason };
}

const CUT = 'I stopped here, because this took too many steps. Tell me how to go on.';
const SILENT = 'The model gave no answer to that. What was done, if anything, is listed beside this message; try it in other words.';
const TOO_MANY: ReturnType<typeof fault> = fault({
  code: 'too-many-calls',
  message: `One message makes at most ${MOST_CALLS} calls. Tell the person what is done and what is left.`,
});

/** Lets a model answer: it asks for tools, they are called under the person's rights, and it words what came of it. */
@Injectable()
export class ModelEngine {
  constructor(
    private readonly ai: Ai,
    private readonly box: ToolBox,
    private readonly ends: TurnEnds,
    private readonly clock: Clock,
  ) {}

  /** Throws the problems of the gateway when no model could answer. */
  async answer(turn: ChatTurn): Promise<EngineAnswer> {
    const { journal } = turn;
    journal.takeOver();
    let last: Step | undefined;
    for (let step = journal.lastStep + 1; step <= MOST_STEPS; step++) {
      journal.step = step;
      last = await this.step(turn);
      if (last.calls.length === 0) break;
      // What was said beside calls is no answer: the answer comes when their outcomes are known.
      if (last.text !== '') journal.tell('restart', {});
      for (const call of last.calls) await this.call(turn, call);
      await this.ends.tell(turn);
    }
    const answer = answerOf(last);
    if (answer !== last?.text) journal.tell('token', { text: answer });
    const engine = last ? `${last.source.engine}/${last.source.model}` : 'model';
    return {
      answer,
      engine,
      isFallback: last?.source.isFallback ?? false,
      isStreamed: true,
      dialogue: dialogueAfter(turn),
      suggestions: [],
    };
  }

  private async call(turn: ChatTurn, { name, arguments: given, fault: why }: AiToolCall): Promise<void> {
    turn.signal.throwIfAborted();
    const call = { tool: name, arguments: given };
    if (turn.journal.made.length >= MOST_CALLS) turn.journal.add(call, TOO_MANY);
    else if (why === 'malformed-arguments')
      turn.journal.add(call, fault({ code: 'malformed-arguments', message: 'The arguments are no JSON object. Send them again.' }));
    else await this.box.call(turn, call);
  }

  private async step(turn: ChatTurn): Promise<Step> {
    const { scope, signal, journal } = turn;
    const messages = [...openingMessages(turn, this.clock.now()), ...stepMessages(journal.made)];
    const tools = this.box.offered(scope).map(({ name, description, input }) => ({ name, description, input }));
    let text = '';
    let untold = '';
    let calls: AiToolCall[] = [];
    let toldAt = performance.now();
    const tell = async (): Promise<void> => {
      if (untold !== '') journal.tell('token', { text: untold });
      untold = '';
      toldAt = performance.now();
      await this.ends.tell(turn);
    };
    for await (const event of this.ai.converse(scope, { feature: 'assistant', prompt: CHAT_PROMPT, messages, tools, signal })) {
      if (event.type === 'text-delta') {
        text += event.text;
        untold += event.text;
        if (performance.now() - toldAt > TELL_EVERY_MS) await tell();
      } else if (event.type === 'tool-call') calls.push(event);
      else if (event.type === 'restart') {
        if (text !== '') journal.tell('restart', {});
        [text, untold, calls] = ['', '', []];
      } else if (event.type === 'finish') {
        await tell();
        return { text: text.trim(), calls, source: event };
      }
    }
    throw new Error('a step of a conversation ends with finish or throws');
  }
}

/** The words of the last step; when it had none, or was not the last that was wanted, we say so. */
function answerOf(last: Step | undefined): string {
  if (last === undefined || last.calls.length > 0) return CUT;
  return last.text === '' ? SILENT : last.text;
}

/** Whom the tools spoke of last: "him" in the next message, also when another engine answers it. */
function dialogueAfter({ dialogue, journal }: ChatTurn): Dialogue {
  let after = dialogue;
  for (const { outcome } of journal.made) {
    const lead = outcome.ok ? (outcome.result['lead'] as { id?: string; name?: string } | undefined) : undefined;
    if (lead?.id !== undefined && lead.name !== undefined) after = withFocus(after, { id: lead.id, name: lead.name });
  }
  return after;
}
