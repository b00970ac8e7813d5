import type { Settings } from '../../config/settings.js';
import { type AiTask, type EngineName, TASKS } from '../ai-types.js';
import { EngineGuard, type GuardLimits } from '../calls/engine-guard.js';
import type { Engine } from './engine.js';

/** An engine with what stands between us and it; local engines need nothing in between. */
export interface Candidate {
  readonly engine: Engine;
  readonly model: string;
  readonly guard: EngineGuard | undefined;
}

type Orders = Pick<Settings, 'aiTextEngines' | 'aiChatEngines' | 'aiEmbeddingEngines' | 'aiRerankEngines' | 'aiSpeechEngines'>;
type Limits = Pick<Settings, 'aiTimeoutSeconds' | 'aiSpeechTimeoutSeconds' | 'aiRetries' | 'aiConcurrency' | 'aiRestSeconds'>;

/** Which setting orders the engines of a task. */
export const ORDER_OF: Readonly<Record<AiTask, { readonly field: keyof Orders; readonly env: string }>> = {
  'generate-text': { field: 'aiTextEngines', env: 'AI_TEXT_ENGINES' },
  'generate-object': { field: 'aiTextEngines', env: 'AI_TEXT_ENGINES' },
  converse: { field: 'aiChatEngines', env: 'AI_CHAT_ENGINES' },
  embed: { field: 'aiEmbeddingEngines', env: 'AI_EMBEDDING_ENGINES' },
  rerank: { field: 'aiRerankEngines', env: 'AI_RERANK_ENGINES' },
  transcribe: { field: 'aiSpeechEngines', env: 'AI_SPEECH_ENGINES' },
};

/** Every engine the settings name, once each. */
export function wantedEngines(settings: Orders): ReadonlySet<string> {
  return new Set(Object.values(ORDER_OF).flatMap(({ field }) => settings[field]));
}

/** The engines of this process in the order in which each task asks them. */
export class EngineSet {
  private readonly guards = new Map<EngineName, { usual: EngineGuard; speech: EngineGuard }>();

  constructor(
    private readonly engines: readonly Engine[],
    private readonly settings: Orders & Limits,
    now: () => Date,
  ) {
    const clock = (): number => now().getTime();
    for (const { name } of engines) {
      if (name === 'local') continue;
      const usual = new EngineGuard(guardLimits(settings, settings.aiTimeoutSeconds), clock);
      this.guards.set(name, { usual, speech: new EngineGuard(guardLimits(settings, settings.aiSpeechTimeoutSeconds), clock) });
    }
  }

  /** Models of vendors that these settings lead to, each once. */
  vendorModels(): string[] {
    const models = TASKS.flatMap((task) => this.inOrder(task).flatMap(({ guard, model }) => (guard ? [model] : [])));
    return [...new Set(models)];
  }

  /** Engines that do a task at all, in order; only the named one when one is named. */
  inOrder(task: AiTask, only?: EngineName): Candidate[] {
    return this.settings[ORDER_OF[task].field].flatMap((name): Candidate[] => {
      const engine = this.engines.find((one) => one.name === name);
      const model = engine?.modelOf(task);
      if (!engine || model === undefined || (only !== undefined && engine.name !== only)) return [];
      const guards = this.guards.get(engine.name);
      return [{ engine, model, guard: task === 'transcribe' ? guards?.speech : guards?.usual }];
    });
  }
}

function guardLimits({ aiRetries, aiConcurrency, aiRestSeconds }: Limits, timeoutSeconds: number): GuardLimits {
  return {
    timeoutMs: timeoutSeconds * 1000,
    retries: aiRetries,
    baseMs: 250,
    maxMs: 8000,
    patienceMs: 20_000,
    concurrency: aiConcurrency,
    queue: aiConcurrency * 8,
    failuresInARow: 5,
    restMs: aiRestSeconds * 1000,
  };
}
