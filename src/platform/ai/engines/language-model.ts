import {
  generateText,
  jsonSchema,
  type LanguageModel,
  NoObjectGeneratedError,
  NoSuchToolError,
  Output,
  streamText,
  type ToolSet,
} from 'ai';
import type { AiTool, AiToolCall, ConverseCall, FinishReason, ObjectCall, TextCall } from '../ai-types.js';
import type { EngineAnswer, EngineEvent, Repair, Request } from './engine.js';
import { EngineFailure } from './engine-failure.js';
import { shapeJsonSchema } from './shape-json-schema.js';
import { streamFailure, vendorFailure } from './vendor-failure.js';
import { markedText, modelMessages } from './vendor-messages.js';

/** A model of the SDK and what its vendor wants to be told in its own words. */
export interface VendorModel {
  readonly model: LanguageModel;
  readonly options?: Parameters<typeof generateText>[0]['providerOptions'];
  readonly now: () => Date;
}

const DEFAULT_TOKENS = { text: 1024, conversation: 2048 };

export async function writeText(vendor: VendorModel, request: Request<TextCall>): Promise<EngineAnswer<string>> {
  try {
    const { text, usage } = await generateText(writing(vendor, request));
    return { value: text, tokensIn: usage.inputTokens, tokensOut: usage.outputTokens };
  } catch (error) {
    throw vendorFailure(error, vendor.now());
  }
}

/** The answer as JSON text; whether it fits the shape is judged by who asked. */
export async function writeObject(
  vendor: VendorModel,
  request: Request<ObjectCall<object>>,
  repair?: Repair,
): Promise<EngineAnswer<string>> {
  const schema = jsonSchema(shapeJsonSchema(request.call.shape));
  const asked = writing(vendor, request);
  const messages = repair ? [...asked.messages, ...repairTurns(repair)] : asked.messages;
  try {
    const { text, usage } = await generateText({ ...asked, messages, output: Output.object({ schema }) });
    return { value: text, tokensIn: usage.inputTokens, tokensOut: usage.outputTokens };
  } catch (error) {
    // No JSON at all: it was paid for all the same, and can be repaired.
    if (NoObjectGeneratedError.isInstance(error) && error.text !== undefined)
      return { value: error.text, tokensIn: error.usage?.inputTokens, tokensOut: error.usage?.outputTokens };
    throw vendorFailure(error, vendor.now());
  }
}

/** One step of a conversation, streamed. Throws when the stream does not come to a proper end. */
export async function* streamStep(vendor: VendorModel, { call, signal }: Request<ConverseCall>): AsyncGenerator<EngineEvent> {
  const tools = toolSet(call.tools ?? []);
  const { fullStream } = streamText({
    ...common(vendor, signal),
    system: markedText(call.prompt.system),
    messages: modelMessages(call.messages),
    maxOutputTokens: call.maxTokensOut ?? DEFAULT_TOKENS.conversation,
    temperature: call.temperature ?? 0,
    ...(call.tools?.length ? { tools } : {}),
    // The default writes to the console; failures come as parts of the stream as well.
    onError: () => undefined,
  });
  let finish: EngineEvent | undefined;
  try {
    for await (const part of fullStream) {
      if (part.type === 'text-delta' && part.text !== '') yield { type: 'text-delta', text: part.text };
      else if (part.type === 'tool-call') yield { type: 'tool-call', ...toolCall(part) };
      else if (part.type === 'error') throw streamFailure(part.error, vendor.now());
      else if (part.type === 'finish') finish = finishEvent(part);
    }
  } catch (error) {
    // A lost connection is thrown, where all other failures are parts.
    signal.throwIfAborted();
    throw streamFailure(error, vendor.now());
  }
  signal.throwIfAborted();
  if (!finish) throw new EngineFailure('broken-answer', 'its answer broke off');
  yield finish;
}

function common(vendor: VendorModel, signal: AbortSignal) {
  return { model: vendor.model, abortSignal: signal, maxRetries: 0, ...(vendor.options ? { providerOptions: vendor.options } : {}) };
}

function writing(vendor: VendorModel, { call, signal }: Request<TextCall>) {
  const content = call.input.map((text) => ({ type: 'text' as const, text: markedText(text) }));
  return {
    ...common(vendor, signal),
    system: markedText(call.prompt.system),
    messages: [{ role: 'user' as const, content }] as Parameters<typeof generateText>[0]['messages'] & object,
    maxOutputTokens: call.maxTokensOut ?? DEFAULT_TOKENS.text,
    temperature: call.temperature ?? 0,
  };
}

function repairTurns({ answer, faults }: Repair) {
  return [
    { role: 'assistant' as const, content: answer.slice(0, 20_000) },
    { role: 'user' as const, content: `That is not right: ${faults} Answer again, with nothing but the JSON object.` },
  ];
}

function toolSet(tools: readonly AiTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, input }) => [
      name,
      { description, inputSchema: jsonSchema('jsonSchema' in input ? input.jsonSchema : shapeJsonSchema(input)) },
    ]),
  );
}

interface ToolCallPart {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly invalid?: boolean | undefined;
  readonly error?: unknown;
}

function toolCall({ toolCallId, toolName, input, invalid, error }: ToolCallPart): AiToolCall {
  const known = { id: toolCallId, name: toolName, arguments: input };
  if (!invalid) return known;
  return { ...known, fault: NoSuchToolError.isInstance(error) ? 'unknown-tool' : 'malformed-arguments' };
}

interface FinishPart {
  readonly finishReason: string;
  readonly rawFinishReason: string | undefined;
  readonly totalUsage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined };
}

/** A stream that was cut has no reason of its own to have ended: the SDK says `other` then. */
function finishEvent({ finishReason, rawFinishReason, totalUsage }: FinishPart): EngineEvent | undefined {
  if (finishReason === 'error' || (finishReason === 'other' && rawFinishReason === undefined)) return undefined;
  const known: readonly string[] = ['stop', 'tool-calls', 'length', 'content-filter'] satisfies FinishReason[];
  const reason = known.includes(finishReason) ? (finishReason as FinishReason) : 'stop';
  return { type: 'finish', reason, tokensIn: totalUsage.inputTokens, tokensOut: totalUsage.outputTokens };
}
