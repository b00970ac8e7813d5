import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../src/platform/database/database.js';
import { Text } from '../../src/platform/http/shapes/fields.js';
import { event, job, schedule } from '../../src/platform/messaging/definitions.js';
import { Handles, type JobContext } from '../../src/platform/messaging/handles.js';

export class ProbePayload {
  @Text({ max: 100 }) what: string;
}

/** Whatever a test wants done: the behaviour is looked up by the payload. */
export const ProbeJob = job({
  name: 'probe.run',
  queue: 'default',
  payload: ProbePayload,
  attempts: 3,
  timeoutMs: 60_000,
  backoff: { baseMs: 60, maxMs: 60 },
});
export const HastyJob = job({ name: 'probe.hasty', queue: 'default', payload: ProbePayload, attempts: 1, timeoutMs: 150 });
export const OnceJob = job({
  name: 'probe.once',
  queue: 'mail',
  payload: ProbePayload,
  attempts: 2,
  timeoutMs: 5_000,
  once: (payload) => payload.what,
});
export const ProbeHappened = event({ name: 'probe.happened', payload: ProbePayload });
export const Unheard = event({ name: 'probe.unheard', payload: ProbePayload });
export const ProbeTick = schedule({ name: 'probe.tick', every: 1 });

export type Behaviour = (context: JobContext<ProbePayload>, db: Database) => Promise<unknown>;

/** What jobs do and what they did, for all applications of one test file. */
export const behaviours = new Map<string, Behaviour>();
export const calls: { what: string; jobId: string; attempt: number; context: JobContext<ProbePayload> }[] = [];
export const ticks: { at: number; jobId: string }[] = [];
export const heard: string[] = [];

export const callsOf = (what: string): typeof calls => calls.filter((call) => call.what === what);

@Injectable()
export class ProbeHandlers {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Handles(ProbeJob)
  run(context: JobContext<ProbePayload>): Promise<unknown> {
    return this.behave(context);
  }

  @Handles(HastyJob)
  hasty(context: JobContext<ProbePayload>): Promise<unknown> {
    return this.behave(context);
  }

  @Handles(OnceJob)
  once(context: JobContext<ProbePayload>): Promise<unknown> {
    return this.behave(context);
  }

  @Handles(ProbeTick)
  tick(context: JobContext): Promise<void> {
    ticks.push({ at: Date.now(), jobId: context.jobId });
    return Promise.resolve();
  }

  private behave(context: JobContext<ProbePayload>): Promise<unknown> {
    const { what } = context.payload;
    calls.push({ what, jobId: context.jobId, attempt: context.attempt, context });
    return behaviours.get(what)?.(context, this.db) ?? Promise.resolve({ did: what });
  }
}

@Injectable()
export class ProbeListener {
  @Handles(ProbeHappened)
  hear({ payload }: JobContext<ProbePayload>): Promise<void> {
    heard.push(`listener ${payload.what}`);
    return Promise.resolve();
  }
}

@Injectable()
export class OtherListener {
  @Handles(ProbeHappened)
  hear({ payload }: JobContext<ProbePayload>): Promise<void> {
    heard.push(`other ${payload.what}`);
    return Promise.resolve();
  }
}

export const PROBES = [ProbeHandlers, ProbeListener, OtherListener] as const;

/** Waits until something is so, and says what it waited for when it never was. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 10_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await delay(20);
  }
}
