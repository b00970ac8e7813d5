import { AiAnswerUnusable, AiBudgetExhausted, AiNotConfigured, AiUnavailable } from '../ai.errors.js';
import type { AiTask, EngineName } from '../ai-types.js';
import { EngineFailure } from '../engines/engine-failure.js';
import { ORDER_OF } from '../engines/engine-set.js';
import type { Problem } from '../../http/problems/problem.js';

const DEFAULT_WAIT_SECONDS = 10;
const OPERATOR_WAIT_SECONDS = 300;

/** An answer that stayed wrong after one repair: no trouble of the engine, and no use to ask it again. */
export class UnusableAnswer extends EngineFailure {
  constructor(readonly faults: string) {
    super('refused', 'its answer did not fit, not even when asked again');
  }
}

export interface EngineFault {
  readonly engine: EngineName;
  readonly failure: EngineFailure;
}

/** What is set, by task, so that a task can be done at all. */
const REMEDY: Readonly<Record<AiTask, string>> = {
  'generate-text': 'openai or gemini, with its key',
  'generate-object': 'openai or gemini, with its key',
  converse: 'openai or gemini, with its key',
  embed: 'local, openai, gemini or voyage',
  rerank: 'local or voyage',
  transcribe: 'assemblyai with ASSEMBLYAI_API_KEY, or openai with OPENAI_API_KEY',
};

/** Nobody could even be asked. */
export function notConfigured(task: AiTask, reasons: readonly string[]): Problem {
  const why = reasons.length > 0 ? `${capital(reasons.join(', '))}. ` : '';
  return AiNotConfigured({ detail: `${why}Set ${ORDER_OF[task].env} to ${REMEDY[task]}.` });
}

/** Everybody who could be asked failed. */
export function allFailed(faults: readonly EngineFault[], isOutOfBudget: boolean): Problem {
  if (isOutOfBudget) return budgetExhausted();
  const unusable = faults.find(({ failure }) => failure instanceof UnusableAnswer);
  if (unusable) {
    return AiAnswerUnusable({
      detail: `The answer of ${unusable.engine} did not have the form that was asked for, not even on the second try.`,
    });
  }
  const said = faults.map(({ engine, failure }) => `${engine}: ${failure.message}`).join('; ');
  const seconds = retrySeconds(faults);
  const advice = faults.every(({ failure }) => failure.kind === 'misconfigured' || failure.kind === 'refused')
    ? 'Waiting alone will not help: somebody has to look at the settings of the server.'
    : `Nothing was lost; try again in ${seconds} seconds.`;
  return AiUnavailable({ detail: `${said}. ${advice}`, retryAfterSeconds: seconds });
}

export function budgetExhausted(): Problem {
  return AiBudgetExhausted({
    detail:
      'What this call may cost does not fit into the budget of the organization for this month. Somebody who may manage AI can raise it with PUT /api/v1/ai/budget; it begins anew with the next month (UTC).',
  });
}

/** The shortest wait that one of the engines asked for. */
function retrySeconds(faults: readonly EngineFault[]): number {
  const waits = faults.flatMap(({ failure }) => {
    const { retryAfterMs } = failure.more;
    if (retryAfterMs !== undefined) return [Math.max(1, Math.ceil(retryAfterMs / 1000))];
    return failure.kind === 'misconfigured' || failure.kind === 'refused' ? [] : [DEFAULT_WAIT_SECONDS];
  });
  return waits.length > 0 ? Math.min(...waits) : OPERATOR_WAIT_SECONDS;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
