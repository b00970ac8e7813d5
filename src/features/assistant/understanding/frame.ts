import type { MoneyHabits } from '../../../shared/money-text.js';
import type { Command, DialogueContext } from './command.js';
import { fieldPattern } from './lead-fields.js';
import type { MaskedText } from './masked-text.js';

/** What every rule of the grammar gets besides the text of the clause. */
export interface Frame {
  readonly context: DialogueContext;
  readonly mask: Pick<MaskedText, 'raw' | 'plain'>;
  readonly habits: MoneyHabits;
  /** Source of a regular expression for the words of fields. */
  readonly field: string;
  /** Takes down how something was read. */
  readonly note: (reading: string) => void;
  /** Clauses of this message that were read already; cutting a sentence reads them again and again. */
  readonly read: Map<string, ReadClause>;
  /** Makes a regular expression once, with the flags `iu`; `FIELD` in the source stands for the words of fields. */
  readonly pattern: (source: string) => RegExp;
}

export interface ReadClause {
  readonly commands: readonly Command[];
  readonly readings: readonly string[];
}

/** A rule gives the commands a clause is, or undefined when it is something else. */
export type Rule = (text: string, frame: Frame) => readonly Command[] | undefined;

const patterns = new Map<string, RegExp>();
const MOST_PATTERNS = 4000;

/** The frame of one message. */
export function frameOf(context: DialogueContext, mask: Frame['mask'], note: Frame['note']): Frame {
  const field = fieldPattern(context);
  return {
    context,
    mask,
    habits: { baseCurrency: context.baseCurrency, decimalMark: context.decimalMark },
    field,
    note,
    read: new Map(),
    pattern: (source) => compiled(source.replaceAll('FIELD', field)),
  };
}

function compiled(source: string): RegExp {
  const known = patterns.get(source);
  if (known) return known;
  // Custom fields make patterns of an organization's own; they are few, and made again when there were too many.
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const made = new RegExp(source, 'iu');
  patterns.set(source, made);
  return made;
}

/** Named groups of a match, blank ones left out. */
export function groupsOf(text: string, pattern: RegExp): Readonly<Record<string, string | undefined>> | undefined {
  const groups = pattern.exec(text)?.groups;
  if (!groups) return undefined;
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, value?.trim() === '' ? undefined : value?.trim()]));
}
