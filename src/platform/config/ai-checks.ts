import type { AiSettings } from './ai-settings.js';
import type { SettingFault } from './settings-error.js';

const OPENAI_ITSELF = /^https:\/\/([\w-]+\.)?api\.openai\.com(\/|$)/;

/** Engines that are wanted without the key they need; a server of one's own that speaks OpenAI may do without. */
export function aiFaults(settings: AiSettings): SettingFault[] {
  const wanted = new Set<string>(engineLists(settings).flat());
  const missing: [engine: string, env: string, isMissing: boolean][] = [
    ['openai', 'OPENAI_API_KEY', !settings.openaiApiKey && OPENAI_ITSELF.test(settings.openaiBaseUrl ?? '')],
    ['gemini', 'GEMINI_API_KEY', !settings.geminiApiKey],
    ['voyage', 'VOYAGE_API_KEY', !settings.voyageApiKey],
    ['assemblyai', 'ASSEMBLYAI_API_KEY', !settings.assemblyaiApiKey],
  ];
  return missing
    .filter(([engine, , isMissing]) => isMissing && wanted.has(engine))
    .map(([engine, env]) => ({ env, problem: `is missing, ${engine} is one of the AI engines that are wanted` }));
}

/** Each list is undefined where its variable was not right, which is reported already. */
function engineLists(settings: Partial<AiSettings>): (readonly string[])[] {
  const { aiTextEngines, aiChatEngines, aiEmbeddingEngines, aiRerankEngines, aiSpeechEngines } = settings;
  return [aiTextEngines, aiChatEngines, aiEmbeddingEngines, aiRerankEngines, aiSpeechEngines].map((list) => list ?? []);
}
