import { vectorOf } from './replies.js';
import type { Wire } from './wire.js';

/** Words two texts share, as part of the words of the first. */
function overlap(query: string, document: string): number {
  const words = (text: string) => new Set(text.toLowerCase().match(/\w+/g) ?? []);
  const [wanted, held] = [words(query), words(document)];
  return [...wanted].filter((word) => held.has(word)).length / Math.max(1, wanted.size);
}

/** Voyage embeddings and rerank. */
export const VOYAGE_WIRES: readonly Wire[] = [
  {
    route: 'voyage.embeddings',
    method: 'POST',
    path: /^\/voyage\/v1\/embeddings$/,
    whole: ({ body }) => ({
      object: 'list',
      model: body.model,
      data: (body.input as string[]).map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vectorOf(text, body.output_dimension ?? 1024),
      })),
      usage: { total_tokens: body.input.length * 4 },
    }),
  },
  {
    route: 'voyage.rerank',
    method: 'POST',
    path: /^\/voyage\/v1\/rerank$/,
    whole: ({ body }) => ({
      object: 'list',
      model: body.model,
      data: (body.documents as string[])
        .map((document, index) => ({ index, relevance_score: overlap(body.query, document) }))
        .sort((a, b) => b.relevance_score - a.relevance_score)
        .slice(0, body.top_k ?? body.documents.length),
      usage: { total_tokens: body.documents.length * 9 },
    }),
  },
];
