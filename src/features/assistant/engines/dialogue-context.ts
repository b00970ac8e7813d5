import { decimalMarkOf } from '../../../shared/decimal-mark.js';
import type { DialogueContext } from '../understanding/command.js';
import type { ChatTurn } from './engine.js';

/** Everything a message may lean on. */
export function dialogueContext({ scope, facts, dialogue, pending }: ChatTurn, now: Date): DialogueContext {
  const { userId } = scope.actor;
  return {
    now,
    timeZone: facts.timeZone,
    baseCurrency: facts.baseCurrency,
    decimalMark: decimalMarkOf(facts.country),
    country: facts.country,
    stages: facts.stages,
    members: facts.members,
    me: { id: userId, name: facts.members.find(({ id }) => id === userId)?.name ?? '' },
    focus: dialogue.focus ?? [],
    ...(dialogue.question ? { candidates: dialogue.question.candidates } : {}),
    hasPendingPlan: pending !== undefined,
    ...(pending ? pendingFacts(pending) : {}),
    customFields: facts.customFields,
  };
}

/** What a yes would be a yes to. */
function pendingFacts({
  lines,
  steps,
}: NonNullable<ChatTurn['pending']>): Pick<DialogueContext, 'pendingNames' | 'pendingActs' | 'pendingStatuses'> {
  return {
    pendingNames: lines.map(({ name }) => name),
    pendingActs: [...new Set(steps.map(({ op }) => op))],
    pendingStatuses: [...new Set(steps.flatMap((step) => (step.op === 'move' ? [step.to.status] : [])))],
  };
}
