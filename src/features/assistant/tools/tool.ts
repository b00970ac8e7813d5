import type { Permission } from '../../../platform/access/permissions.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { ShapeClass } from '../../../platform/http/shapes/field.js';
import type { Wording } from '../answers/wording.js';
import type { OrganizationFacts } from '../turns/organization-facts.js';
import type { TurnJournal } from '../turns/turn-journal.js';
import type { ToolCall, ToolOutcome } from './tool-outcome.js';

/** The turn a tool is called in. */
export interface ToolTurn {
  /** The person's organization and permissions; the actor is the assistant on their behalf. */
  readonly scope: Scope;
  readonly turnId: string;
  readonly conversationId: string;
  readonly facts: OrganizationFacts;
  readonly words: Wording;
  readonly journal: TurnJournal;
}

/** Something that can be done or looked up for a person, made of the same use case and shape as a route. */
export interface Tool {
  readonly name: string;
  /** For whoever chooses among tools: what it does, and what it does not. */
  readonly description: string;
  readonly permission: Permission;
  readonly input: ShapeClass;
  /** Throws the problems of the use case; `call` is what an effect is written down as, in its own transaction. */
  readonly run: (turn: ToolTurn, input: never, call: ToolCall) => Promise<ToolOutcome>;
}

/** Declares a tool whose input is checked by its shape before it runs. */
export function tool<I>(
  declared: Omit<Tool, 'input' | 'run'> & {
    readonly input: ShapeClass<I>;
    readonly run: (turn: ToolTurn, input: I, call: ToolCall) => Promise<ToolOutcome>;
  },
): Tool {
  return declared as unknown as Tool;
}
