import { type ChatAnswer, pieces, vectorOf } from './replies.js';
import type { Wire } from './wire.js';

const REASONS = { stop: 'STOP', length: 'MAX_TOKENS', content_filter: 'SAFETY' } as const;

function usage({ tokensIn = 11, tokensOut = 7, isUncounted }: ChatAnswer) {
  if (isUncounted) return {};
  return { usageMetadata: { promptTokenCount: tokensIn, candidatesTokenCount: tokensOut, totalTokenCount: tokensIn + tokensOut } };
}

function calls({ toolCalls = [] }: ChatAnswer) {
  return toolCalls.map(({ name, arguments: args }) => ({
    functionCall: { name, args: typeof args === 'string' ? (JSON.parse(args) as object) : args },
  }));
}

const candidate = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
});

/** Gemini generateContent, streamGenerateContent and embeddings. */
export const GEMINI_WIRES: readonly Wire[] = [
  {
    route: 'gemini.chat',
    method: 'POST',
    path: /^\/gemini\/v1beta\/models\/[^:]+:(generateContent|streamGenerateContent)$/,
    isStreamed: ({ path }) => path.includes(':streamGenerateContent'),
    whole: (_, answer) => ({
      ...candidate([...(answer.text === undefined ? [] : [{ text: answer.text }]), ...calls(answer)], {
        finishReason: REASONS[answer.reason ?? 'stop'],
      }),
      ...usage(answer),
    }),
    events: (_, answer) => ({
      begin: [
        ...pieces(answer.text ?? '').map((text) => JSON.stringify(candidate([{ text }]))),
        ...(answer.toolCalls?.length ? [JSON.stringify(candidate(calls(answer)))] : []),
      ],
      end: [JSON.stringify({ ...candidate([], { finishReason: REASONS[answer.reason ?? 'stop'] }), ...usage(answer) })],
    }),
  },
  {
    route: 'gemini.embeddings',
    method: 'POST',
    path: /^\/gemini\/v1beta\/models\/[^:]+:(embedContent|batchEmbedContents)$/,
    whole: ({ path, body }) => {
      const values = (request: { content: { parts: { text: string }[] }; outputDimensionality?: number }) => ({
        values: vectorOf(request.content.parts.map(({ text }) => text).join(''), request.outputDimensionality ?? 1024),
      });
      return path.endsWith(':embedContent') ? { embedding: values(body) } : { embeddings: body.requests.map(values) };
    },
  },
];
