import type { ShapeClass } from '../http/shapes/field.js';

/** The queues there are; each has its own worker, so that a long import never keeps a mail or an answer waiting. */
export const QUEUES = ['default', 'mail', 'imports', 'assistant'] as const;

export type QueueName = (typeof QUEUES)[number];

/** Waiting time before a retry: doubles from `baseMs` up to `maxMs`, with full jitter. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

interface Run {
  /** Unique for ever, `feature.verb-thing`: rows of old jobs carry it. */
  readonly name: string;
  /** How often it is tried before it counts as failed; a worker that died is not an attempt. */
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly backoff?: Backoff;
}

export interface JobOptions<P> extends Run {
  readonly queue: QueueName;
  readonly payload: ShapeClass<P>;
  /** Key of what may happen only once: enqueueing it again gives the id of the first job, unless that one was cancelled. */
  readonly once?: (payload: P) => string;
}

export interface JobDefinition<P> extends JobOptions<P> {
  readonly kind: 'job';
}

export interface EventOptions<P> {
  /** A fact in the past tense, `feature.thing-happened`. */
  readonly name: string;
  readonly payload: ShapeClass<P>;
}

export interface EventDefinition<P> extends EventOptions<P> {
  readonly kind: 'event';
}

export interface ScheduleOptions {
  readonly name: string;
  /** Seconds between ticks; ticks lie on whole multiples since 1970, so every process agrees on them. */
  readonly every: number;
  readonly queue?: QueueName;
  readonly attempts?: number;
  readonly timeoutMs?: number;
}

export interface ScheduleDefinition extends Run {
  readonly kind: 'schedule';
  readonly every: number;
  readonly queue: QueueName;
}

/** Anything a method can handle. */
export type Definition = JobDefinition<never> | EventDefinition<never> | ScheduleDefinition;

const NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const declared = new Map<string, Definition>();

function declare<D extends { readonly name: string }>(definition: D): D {
  if (!NAME.test(definition.name)) throw new Error(`"${definition.name}" is not a name like feature.do-something`);
  if (declared.has(definition.name)) throw new Error(`"${definition.name}" is declared twice`);
  declared.set(definition.name, definition as unknown as Definition);
  return definition;
}

/** Declares a job: work that runs later, at least once, on any worker. */
export function job<P extends object>(options: JobOptions<P>): JobDefinition<P> {
  return declare({ ...options, kind: 'job' });
}

/** Declares an event: a fact that features may react to, each in its own retries. */
export function event<P extends object>(options: EventOptions<P>): EventDefinition<P> {
  return declare({ ...options, kind: 'event' });
}

/** Declares work that is done every so many seconds, once per tick however many processes run; ticks missed together fire once. */
export function schedule(options: ScheduleOptions): ScheduleDefinition {
  if (!Number.isInteger(options.every) || options.every < 1) throw new Error(`"${options.name}" needs whole seconds between ticks`);
  return declare({ queue: 'default', attempts: 3, timeoutMs: 60_000, ...options, kind: 'schedule' });
}

/** Every definition that was loaded, for the check at boot. */
export function declaredDefinitions(): readonly Definition[] {
  return [...declared.values()];
}
