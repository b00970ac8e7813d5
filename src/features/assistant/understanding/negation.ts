import type { Command, FieldChange } from './command.js';

const NEGATION =
  /\b(?:don'?t|do not|does ?n[o']t|doesn'?t|did ?n[o']t|didn'?t|never|not|won'?t|wouldn'?t|shouldn'?t|must ?n[o']t|mustn'?t|can'?t|cannot|no longer|avoid|refrain|stop|instead of|rather than|except|excluding|apart from|other than|but not|without (?:deleting|moving|changing|setting|asking)|forget (?:about|to)|undo|prevent|keep)\b/iu;
/** Some negations are part of a filter that was understood. */
const IN_FILTERS =
  /\bnot (?:assigned|closed|(?:been )?(?:updated|changed|modified|edited|touched)|over|under|above|below|more|less|higher|lower|greater|smaller|fewer)\b|\b(?:haven't|hasn't|never) been\b|\b(?:do not|don't|doesn't|does not) have\b/giu;

/** Whether a sentence says that something is not, or must not be, so that the rest of it may mean the contrary of what it seems. */
export function negates(text: string, isReading: boolean): boolean {
  return NEGATION.test(isReading ? text.replace(IN_FILTERS, ' ') : text.replace(/\bnot assigned\b/giu, ' '));
}

/** Texts of commands that are content, in which "not" is only a word. */
export function freeTextOf(commands: readonly Command[]): string[] {
  const texts = commands.flatMap((command): (string | null | undefined)[] => {
    switch (command.kind) {
      case 'add-note':
        return [command.text];
      case 'add-task':
        return [command.title, command.title.charAt(0).toLowerCase() + command.title.slice(1)];
      case 'set':
      case 'bulk-set':
        return command.changes.map(contentOf);
      case 'create':
        return [
          command.lead.name,
          command.lead.company,
          command.lead.source,
          command.lead.notes,
          ...Object.values(command.lead.custom ?? {}),
        ];
      default:
        return [];
    }
  });
  return texts.filter((text): text is string => typeof text === 'string' && text !== '');
}

function contentOf(change: FieldChange): string | null {
  if (change.field === 'notes' || change.field === 'source' || change.field === 'custom' || change.field === 'company') return change.value;
  return null;
}
