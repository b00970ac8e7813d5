import type { Scope } from '../../database/scope.js';
import type {
  AiTask,
  AiToolCall,
  ConverseCall,
  EmbedCall,
  EngineName,
  FinishReason,
  ObjectCall,
  RerankCall,
  TextCall,
  TranscribeCall,
  Transcript,
} from '../ai-types.js';

/** What an engine counted; what it did not count is estimated. */
export interface EngineUsage {
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly audioSeconds?: number | undefined;
}

export interface EngineAnswer<T> extends EngineUsage {
  readonly value: T;
}

export type EngineEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | ({ readonly type: 'tool-call' } & AiToolCall)
  | ({ readonly type: 'finish'; readonly reason: FinishReason } & EngineUsage);

export interface Request<C> {
  readonly scope: Scope;
  readonly call: C;
  /** Ends the request: the caller gave up or the time is over. */
  readonly signal: AbortSignal;
}

/** What a shape's object looked like when it did not fit, and what was said about it. */
export interface Repair {
  readonly answer: string;
  readonly faults: string;
}

/** Somebody who can answer some tasks. A failure is thrown as `EngineFailure`; anything else thrown counts as one that is not retried. */
export interface Engine {
  readonly name: EngineName;
  /** The model of a task; undefined when this engine does not do the task at all. */
  modelOf(task: AiTask): string | undefined;
  /** Why it cannot answer this very call although it does the task, and what to set; undefined when it can. */
  cannot?(task: AiTask, call: object): string | undefined;
  text?(request: Request<TextCall>): Promise<EngineAnswer<string>>;
  /** The answer as text that should be JSON, or as a value already. */
  object?(request: Request<ObjectCall<object>>, repair?: Repair): Promise<EngineAnswer<unknown>>;
  converse?(request: Request<ConverseCall>): AsyncIterable<EngineEvent>;
  embed?(request: Request<EmbedCall>): Promise<EngineAnswer<readonly (readonly number[] | Float32Array)[]>>;
  rerank?(request: Request<RerankCall>): Promise<EngineAnswer<readonly { index: number; score: number }[]>>;
  transcribe?(request: Request<TranscribeCall>): Promise<EngineAnswer<Transcript>>;
}
