import type { AiMessage } from '../../../platform/ai/ai-types.js';
import { fence, spoken } from '../../../platform/ai/marked-text.js';
import type { MadeCall, ToolOutcome } from '../tools/tool-outcome.js';
import type { ChatTurn } from './engine.js';

/** Longest outcome of a tool that a model is shown, in characters. */
const LONGEST_OUTCOME = 12_000;

/** What a model is shown before it answers: what was said, then the facts of the organization and the message. */
export function openingMessages({ history, message, facts, scope, dialogue }: ChatTurn, now: Date): AiMessage[] {
  const known = {
    now: now.toISOString(),
    timeZone: facts.timeZone,
    baseCurrency: facts.baseCurrency,
    statuses: facts.stages.map(({ pipelineId, key, name, kind }) => ({ pipelineId, key, name, kind })),
    members: facts.members.map(({ id, name }) => ({ id, name, ...(id === scope.actor.userId ? { isYou: true } : {}) })),
    spokenOf: dialogue.focus ?? [],
  };
  return [
    ...history.map(({ author, content }): AiMessage => {
      // Answers repeat what stands in records, so they are material like the records themselves.
      return author === 'user'
        ? { role: 'user', content: [spoken(content)] }
        : { role: 'assistant', content: fence(content, 'assistant.answer') };
    }),
    { role: 'user', content: [fence(JSON.stringify(known), 'organization'), spoken(message)] },
  ];
}

/** The messages of steps that were made, as the model saw them: its calls, then what came of each. */
export function stepMessages(calls: readonly MadeCall[]): AiMessage[] {
  const steps = new Map<number, MadeCall[]>();
  for (const call of calls) steps.set(call.step, [...(steps.get(call.step) ?? []), call]);
  return [...steps.values()].flatMap((made): AiMessage[] => [
    { role: 'assistant', toolCalls: made.map((call) => ({ id: idOf(call), name: call.tool, arguments: call.arguments })) },
    ...made.map(outcomeMessage),
  ]);
}

const idOf = ({ number }: Pick<MadeCall, 'number'>): string => `call_${number}`;

function outcomeMessage(call: MadeCall): AiMessage {
  const content = fence(outcomeText(call.outcome), `tool.${call.tool}`);
  return { role: 'tool', toolCallId: idOf(call), toolName: call.tool, content };
}

function outcomeText(outcome: ToolOutcome): string {
  const text = JSON.stringify(outcome);
  return text.length > LONGEST_OUTCOME ? `${text.slice(0, LONGEST_OUTCOME)} ... (cut: ask for less at once)` : text;
}
