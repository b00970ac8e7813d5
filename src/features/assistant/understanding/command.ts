import type { LocalDate } from '../../../shared/dates.js';
import type { Money } from '../../../shared/money.js';

/**
 * What a message asks for, before any lead was looked up. Names are kept as they were written: which lead is meant is for the one who
 * asks the database. Plain JSON all through, so that a pending plan can be stored.
 */
export type Command =
  | { readonly kind: 'find'; readonly text: string }
  | {
      readonly kind: 'show';
      readonly who: Reference;
      /** The one thing asked for ("John's phone"), null for everything. */ readonly field: FieldName | null;
    }
  | { readonly kind: 'list'; readonly filter: LeadFilter; readonly sort: ListSort; readonly limit: number | null }
  | { readonly kind: 'count'; readonly filter: LeadFilter; readonly groupBy: Grouping | null }
  | { readonly kind: 'total'; readonly filter: LeadFilter; readonly groupBy: Grouping | null }
  | { readonly kind: 'create'; readonly lead: NewLead }
  | { readonly kind: 'set'; readonly who: Reference; readonly changes: readonly FieldChange[] }
  | { readonly kind: 'move'; readonly who: Reference; readonly status: StatusChoice }
  | { readonly kind: 'add-note'; readonly who: Reference; readonly text: string }
  | { readonly kind: 'add-task'; readonly who: Reference | null; readonly title: string; readonly due: Due | null }
  | { readonly kind: 'delete'; readonly who: Reference }
  | { readonly kind: 'bulk-set'; readonly which: Selection; readonly changes: readonly FieldChange[] }
  | { readonly kind: 'bulk-move'; readonly which: Selection; readonly status: StatusChoice }
  | { readonly kind: 'bulk-delete'; readonly which: Selection }
  | { readonly kind: 'choose'; readonly choice: Choice }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'decline' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'help' }
  | { readonly kind: 'small-talk'; readonly tone: 'greeting' | 'thanks' | 'goodbye' }
  /** Not understood, or understood as something that must not change anything (a question, a negation). Say so, change nothing. */
  | { readonly kind: 'unknown'; readonly text: string; readonly why: UnknownReason; readonly suggestions: readonly string[] }
  /** Understood, but a part of it cannot be: say `message`, offer `validOptions` and `didYouMean`, change nothing. */
  | Refusal;

export type CommandKind = Command['kind'];

export interface Refusal {
  readonly kind: 'refused';
  readonly why: RefusalReason;
  /** A whole sentence for the person. */
  readonly message: string;
  readonly validOptions?: readonly string[];
  readonly didYouMean?: string;
}

export type RefusalReason =
  | 'amount'
  | 'status'
  | 'status-ambiguous'
  | 'field'
  | 'member'
  | 'member-ambiguous'
  | 'email'
  | 'phone'
  | 'date'
  | 'missing'
  | 'too-many'
  | 'too-long';

export type UnknownReason = 'not-understood' | 'question' | 'negation' | 'unclear' | 'empty';

/** Which lead. A `pronoun` ("him", "that lead") is the latest in focus; a name may be misspelt or only a part. */
export type Reference =
  | { readonly kind: 'name'; readonly text: string; /** "John Smith from Acme". */ readonly company?: string }
  | { readonly kind: 'company'; readonly text: string }
  | { readonly kind: 'pronoun'; readonly text: string }
  | { readonly kind: 'email'; readonly text: string }
  | { readonly kind: 'phone'; readonly text: string }
  | { readonly kind: 'id'; readonly id: string };

/** Which leads: by what they have in common, by name, or the ones listed last ("all of them"). */
export type Selection =
  | { readonly kind: 'filter'; readonly filter: LeadFilter }
  | { readonly kind: 'several'; readonly who: readonly Reference[] }
  | { readonly kind: 'listed' };

/** All that is given must hold; an empty filter is every lead. */
export interface LeadFilter {
  /** Any of its stages: "won", "open" and "closed" name several. */
  readonly status?: StatusChoice;
  readonly owner?: OwnerChoice;
  readonly value?: ValueRange;
  readonly source?: string;
  readonly tag?: string;
  /** Part of the company's name. */
  readonly company?: string;
  /** Fields that are empty ("without an email"). */
  readonly missing?: readonly FieldName[];
  /** First day and last day in the time zone of the organization, both counted in. */
  readonly created?: DayRange;
  readonly updated?: DayRange;
}

export type StageKind = 'open' | 'won' | 'lost';

export interface StageRef {
  readonly pipelineId: string;
  readonly key: string;
  readonly name: string;
}

/**
 * A status as it was written and the stages it may be. For a move at most one in each pipeline, and the pipeline of the lead decides; for
 * a filter any number.
 */
export interface StatusChoice {
  readonly text: string;
  readonly stages: readonly StageRef[];
}

export type OwnerChoice = { readonly kind: 'member'; readonly id: string; readonly name: string } | { readonly kind: 'nobody' };

/** Inclusive unless `isStrict`; bounds in one currency. */
export interface ValueRange {
  readonly min?: Money;
  readonly max?: Money;
  /** "more than", "under": the bound itself does not count. */
  readonly isStrict: boolean;
}

export interface DayRange {
  readonly from?: LocalDate;
  readonly to?: LocalDate;
}

export type ListSort = '-created' | 'created' | '-updated' | 'updated' | 'name' | '-value';

export type Grouping = 'status' | 'owner' | 'source';

export type FieldName =
  'name' | 'company' | 'email' | 'phone' | 'value' | 'notes' | 'source' | 'tags' | 'owner' | 'status' | `custom:${string}`;

/** One field of a lead and what to make of it; null empties it. */
export type FieldChange =
  | { readonly field: 'name'; readonly value: string }
  | { readonly field: 'company' | 'email' | 'phone' | 'notes' | 'source'; readonly value: string | null }
  | { readonly field: 'value'; readonly value: Money | null }
  | { readonly field: 'tags'; readonly mode: 'add' | 'remove' | 'replace'; readonly value: readonly string[] }
  | { readonly field: 'owner'; readonly value: OwnerChoice }
  | { readonly field: 'custom'; readonly key: string; readonly value: string | null };

export interface NewLead {
  readonly name: string;
  readonly company?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly value?: Money;
  readonly notes?: string;
  readonly source?: string;
  readonly tags?: readonly string[];
  readonly owner?: OwnerChoice;
  readonly status?: StatusChoice;
  readonly custom?: Readonly<Record<string, string>>;
}

export interface Due {
  /** UTC, RFC 3339; 09:00 in the time zone of the organization when no time was said. */
  readonly at: string;
  /** The day in the time zone of the organization. */
  readonly on: LocalDate;
  readonly hasTime: boolean;
}

/** An answer to "which one?": by place (1 is the first, -1 the last) or by what it says. */
export type Choice = { readonly kind: 'index'; readonly index: number } | { readonly kind: 'text'; readonly text: string };

/** Everything about the organization and the conversation that a message may lean on. */
export interface DialogueContext {
  readonly now: Date;
  /** IANA name. */
  readonly timeZone: string;
  readonly baseCurrency: string;
  readonly decimalMark: '.' | ',';
  /** ISO 3166-1 alpha-2; decides whether 3/4 is in March or April. */
  readonly country?: string;
  /** Stages that are not archived, the default pipeline first, each pipeline in board order. */
  readonly stages: readonly { readonly pipelineId: string; readonly key: string; readonly name: string; readonly kind: StageKind }[];
  readonly members: readonly { readonly id: string; readonly name: string; readonly email: string }[];
  readonly me: { readonly id: string; readonly name: string };
  /** Leads spoken of, the latest first. */
  readonly focus: readonly { readonly id: string; readonly name: string }[];
  /** The leads the assistant has just asked "which one?" about, in the order they were shown. */
  readonly candidates?: readonly { readonly id: string; readonly name: string; readonly company: string | null }[];
  readonly hasPendingPlan: boolean;
  /** Names of the leads the pending plan is about, so that "yes, delete John Smith" can be told from an answer about somebody else. */
  readonly pendingNames?: readonly string[];
  /** What the pending plan does, each once: "yes, move him" is no yes to a deletion. */
  readonly pendingActs?: readonly ('delete' | 'move' | 'update')[];
  /** Keys of the stages the pending plan moves leads to. */
  readonly pendingStatuses?: readonly string[];
  /** Keys of custom fields in use, for example "customer_number". */
  readonly customFields: readonly string[];
}

export interface Understood {
  /** In the order they were said; never empty. Stop at the first that fails or asks: what follows may lean on it. */
  readonly commands: readonly Command[];
  /** Whole sentences for the answer on how something was read, for example "I read 1.000 as one thousand." */
  readonly readings: readonly string[];
}

const READING: ReadonlySet<CommandKind> = new Set([
  'find',
  'show',
  'list',
  'count',
  'total',
  'choose',
  'confirm',
  'decline',
  'undo',
  'help',
  'small-talk',
  'unknown',
  'refused',
]);
const TO_CONFIRM: ReadonlySet<CommandKind> = new Set(['delete', 'bulk-set', 'bulk-move', 'bulk-delete']);

/** True for a command that by itself changes leads. */
export function isChange(command: Command): boolean {
  return !READING.has(command.kind);
}

/** True for a change that is first a plan: it deletes, or touches more than one lead. */
export function needsConfirmation(command: Command): boolean {
  return TO_CONFIRM.has(command.kind);
}
