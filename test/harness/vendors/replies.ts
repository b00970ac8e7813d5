/** A tool that the scripted model asks for; `arguments` as text is sent as it is, well-formed or not. */
export interface ScriptedToolCall {
  readonly name: string;
  readonly arguments: object | string;
  readonly id?: string;
}

/** What the server does with one request. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly text?: string;
      readonly toolCalls?: readonly ScriptedToolCall[];
      readonly tokensIn?: number;
      readonly tokensOut?: number;
      /** Why it stopped, in OpenAI's words; `stop` or `tool_calls` when not said. */
      readonly reason?: 'stop' | 'length' | 'content_filter';
      /** Leaves the count of tokens out, as some servers do. */
      readonly isUncounted?: boolean;
    }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** Begins to answer and drops the connection: with `quietly` it ends as if all was said. */
  | { readonly kind: 'cut-off'; readonly text: string; readonly quietly: boolean }
  /** 200, but no JSON; in a stream a chunk that is none. */
  | { readonly kind: 'garbled' }
  /** A body of its own, for the parts that are not chat. */
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'late'; readonly ms: number; readonly then: Reply }
  /** Takes the request and never answers. */
  | { readonly kind: 'never' };

export const say = (text: string, more: Partial<Extract<Reply, { kind: 'answer' }>> = {}): Reply => ({ kind: 'answer', text, ...more });
export const sayJson = (value: unknown): Reply => say(JSON.stringify(value));
export const callTools = (...toolCalls: ScriptedToolCall[]): Reply => ({ kind: 'answer', toolCalls });
export const fail = (
  status: number,
  headers: Record<string, string> = {},
  body: unknown = { error: { message: 'scripted failure' } },
): Reply => ({
  kind: 'status',
  status,
  headers,
  body,
});
export const tooMany = (retryAfter?: string): Reply => fail(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
export const cutOff = (text: string): Reply => ({ kind: 'cut-off', text, quietly: false });
export const endEarly = (text: string): Reply => ({ kind: 'cut-off', text, quietly: true });
export const garbled = (): Reply => ({ kind: 'garbled' });
export const body = (value: unknown): Reply => ({ kind: 'body', body: value });
export const late = (ms: number, then: Reply): Reply => ({ kind: 'late', ms, then });
export const never = (): Reply => ({ kind: 'never' });

export type ChatAnswer = Extract<Reply, { kind: 'answer' }>;

/** Texts in pieces of a few characters, as models send them. */
export function pieces(text: string, length = 7): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'gu')) ?? [];
}

/** Vectors that depend on the text alone. */
export function vectorOf(text: string, dimensions: number): number[] {
  let seed = 2166136261;
  for (const character of text) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 16777619);
  return Array.from({ length: dimensions }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return seed / 2 ** 31;
  });
}
