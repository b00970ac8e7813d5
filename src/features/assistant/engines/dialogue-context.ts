import type { DialogueContext } from '../understanding/command.js';
import type { ChatTurn } from './engine.js';

/** Whether people of a country write 1.5 or 1,5. */
export function decimalMarkOf(country: string): '.' | ',' {
  const locale = new Intl.Locale(`und-${country}`).maximize().baseName;
  const mark = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value;
  return mark === ',' ? ',' : '.';
}

/** Everything a message may lean on. */
export function dialogueContext({ scope, facts, dialogue, hasPendingPlan }: ChatTurn, now: Date): DialogueContext {
  const { userId } = scope.actor;
  return {
    now,
    timeZone: facts.timeZone,
    baseCurrency: facts.baseCurrency,
    decimalMark: decimalMarkOf(facts.country),
    stages: facts.stages,
    members: facts.members,
    me: { id: userId, name: facts.members.find(({ id }) => id === userId)?.name ?? '' },
    focus: dialogue.focus ?? [],
    ...(dialogue.question ? { candidates: dialogue.question.candidates } : {}),
    hasPendingPlan,
    customFields: facts.customFields,
  };
}
