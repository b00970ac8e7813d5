import { embedMany, rerank } from 'ai';
import { createVoyage } from 'voyage-ai-provider';
import type { Settings } from '../../config/settings.js';
import { type EmbedCall, type RerankCall, VECTOR_DIMENSIONS } from '../ai-types.js';
import type { Engine, EngineAnswer, Request } from './engine.js';
import { vendorFailure } from './vendor-failure.js';

type VoyageSettings = Pick<Settings, 'voyageApiKey' | 'voyageBaseUrl' | 'voyageModel' | 'voyageRerankModel'>;

/** Voyage: vectors and the order of results. */
export function voyageEngine(settings: VoyageSettings, now: () => Date): Engine {
  const { voyageModel, voyageRerankModel } = settings;
  const voyage = createVoyage({ baseURL: settings.voyageBaseUrl, apiKey: settings.voyageApiKey?.reveal() ?? '' });
  return {
    name: 'voyage',
    modelOf: (task) => (task === 'embed' ? voyageModel : task === 'rerank' ? voyageRerankModel : undefined),
    embed: (request) => embed(voyage.embeddingModel(voyageModel), request, now),
    rerank: (request) => order(voyage.reranking(voyageRerankModel), request, now),
  };
}

type EmbeddingModel = Parameters<typeof embedMany>[0]['model'];
type RerankModel = Parameters<typeof rerank>[0]['model'];

async function embed(model: EmbeddingModel, { call, signal }: Request<EmbedCall>, now: () => Date): Promise<EngineAnswer<number[][]>> {
  try {
    const { embeddings, usage } = await embedMany({
      model,
      values: [...call.texts],
      abortSignal: signal,
      maxRetries: 0,
      maxParallelCalls: 2,
      providerOptions: { voyage: { inputType: call.as, outputDimension: VECTOR_DIMENSIONS } },
    });
    return { value: embeddings, ...(Number.isFinite(usage.tokens) ? { tokensIn: usage.tokens } : {}) };
  } catch (error) {
    throw vendorFailure(error, now());
  }
}

type Order = readonly { index: number; score: number }[];

async function order(model: RerankModel, { call, signal }: Request<RerankCall>, now: () => Date): Promise<EngineAnswer<Order>> {
  const { query, documents, top = documents.length } = call;
  try {
    const found = await rerank({ model, query, documents: [...documents], topN: top, abortSignal: signal, maxRetries: 0 });
    const value = found.ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score }));
    return { value, tokensIn: tokensOf(found.response.body) };
  } catch (error) {
    throw vendorFailure(error, now());
  }
}

/** The SDK passes the count on only inside the body it got. */
function tokensOf(body: unknown): number | undefined {
  const tokens = (body as { usage?: { total_tokens?: unknown } } | undefined)?.usage?.total_tokens;
  return typeof tokens === 'number' && Number.isFinite(tokens) ? tokens : undefined;
}
