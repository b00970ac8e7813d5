import { Problem } from '../../../platform/http/problems/problem.js';

/** Why a tool did nothing, in words a person or a model can act on. */
export interface ToolFault {
  readonly code: string;
  readonly message: string;
  readonly validOptions?: readonly string[];
  readonly didYouMean?: string;
  /** Faults of single arguments. */
  readonly errors?: readonly object[];
  /** Leads that stand in the way, for example the one that is there already. */
  readonly leads?: readonly { readonly id: string; readonly name: string }[];
}

/** What came of a tool call. A fault means that nothing was changed. */
export type ToolOutcome =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>>; readonly changeId?: string; readonly planId?: string }
  | { readonly ok: false; readonly error: ToolFault };

export interface ToolCall {
  readonly tool: string;
  readonly arguments: unknown;
}

/** A call that was made, as it is kept; `step` counts the answers of a model, `number` the calls of a turn. */
export interface MadeCall extends ToolCall {
  readonly number: number;
  readonly step: number;
  readonly outcome: ToolOutcome;
}

export function fault(error: ToolFault): ToolOutcome {
  return { ok: false, error };
}

/** A declared failure of a use case as an outcome; undefined for what is a fault of ours. */
export function faultOf(error: unknown): ToolOutcome | undefined {
  if (!(error instanceof Problem) || error.definition.status >= 500) return undefined;
  const { definition, details } = error;
  const [first] = details.errors ?? [];
  const where = first?.pointer ? ` (${first.pointer.slice(1)})` : '';
  const leads = candidatesOf(details.extra?.['candidates']);
  const message = details.detail ?? (first ? `${definition.title}${where}: ${first.message}` : definition.title);
  const validOptions = details.validOptions ?? first?.validOptions;
  const didYouMean = details.didYouMean ?? first?.didYouMean;
  return fault({
    code: definition.code,
    message,
    ...(validOptions ? { validOptions } : {}),
    ...(didYouMean ? { didYouMean } : {}),
    ...(details.errors && details.errors.length > 0 ? { errors: details.errors } : {}),
    ...(leads ? { leads } : {}),
  });
}

/** The leads that a new one seems to be. */
function candidatesOf(candidates: unknown): ToolFault['leads'] {
  if (!Array.isArray(candidates) || candidates.length === 0) return undefined;
  return (candidates as { id: string; name: string }[]).map(({ id, name }) => ({ id, name }));
}
