import { type ChatAnswer, pieces, vectorOf } from './replies.js';
import type { Wire } from './wire.js';

const ENVELOPE = { id: 'chatcmpl-test', created: 1_763_700_000, model: 'scripted' };

function reason({ reason: given, toolCalls }: ChatAnswer): string {
  return given ?? (toolCalls?.length ? 'tool_calls' : 'stop');
}

function usage({ tokensIn = 11, tokensOut = 7, isUncounted }: ChatAnswer) {
  return isUncounted ? {} : { usage: { prompt_tokens: tokensIn, completion_tokens: tokensOut, total_tokens: tokensIn + tokensOut } };
}

function toolCalls({ toolCalls: calls = [] }: ChatAnswer) {
  return calls.map(({ id, name, arguments: given }, index) => ({
    index,
    id: id ?? `call_${index + 1}`,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
}

const chunk = (delta: object, finish: string | null = null): string =>
  JSON.stringify({ ...ENVELOPE, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });

/** OpenAI chat completions, embeddings and transcriptions. */
export const OPENAI_WIRES: readonly Wire[] = [
  {
    route: 'openai.chat',
    method: 'POST',
    path: /^\/openai\/v1\/chat\/completions$/,
    isStreamed: ({ body }) => body?.stream === true,
    whole: (_, answer) => ({
      ...ENVELOPE,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.text ?? null,
            ...(answer.toolCalls?.length ? { tool_calls: toolCalls(answer).map(({ index: _index, ...call }) => call) } : {}),
          },
          finish_reason: reason(answer),
        },
      ],
      ...usage(answer),
    }),
    events: (_, answer) => ({
      begin: [
        chunk({ role: 'assistant', content: '' }),
        ...pieces(answer.text ?? '').map((content) => chunk({ content })),
        ...toolCalls(answer).flatMap(({ function: { name, arguments: given }, ...call }) => [
          chunk({ tool_calls: [{ ...call, function: { name, arguments: '' } }] }),
          ...pieces(given).map((part) => chunk({ tool_calls: [{ index: call.index, function: { arguments: part } }] })),
        ]),
      ],
      end: [
        chunk({}, reason(answer)),
        ...(answer.isUncounted ? [] : [JSON.stringify({ ...ENVELOPE, object: 'chat.completion.chunk', choices: [], ...usage(answer) })]),
        '[DONE]',
      ],
    }),
  },
  {
    route: 'openai.embeddings',
    method: 'POST',
    path: /^\/openai\/v1\/embeddings$/,
    whole: ({ body }) => {
      const input = [body.input].flat() as string[];
      return {
        object: 'list',
        model: body.model,
        data: input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, body.dimensions ?? 1024) })),
        usage: { prompt_tokens: input.length * 5, total_tokens: input.length * 5 },
      };
    },
  },
  {
    route: 'openai.speech',
    method: 'POST',
    path: /^\/openai\/v1\/audio\/transcriptions$/,
    whole: (_, answer) => ({
      task: 'transcribe',
      language: 'english',
      duration: 12.5,
      text: answer.text ?? '',
      segments: [
        {
          id: 0,
          seek: 0,
          start: 0,
          end: 12.5,
          text: answer.text ?? '',
          tokens: [1],
          temperature: 0,
          avg_logprob: -0.1,
          compression_ratio: 1,
          no_speech_prob: 0,
        },
      ],
    }),
  },
];
