import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { ShapeClass } from '../http/shapes/field.js';
import { type Backoff, declaredDefinitions, type Definition, type QueueName } from './definitions.js';
import { HANDLES, type JobContext } from './handles.js';

/** One method that runs jobs, with everything the runner must know of them. */
export interface Handler {
  /** Name of the jobs it runs. */
  readonly name: string;
  readonly definition: Definition;
  readonly queue: QueueName;
  /** Absent for schedules, which carry nothing. */
  readonly payload: ShapeClass | undefined;
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly backoff: Backoff;
  readonly run: (context: JobContext<never>) => Promise<unknown>;
}

/** A method found under `@Handles`. */
export interface FoundMethod {
  readonly definition: Definition;
  /** `Class.method`, which names the handler of an event. */
  readonly place: string;
  readonly run: (context: JobContext<never>) => Promise<unknown>;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 1_000, maxMs: 300_000 };
const EVENT_ATTEMPTS = 8;
const EVENT_TIMEOUT_MS = 60_000;

/** Knows which method runs which job; wrong wiring stops the boot, in every role. */
@Injectable()
export class HandlerRegistry implements OnModuleInit {
  private handlers: ReadonlyMap<string, Handler> = new Map();

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    this.handlers = handlersByName(declaredDefinitions(), this.findMethods());
  }

  /** The handler of the jobs of this name. */
  get(name: string): Handler | undefined {
    return this.handlers.get(name);
  }

  all(): readonly Handler[] {
    return [...this.handlers.values()];
  }

  /** Everybody who listens to an event. */
  listenersOf(event: { readonly name: string }): readonly Handler[] {
    return this.all().filter((handler) => handler.definition.kind === 'event' && handler.definition.name === event.name);
  }

  private findMethods(): FoundMethod[] {
    const found: FoundMethod[] = [];
    for (const { instance } of this.discovery.getProviders()) {
      const provider = instance as Record<string, unknown> | null | undefined;
      if (typeof provider !== 'object' || provider === null || Object.getPrototypeOf(provider) === null) continue;
      const prototype = Object.getPrototypeOf(provider) as object;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const method = (prototype as Record<string, unknown>)[key];
        const definition = typeof method === 'function' ? (Reflect.getMetadata(HANDLES, method) as Definition | undefined) : undefined;
        if (!definition || typeof method !== 'function') continue;
        const run = method.bind(provider) as FoundMethod['run'];
        found.push({ definition, place: `${provider.constructor.name}.${key}`, run });
      }
    }
    return found;
  }
}

/** Pairs definitions with methods: each job and schedule has exactly one, the listeners of an event have different names. */
export function handlersByName(definitions: readonly Definition[], methods: readonly FoundMethod[]): ReadonlyMap<string, Handler> {
  const faults: string[] = [];
  const handlers = new Map<string, Handler>();
  for (const method of methods) {
    const handler = handlerOf(method);
    if (handlers.has(handler.name)) faults.push(`"${handler.name}" has a second handler, ${method.place}`);
    handlers.set(handler.name, handler);
  }
  for (const { kind, name } of definitions) {
    if (kind !== 'event' && !handlers.has(name)) faults.push(`the ${kind} "${name}" has no handler`);
  }
  if (faults.length > 0) throw new Error(`Jobs are not wired: ${faults.join('; ')}`);
  return handlers;
}

function handlerOf({ definition, place, run }: FoundMethod): Handler {
  if (definition.kind === 'event') {
    const limits = { queue: 'default' as const, attempts: EVENT_ATTEMPTS, timeoutMs: EVENT_TIMEOUT_MS, backoff: DEFAULT_BACKOFF };
    return { name: `${definition.name}:${place}`, definition, payload: definition.payload, ...limits, run };
  }
  const { name, queue, attempts, timeoutMs, backoff = DEFAULT_BACKOFF } = definition;
  const payload = definition.kind === 'job' ? (definition.payload as ShapeClass) : undefined;
  return { name, definition, queue, payload, attempts, timeoutMs, backoff, run };
}
