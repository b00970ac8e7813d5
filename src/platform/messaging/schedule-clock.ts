import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { type Handler, HandlerRegistry } from './handler-registry.js';
import { Outbox } from './outbox.js';

const NEXT = (seconds: string): string => `to_timestamp((floor(extract(epoch from clock_timestamp()) / ${seconds}) + 1) * ${seconds})`;

// A schedule whose rhythm changed starts on the new grid at once.
const REGISTER = `
  insert into schedules (name, every_seconds, next_at)
  select n.name, n.every_seconds, ${NEXT('n.every_seconds')} from unnest($1::text[], $2::int[]) as n (name, every_seconds) order by n.name
  on conflict (name) do update set every_seconds = excluded.every_seconds, next_at = excluded.next_at
    where schedules.every_seconds <> excluded.every_seconds`;

// Whoever moves a tick owns it. While the run before it is not finished there is nothing to start.
const TICK = `
  with due as (
    select name, next_at from schedules where name = any($1::text[]) and next_at <= clock_timestamp() for update skip locked
  ), moved as (
    update schedules s set last_at = due.next_at, next_at = ${NEXT('s.every_seconds')} from due where s.name = due.name returning s.name
  )
  select name from moved where not exists (
    select 1 from jobs where organization_id = $2 and jobs.name = moved.name and state in ('PENDING', 'PROCESSING'))`;

const WAIT = `select ceil(extract(epoch from min(next_at) - clock_timestamp()) * 1000)::int as ms from schedules where name = any($1::text[])`;

const SHORTEST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 15_000;

/** Starts the schedules: the row of each holds its next tick, so any number of processes share them and a missed tick is made up once. */
@Injectable()
export class ScheduleClock {
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private isOpen = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(HandlerRegistry) private readonly registry: HandlerRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async open(): Promise<void> {
    const schedules = this.schedules();
    if (schedules.length === 0) return;
    const parameters = [
      schedules.map(({ name }) => name),
      schedules.map(({ definition }) => (definition.kind === 'schedule' ? definition.every : 0)),
    ];
    await this.database.asSystem('register schedules', systemScope('schedules'), (tx) => tx.query(REGISTER, parameters));
    this.isOpen = true;
    this.plan(0);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    clearTimeout(this.timer);
    await this.ticking;
  }

  private schedules(): readonly Handler[] {
    return this.registry.all().filter(({ definition }) => definition.kind === 'schedule');
  }

  private plan(waitMs: number): void {
    if (!this.isOpen) return;
    this.timer = setTimeout(() => {
      this.ticking = this.tick();
    }, waitMs).unref();
  }

  private async tick(): Promise<void> {
    let waitMs = LONGEST_WAIT_MS;
    try {
      waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, await this.startDue()));
    } catch (error) {
      this.logger.warn({ err: error }, 'schedules could not be looked at');
    }
    this.plan(waitMs);
  }

  /** Gives the milliseconds until the next tick. */
  private startDue(): Promise<number> {
    const schedules = this.schedules();
    const names = schedules.map(({ name }) => name);
    return this.database.asSystem('start schedules', systemScope('schedules'), async (tx) => {
      const due = new Set((await tx.query<{ name: string }>(TICK, [names, tx.scope.organizationId])).map((row) => row.name));
      const starting = schedules.filter(({ name }) => due.has(name)).map(({ name, queue }) => ({ name, queue }));
      if (starting.length > 0) await this.outbox.write(tx, starting, {}, { visible: false });
      return (await tx.first<{ ms: number | null }>(WAIT, [names]))?.ms ?? LONGEST_WAIT_MS;
    });
  }
}
