import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AiTask, ConverseCall, EmbedCall, ObjectCall, RerankCall, TextCall } from '../ai-types.js';
import type { LocalEmbedder } from '../local-embedder.js';
import type { LocalEngines } from '../local-engines.js';
import type { Engine, EngineAnswer, EngineEvent, Request } from './engine.js';
import { localRanking } from './local-ranking.js';

const MODEL = 'local';
/** Milliseconds of embedding before other work gets its turn: one page takes longer than a hundred names. */
const TURN_MS = 10;

/** Answers without a model, a key or a network, always the same way; what it knows, features registered with `LocalEngines`. */
export class LocalEngine implements Engine {
  readonly name = 'local';

  constructor(
    private readonly locals: LocalEngines,
    private readonly embedder: LocalEmbedder,
  ) {}

  modelOf(task: AiTask): string | undefined {
    if (task === 'transcribe') return undefined;
    if (task === 'embed') return this.embedder.model;
    return task === 'rerank' ? `${this.embedder.model}+terms` : MODEL;
  }

  cannot(task: AiTask, call: Partial<Pick<TextCall, 'prompt'>>): string | undefined {
    const { prompt } = call;
    if (!prompt) return undefined;
    const found =
      task === 'generate-text'
        ? this.locals.text(prompt)
        : task === 'generate-object'
          ? this.locals.object(prompt)
          : this.locals.conversation(prompt);
    return found ? undefined : `there is no local engine for "${prompt.name}"`;
  }

  async text({ scope, call }: Request<TextCall>): Promise<EngineAnswer<string>> {
    return { value: (await this.locals.text(call.prompt)?.(scope, call)) ?? '' };
  }

  async object({ scope, call }: Request<ObjectCall<object>>): Promise<EngineAnswer<unknown>> {
    return { value: await this.locals.object(call.prompt)?.(scope, call) };
  }

  async *converse({ scope, call, signal }: Request<ConverseCall>): AsyncGenerator<EngineEvent> {
    const conversation = this.locals.conversation(call.prompt);
    for await (const event of conversation?.converse(scope, { ...call, signal }) ?? []) {
      signal.throwIfAborted();
      yield event;
    }
  }

  async embed({ call, signal }: Request<EmbedCall>): Promise<EngineAnswer<Float32Array[]>> {
    return { value: await this.vectors(call.texts, signal) };
  }

  async rerank({ call, signal }: Request<RerankCall>): Promise<EngineAnswer<readonly { index: number; score: number }[]>> {
    const [query, ...documents] = await this.vectors([call.query, ...call.documents], signal);
    const ranking = localRanking(call, { query: query ?? new Float32Array(), documents });
    return { value: ranking.slice(0, call.top ?? ranking.length) };
  }

  private async vectors(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    signal.throwIfAborted();
    let began = performance.now();
    for (const text of texts) {
      if (performance.now() - began > TURN_MS) {
        await nextTurn();
        signal.throwIfAborted();
        began = performance.now();
      }
      vectors.push(...this.embedder.embed([text]));
    }
    return vectors;
  }
}
