import { PolicySettings } from './policy-settings.js';
import type { Secret } from './secret.js';
import { Setting, type SettingDeclaration } from './setting.js';

const PRICE = {
  expression: /^[^=\s]+=\d{1,6}(\.\d{1,6})?(\/\d{1,6}(\.\d{1,6})?)?$/,
  expected: 'prices such as my-model=0.20/0.60, US dollars for a million tokens in and out',
};

type Text = Pick<SettingDeclaration, 'env' | 'doc'>;

const text = (given: Text, standard: string): SettingDeclaration => ({ ...given, kind: 'text', group: 'AI', default: standard, max: 200 });
const address = (given: Text, standard: string): SettingDeclaration => ({ ...given, kind: 'url', group: 'AI', default: standard });
const key = (given: Text): SettingDeclaration => ({ ...given, kind: 'secret', group: 'AI', min: 1, max: 500 });
const count = (given: Text, standard: string, [min, max]: [number, number]): SettingDeclaration => ({
  ...given,
  kind: 'int',
  group: 'AI',
  default: standard,
  min,
  max,
});

/** Engines of a task in the order in which they are asked. */
function engines(given: Text, names: readonly string[]): SettingDeclaration {
  const pattern = { expression: new RegExp(`^(${names.join('|')})$`), expected: `engines of ${names.join(', ')}` };
  return { ...given, kind: 'list', group: 'AI', default: 'local', pattern };
}

/** Which AI engines answer, in which order, with which keys, and how much may be spent. Without any of it everything is local. */
export class AiSettings extends PolicySettings {
  @Setting(
    engines({ env: 'AI_TEXT_ENGINES', doc: 'Engines that write texts and fill in shapes, in order; the next answers when one cannot.' }, [
      'local',
      'openai',
      'gemini',
    ]),
  )
  readonly aiTextEngines: readonly string[];

  @Setting(engines({ env: 'AI_CHAT_ENGINES', doc: 'Engines of the assistant, in order.' }, ['local', 'openai', 'gemini']))
  readonly aiChatEngines: readonly string[];

  @Setting(
    engines({ env: 'AI_EMBEDDING_ENGINES', doc: 'Engines that turn texts into vectors, in order.' }, [
      'local',
      'openai',
      'gemini',
      'voyage',
    ]),
  )
  readonly aiEmbeddingEngines: readonly string[];

  @Setting(engines({ env: 'AI_RERANK_ENGINES', doc: 'Engines that put search results in order.' }, ['local', 'voyage']))
  readonly aiRerankEngines: readonly string[];

  @Setting(engines({ env: 'AI_SPEECH_ENGINES', doc: 'Engines that write down speech; local cannot.' }, ['local', 'openai', 'assemblyai']))
  readonly aiSpeechEngines: readonly string[];

  @Setting(key({ env: 'OPENAI_API_KEY', doc: 'Key of the OpenAI-compatible server.' }))
  readonly openaiApiKey?: Secret;

  @Setting(address({ env: 'OPENAI_BASE_URL', doc: 'Any server that speaks OpenAI chat completions.' }, 'https://api.openai.com/v1'))
  readonly openaiBaseUrl: string;

  @Setting(text({ env: 'OPENAI_MODEL', doc: 'Model for texts, shapes and the assistant.' }, 'gpt-4.1-mini'))
  readonly openaiModel: string;

  @Setting(text({ env: 'OPENAI_EMBEDDING_MODEL', doc: 'Model for vectors.' }, 'text-embedding-3-small'))
  readonly openaiEmbeddingModel: string;

  @Setting(text({ env: 'OPENAI_SPEECH_MODEL', doc: 'Model for speech.' }, 'whisper-1'))
  readonly openaiSpeechModel: string;

  @Setting(key({ env: 'GEMINI_API_KEY', doc: 'Key of Gemini.' }))
  readonly geminiApiKey?: Secret;

  @Setting(address({ env: 'GEMINI_BASE_URL', doc: 'Address of Gemini.' }, 'https://generativelanguage.googleapis.com/v1beta'))
  readonly geminiBaseUrl: string;

  @Setting(text({ env: 'GEMINI_MODEL', doc: 'Model for texts, shapes and the assistant.' }, 'gemini-2.5-flash'))
  readonly geminiModel: string;

  @Setting(text({ env: 'GEMINI_EMBEDDING_MODEL', doc: 'Model for vectors.' }, 'gemini-embedding-001'))
  readonly geminiEmbeddingModel: string;

  @Setting(key({ env: 'VOYAGE_API_KEY', doc: 'Key of Voyage.' }))
  readonly voyageApiKey?: Secret;

  @Setting(address({ env: 'VOYAGE_BASE_URL', doc: 'Address of Voyage.' }, 'https://api.voyageai.com/v1'))
  readonly voyageBaseUrl: string;

  @Setting(text({ env: 'VOYAGE_MODEL', doc: 'Model for vectors.' }, 'voyage-3.5'))
  readonly voyageModel: string;

  @Setting(text({ env: 'VOYAGE_RERANK_MODEL', doc: 'Model for the order of results.' }, 'rerank-2.5'))
  readonly voyageRerankModel: string;

  @Setting(key({ env: 'ASSEMBLYAI_API_KEY', doc: 'Key of AssemblyAI.' }))
  readonly assemblyaiApiKey?: Secret;

  @Setting(address({ env: 'ASSEMBLYAI_BASE_URL', doc: 'Address of AssemblyAI.' }, 'https://api.assemblyai.com'))
  readonly assemblyaiBaseUrl: string;

  @Setting(text({ env: 'ASSEMBLYAI_MODEL', doc: 'Model for speech.' }, 'universal'))
  readonly assemblyaiModel: string;

  @Setting({
    env: 'AI_TIMEOUT_SECONDS',
    kind: 'duration-seconds',
    group: 'AI',
    default: '60',
    doc: 'Longest time of one request to an engine.',
    min: 1,
    max: 600,
  })
  readonly aiTimeoutSeconds: number;

  @Setting({
    env: 'AI_SPEECH_TIMEOUT_SECONDS',
    kind: 'duration-seconds',
    group: 'AI',
    default: '30m',
    doc: 'Longest time to write down one recording.',
    min: 1,
    max: 14_400,
  })
  readonly aiSpeechTimeoutSeconds: number;

  @Setting(count({ env: 'AI_RETRIES', doc: 'Further attempts with an engine that is busy or down.' }, '2', [0, 10]))
  readonly aiRetries: number;

  @Setting(count({ env: 'AI_CONCURRENCY', doc: 'Requests to one engine at once, per process.' }, '8', [1, 1000]))
  readonly aiConcurrency: number;

  @Setting({
    env: 'AI_REST_SECONDS',
    kind: 'duration-seconds',
    group: 'AI',
    default: '15',
    doc: 'How long an engine that failed five times in a row is left alone.',
    min: 1,
    max: 3600,
  })
  readonly aiRestSeconds: number;

  @Setting(
    count(
      { env: 'AI_BUDGET_CENTS', doc: 'Most an organization may spend on engines in a month, in US cents.' },
      '10000',
      [0, 1_000_000_000],
    ),
  )
  readonly aiBudgetCents: number;

  @Setting({
    env: 'AI_PRICES',
    kind: 'list',
    group: 'AI',
    doc: 'Prices of models that are not in the table of Concord, US dollars for a million tokens in and out.',
    example: 'my-model=0.20/0.60,other=0/0',
    pattern: PRICE,
  })
  readonly aiPrices: readonly string[];
}
