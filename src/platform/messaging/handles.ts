import { SetMetadata } from '@nestjs/common';
import type { Scope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import type { EventDefinition, JobDefinition, ScheduleDefinition } from './definitions.js';

/** What a handler gets: one attempt of one job. */
export interface JobContext<P = Record<string, never>> {
  readonly jobId: string;
  /** From 1; grows with each retry. */
  readonly attempt: number;
  /** The organization of whoever enqueued it; the actor is the job, on behalf of the same person. */
  readonly scope: Scope;
  readonly payload: P;
  /** Aborted when the job is cancelled, takes too long or the process stops; pass it on, and look at it between steps. */
  readonly signal: AbortSignal;
  /** Tells how far it is; call it as often as you like, few calls are written. */
  progress(done: number, total: number, note?: string): void;
  /** Marks the effect as made in the transaction that makes it; false when it was made before: then do nothing. */
  once(tx: Tx): Promise<boolean>;
  /** What `saveState` kept at the last finished step, also by an attempt that died. */
  state<T>(): T | undefined;
  /** Keeps where to go on, in the transaction of the step; fails when another worker has taken the job over. */
  saveState(tx: Tx, state: unknown): Promise<void>;
}

export const HANDLES = 'concord:handles';

type HandlerMethod<P> = (context: JobContext<P>) => Promise<unknown>;
type HandlerDecorator<P> = <M extends HandlerMethod<P>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Makes a provider's method the handler of a job, an event or a schedule; what it returns is the job's result. */
export function Handles<P>(definition: JobDefinition<P> | EventDefinition<P>): HandlerDecorator<P>;
export function Handles(definition: ScheduleDefinition): HandlerDecorator<Record<string, never>>;
export function Handles(definition: object): HandlerDecorator<never> {
  return SetMetadata(HANDLES, definition);
}
