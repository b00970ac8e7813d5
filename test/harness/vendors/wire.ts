import type { ChatAnswer } from './replies.js';

/** One request as the server got it. */
export interface VendorRequest {
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; the text where it is none (uploads, forms). */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at it
  readonly body: any;
  /** The caller hung up before the answer was finished. */
  isAborted: boolean;
}

/** The places that can be scripted. */
export const ROUTES = [
  'openai.chat',
  'openai.embeddings',
  'openai.speech',
  'gemini.chat',
  'gemini.embeddings',
  'voyage.embeddings',
  'voyage.rerank',
  'assemblyai.upload',
  'assemblyai.submit',
  'assemblyai.poll',
] as const;
export type Route = (typeof ROUTES)[number];

/** How one place of a vendor talks. */
export interface Wire {
  readonly route: Route;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** The whole answer as JSON. */
  whole(request: VendorRequest, answer: ChatAnswer): unknown;
  /** Whether the request wants a stream. */
  isStreamed?(request: VendorRequest): boolean;
  /** The events of a stream, without their framing; the last ones end it properly. */
  events?(request: VendorRequest, answer: ChatAnswer): { readonly begin: readonly string[]; readonly end: readonly string[] };
}
