import type { JsonSchema, ShapeClass } from '../http/shapes/field.js';
import type { FencedText, SpokenText } from './marked-text.js';
import type { Prompt } from './prompts/prompt.js';

/** Who can answer: `local` needs no key and is deterministic; the others are chosen by settings. */
export const ENGINES = ['local', 'openai', 'gemini', 'voyage', 'assemblyai'] as const;
export type EngineName = (typeof ENGINES)[number];

export const TASKS = ['generate-text', 'generate-object', 'converse', 'embed', 'rerank', 'transcribe'] as const;
export type AiTask = (typeof TASKS)[number];

/** What every call says: who asks in the code, and how to stop it. */
export interface AiCall {
  /** The feature that asks, lower-kebab, for metering: `assistant`, `contracts`. */
  readonly feature: string;
  /** Aborting it stops the request to the vendor; the call then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Only this engine, no other in its place: e.g. a query against vectors that this engine made. */
  readonly onlyEngine?: EngineName;
}

/** What a call used. Tokens are as the vendor counted them, or our estimate when `isEstimated`. */
export interface AiUsage {
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Length of transcribed audio; 0 for other tasks. */
  readonly audioSeconds: number;
  /** Millionths of a US dollar, exact, as decimal digits; "0" for local engines. */
  readonly costMicros: string;
  readonly isEstimated: boolean;
}

/** Where an answer came from. */
export interface AiSource {
  readonly engine: EngineName;
  readonly model: string;
  /** True when an engine before this one in the order failed, or the budget for it was used up. */
  readonly isFallback: boolean;
  readonly usage: AiUsage;
  /** `soft-limit-passed` once the month's spending is over the organization's soft limit. */
  readonly budget: 'within' | 'soft-limit-passed';
}

export type AiAnswer<T> = T & AiSource;

export interface TextCall extends AiCall {
  readonly prompt: Prompt;
  /** What the prompt is about, in order: documents and records fenced, the caller's own wish spoken. */
  readonly input: readonly (SpokenText | FencedText)[];
  /** Default 1024. */
  readonly maxTokensOut?: number;
  /** 0 to 2; default 0. */
  readonly temperature?: number;
}

export interface ObjectCall<T extends object> extends TextCall {
  /** The answer is checked against it; what does not fit is repaired once, then refused. */
  readonly shape: ShapeClass<T>;
}

/** A tool the model may ask for. The gateway never runs it: the caller does, under its own `Scope`. */
export interface AiTool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly description: string;
  /** Shape of the arguments, or its JSON Schema. The caller checks the arguments again with `readShape`. */
  readonly input: ShapeClass | { readonly jsonSchema: JsonSchema };
}

export interface AiToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed JSON; the text itself when it was not JSON. Never trusted. */
  readonly arguments: unknown;
  /** Why it cannot be run as it stands: answer the model with it instead of running anything. */
  readonly fault?: 'unknown-tool' | 'malformed-arguments';
}

/** One message of a conversation. Plain strings are not taken: what a message is made of must be marked. */
export type AiMessage =
  | { readonly role: 'user'; readonly content: readonly (SpokenText | FencedText)[] }
  | { readonly role: 'assistant'; readonly content?: SpokenText | FencedText; readonly toolCalls?: readonly AiToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly toolName: string; readonly content: FencedText };

export interface ConverseCall extends AiCall {
  readonly prompt: Prompt;
  /** In order; the last is what is to be answered. */
  readonly messages: readonly AiMessage[];
  readonly tools?: readonly AiTool[];
  /** Default 2048. */
  readonly maxTokensOut?: number;
  readonly temperature?: number;
}

export type FinishReason = 'stop' | 'tool-calls' | 'length' | 'content-filter';

/**
 * What one step of a conversation yields, in order: any number of `text-delta`, `tool-call` and `restart`, then `usage`, then `finish`.
 * The step either ends with `finish` or throws.
 */
export type ConverseEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | ({ readonly type: 'tool-call' } & AiToolCall)
  /** The engine broke off in the middle and the answer begins anew: drop the text and the tool calls of this step so far. */
  | { readonly type: 'restart' }
  | { readonly type: 'usage'; readonly usage: AiUsage }
  | ({ readonly type: 'finish'; readonly reason: FinishReason } & AiSource);

export interface EmbedCall extends AiCall {
  /** At most 2048; each is cut by the engine where it is too long for it. */
  readonly texts: readonly string[];
  /** What the texts are: some engines embed a question differently from a text that is searched. */
  readonly as: 'query' | 'document';
}

/** Dimensions of every vector, whatever the engine: what `bits bit(1024)` stores. */
export const VECTOR_DIMENSIONS = 1024;

export interface Embeddings {
  /** One for each text, in order; unit length, `VECTOR_DIMENSIONS` long. Vectors of different `model`s must never be compared. */
  readonly vectors: readonly Float32Array[];
}

export interface RerankCall extends AiCall {
  readonly query: string;
  /** At most 1000. */
  readonly documents: readonly string[];
  /** How many to give back; all when not said. */
  readonly top?: number;
}

export interface Ranking {
  /** Best first; `score` from 0 to 1, only comparable within one answer. */
  readonly ranking: readonly { readonly index: number; readonly score: number }[];
}

export interface TranscribeCall extends AiCall {
  readonly audio: Uint8Array;
  /** Media type of the audio: `audio/mpeg`, `audio/wav`, ... */
  readonly mediaType: string;
  /** ISO 639-1; found by the engine when not said. */
  readonly language?: string;
  /** Length when it is known, so that the budget is asked for the right amount. */
  readonly expectedSeconds?: number;
}

export interface Transcript {
  readonly text: string;
  readonly language: string | null;
  readonly seconds: number;
  /** In order; empty when the engine gives none. `speaker` is a letter or null. */
  readonly segments: readonly {
    readonly startMs: number;
    readonly endMs: number;
    readonly text: string;
    readonly speaker: string | null;
  }[];
}
