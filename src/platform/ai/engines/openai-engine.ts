import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, experimental_transcribe as transcribe, NoTranscriptGeneratedError } from 'ai';
import type { Settings } from '../../config/settings.js';
import { type AiTask, type EmbedCall, type TranscribeCall, type Transcript, VECTOR_DIMENSIONS } from '../ai-types.js';
import type { Engine, EngineAnswer, Request } from './engine.js';
import { streamStep, type VendorModel, writeObject, writeText } from './language-model.js';
import { vendorFailure } from './vendor-failure.js';

type OpenAiSettings = Pick<Settings, 'openaiApiKey' | 'openaiBaseUrl' | 'openaiModel' | 'openaiEmbeddingModel' | 'openaiSpeechModel'>;

/** Any server that speaks OpenAI's chat completions, embeddings and transcriptions. */
export function openAiEngine(settings: OpenAiSettings, now: () => Date): Engine {
  const { openaiModel, openaiEmbeddingModel, openaiSpeechModel } = settings;
  // Servers of one's own often take no key, but the SDK wants one.
  const openai = createOpenAI({ baseURL: settings.openaiBaseUrl, apiKey: settings.openaiApiKey?.reveal() ?? 'none' });
  // `strict` wants every field to be required, which our shapes do not say.
  const chat: VendorModel = { model: openai.chat(openaiModel), options: { openai: { strictJsonSchema: false } }, now };
  const models: Partial<Record<AiTask, string>> = {
    'generate-text': openaiModel,
    'generate-object': openaiModel,
    converse: openaiModel,
    embed: openaiEmbeddingModel,
    transcribe: openaiSpeechModel,
  };
  return {
    name: 'openai',
    modelOf: (task) => models[task],
    text: (request) => writeText(chat, request),
    object: (request, repair) => writeObject(chat, request, repair),
    converse: (request) => streamStep(chat, request),
    embed: async ({ call, signal }: Request<EmbedCall>) => {
      // Only models of this family can be told how long a vector should be.
      const dimensions = openaiEmbeddingModel.startsWith('text-embedding-3') ? { dimensions: VECTOR_DIMENSIONS } : {};
      const model = openai.embedding(openaiEmbeddingModel);
      try {
        const { embeddings, usage } = await embedMany({
          model,
          values: [...call.texts],
          abortSignal: signal,
          maxRetries: 0,
          maxParallelCalls: 2,
          providerOptions: { openai: dimensions },
        });
        return { value: embeddings, tokensIn: counted(usage.tokens) };
      } catch (error) {
        throw vendorFailure(error, now());
      }
    },
    transcribe: (request) => writeDown(openai.transcription(openaiSpeechModel), request, now),
  };
}

type SpeechModel = Parameters<typeof transcribe>[0]['model'];

async function writeDown(
  model: SpeechModel,
  { call, signal }: Request<TranscribeCall>,
  now: () => Date,
): Promise<EngineAnswer<Transcript>> {
  const providerOptions = { openai: call.language ? { language: call.language } : {} };
  try {
    const found = await transcribe({ model, audio: call.audio, abortSignal: signal, maxRetries: 0, providerOptions });
    // Only some models say how long the recording was.
    const { durationInSeconds: audioSeconds } = found;
    const seconds = audioSeconds ?? call.expectedSeconds ?? 0;
    const segments = found.segments.map(({ text, startSecond, endSecond }) => ({
      text,
      startMs: Math.round(startSecond * 1000),
      endMs: Math.round(endSecond * 1000),
      speaker: null,
    }));
    return { value: { text: found.text, language: found.language ?? call.language ?? null, seconds, segments }, audioSeconds };
  } catch (error) {
    // Silence is an answer, which the SDK takes for a failure.
    if (NoTranscriptGeneratedError.isInstance(error)) return silence(call);
    throw vendorFailure(error, now());
  }
}

function silence({ language, expectedSeconds: seconds = 0 }: TranscribeCall): EngineAnswer<Transcript> {
  return { value: { text: '', language: language ?? null, seconds, segments: [] } };
}

/** Vendors that count nothing make the SDK say NaN. */
function counted(tokens: number): number | undefined {
  return Number.isFinite(tokens) ? tokens : undefined;
}
