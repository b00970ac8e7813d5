import { fieldsOf } from '../../http/shapes/field.js';
import type { AiMessage, ConverseCall, EmbedCall, ObjectCall, RerankCall, TextCall, TranscribeCall } from '../ai-types.js';
import { shapeJsonSchema } from '../engines/shape-json-schema.js';
import type { AiText } from '../marked-text.js';

/** How much a call can use, before it is made. */
export interface Estimate {
  /** What a text of this length usually has: about four bytes a token. */
  readonly likelyIn: number;
  /** What it can have at the very most: a token is at least one byte. */
  readonly mostIn: number;
  readonly mostOut: number;
  /** Length of a recording as it was said, or as its bytes usually make it: 32 kbit/s. */
  readonly likelyAudioSeconds: number;
  readonly mostAudioSeconds: number;
}

/** Vendors wrap each message in a few tokens of their own. */
const PER_MESSAGE = 16;
const PER_CALL = 64;
/** The thinnest speech there is, 8 kbit/s: no recording of so many bytes is longer. */
const LEAST_BYTES_A_SECOND = 1000;
const USUAL_BYTES_A_SECOND = 4000;

/** Tokens a text of so many bytes usually has. */
export function likelyTokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}

function estimate(bytes: number, mostOut: number): Estimate {
  return { likelyIn: likelyTokens(bytes), mostIn: bytes + PER_CALL, mostOut, likelyAudioSeconds: 0, mostAudioSeconds: 0 };
}

function bytesOf(...texts: readonly (AiText | string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + (text === undefined ? 0 : Buffer.byteLength(typeof text === 'string' ? text : text.text)), 0);
}

export function textEstimate({ prompt, input, maxTokensOut = 1024 }: TextCall): Estimate {
  return estimate(bytesOf(prompt.system, ...input) + input.length * PER_MESSAGE, maxTokensOut);
}

/** Twice, because an answer that does not fit is asked for once more, with itself as part of the question. */
export function objectEstimate(call: ObjectCall<object>): Estimate {
  const one = textEstimate(call);
  const schema = fieldsOf(call.shape).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(shapeJsonSchema(call.shape)));
  const mostIn = 2 * (one.mostIn + schema) + 5 * one.mostOut + 2000;
  return { ...one, likelyIn: one.likelyIn + likelyTokens(schema), mostIn, mostOut: 2 * one.mostOut };
}

export function converseEstimate({ prompt, messages, tools = [], maxTokensOut = 2048 }: ConverseCall): Estimate {
  const said = messages.reduce((sum, message) => sum + messageBytes(message) + PER_MESSAGE, 0);
  const offered = tools.reduce((sum, { name, description, input }) => {
    const schema = 'jsonSchema' in input ? input.jsonSchema : shapeJsonSchema(input);
    return sum + bytesOf(name, description, JSON.stringify(schema)) + PER_MESSAGE;
  }, 0);
  return estimate(bytesOf(prompt.system) + said + offered, maxTokensOut);
}

function messageBytes(message: AiMessage): number {
  if (message.role === 'user') return bytesOf(...message.content);
  if (message.role === 'tool') return bytesOf(message.toolName, message.content);
  return bytesOf(message.content, message.toolCalls === undefined ? undefined : JSON.stringify(message.toolCalls));
}

export function embedEstimate({ texts }: EmbedCall): Estimate {
  return estimate(bytesOf(...texts) + texts.length * 2, 0);
}

/** The question counts once for each document. */
export function rerankEstimate({ query, documents }: RerankCall): Estimate {
  return estimate(bytesOf(query) * documents.length + bytesOf(...documents) + documents.length * 8, 0);
}

export function transcribeEstimate({ audio, expectedSeconds }: TranscribeCall): Estimate {
  const secondsAt = (bytes: number): number => expectedSeconds ?? Math.ceil(audio.byteLength / bytes);
  const [likelyAudioSeconds, mostAudioSeconds] = [secondsAt(USUAL_BYTES_A_SECOND), secondsAt(LEAST_BYTES_A_SECOND)];
  return { likelyIn: 0, mostIn: 0, mostOut: 0, likelyAudioSeconds, mostAudioSeconds };
}
