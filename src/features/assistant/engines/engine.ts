import type { PlanRow } from '../plans/plans.repository.js';
import type { ToolTurn } from '../tools/tool.js';
import type { Dialogue } from '../turns/dialogue.js';
import type { Said } from '../turns/turns.repository.js';

/** A message on its way to an answer. */
export interface ChatTurn extends ToolTurn {
  readonly message: string;
  /** What was said before, oldest first. */
  readonly history: readonly Said[];
  readonly dialogue: Dialogue;
  /** The plan that waits for an answer. */
  readonly pending: Pick<PlanRow, 'lines' | 'steps'> | undefined;
  /** Aborted when the turn is cancelled or takes too long. */
  readonly signal: AbortSignal;
}

/** What an engine makes of a message. */
export interface EngineAnswer {
  readonly answer: string;
  readonly engine: string;
  readonly isFallback: boolean;
  readonly dialogue: Dialogue;
  readonly suggestions: readonly string[];
  /** True when followers were told the answer as it came. */
  readonly isStreamed: boolean;
  /** When the local engine began and how long it took; what models do is metered where they are asked. */
  readonly local?: { readonly startedAt: Date; readonly durationMs: number };
}
