import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { embedMany } from 'ai';
import type { Settings } from '../../config/settings.js';
import { type AiTask, VECTOR_DIMENSIONS } from '../ai-types.js';
import type { Engine } from './engine.js';
import { streamStep, type VendorModel, writeObject, writeText } from './language-model.js';
import { vendorFailure } from './vendor-failure.js';

type GeminiSettings = Pick<Settings, 'geminiApiKey' | 'geminiBaseUrl' | 'geminiModel' | 'geminiEmbeddingModel'>;

/** Google Gemini. */
export function geminiEngine(settings: GeminiSettings, now: () => Date): Engine {
  const { geminiModel, geminiEmbeddingModel } = settings;
  const google = createGoogleGenerativeAI({ baseURL: settings.geminiBaseUrl, apiKey: settings.geminiApiKey?.reveal() ?? '' });
  const chat: VendorModel = { model: google(geminiModel), now };
  const models: Partial<Record<AiTask, string>> = {
    'generate-text': geminiModel,
    'generate-object': geminiModel,
    converse: geminiModel,
    embed: geminiEmbeddingModel,
  };
  return {
    name: 'gemini',
    modelOf: (task) => models[task],
    text: (request) => writeText(chat, request),
    object: (request, repair) => writeObject(chat, request, repair),
    converse: (request) => streamStep(chat, request),
    embed: async ({ call, signal }) => {
      const taskType = call.as === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT';
      try {
        const { embeddings } = await embedMany({
          model: google.embedding(geminiEmbeddingModel),
          values: [...call.texts],
          abortSignal: signal,
          maxRetries: 0,
          maxParallelCalls: 2,
          providerOptions: { google: { outputDimensionality: VECTOR_DIMENSIONS, taskType } },
        });
        // Gemini does not say what an embedding used.
        return { value: embeddings };
      } catch (error) {
        throw vendorFailure(error, now());
      }
    },
  };
}
