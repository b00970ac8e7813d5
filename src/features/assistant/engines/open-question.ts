import { scoreName } from '../../crm/index.js';
import type { Candidate, OpenQuestion } from '../turns/dialogue.js';
import type { Choice, Command, Reference } from '../understanding/command.js';

/** The candidate an answer to "which one?" means; undefined when it means none of them, or more than one. */
export function chosenFrom({ candidates }: Pick<OpenQuestion, 'candidates'>, choice: Choice): Candidate | undefined {
  if (choice.kind === 'index') return candidates.at(choice.index > 0 ? choice.index - 1 : choice.index);
  const text = withoutFiller(choice.text);
  return onlyOne(candidates, (one) => isMeant(text, one.name, 'exact')) ?? onlyOne(candidates, (one) => fits(text, one));
}

/** "the one from Acme", "the Acme one" and "that lead at Acme" say no more than "Acme". */
function withoutFiller(text: string): string {
  const bare = text
    .trim()
    .replace(/^(?:the|that)\s+/i, '')
    .replace(/^(?:one|lead)\s+(?:from|of|at|with)\s+/i, '')
    .replace(/^(?:from|of|at)\s+/i, '')
    .replace(/\s+(?:one|lead)$/i, '');
  return bare === '' ? text : bare;
}

function onlyOne(candidates: readonly Candidate[], test: (one: Candidate) => boolean): Candidate | undefined {
  const found = candidates.filter(test);
  return found.length === 1 ? found[0] : undefined;
}

function fits(text: string, { name, company }: Candidate): boolean {
  return isMeant(text, name) || (company !== null && (isMeant(text, company) || isMeant(text, `${name} ${company}`)));
}

function isMeant(text: string, name: string, least: 'exact' | 'slip' = 'slip'): boolean {
  const { kind } = scoreName(text, name);
  return kind === 'exact' || (least === 'slip' && kind !== 'near' && kind !== 'unlike');
}

/** The command with the lead that was not sure before. Of several names it is the first that is not known yet. */
export function withReference(command: Command, leadId: string): Command {
  const known: Reference = { kind: 'id', id: leadId };
  if ('who' in command) return { ...command, who: known };
  if (!('which' in command) || command.which.kind !== 'several') return command;
  const { who } = command.which;
  const at = who.findIndex(({ kind }) => kind !== 'id');
  return { ...command, which: { kind: 'several', who: who.map((one, index) => (index === at ? known : one)) } };
}
