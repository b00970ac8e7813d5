import type { Writable } from 'node:stream';
import pg from 'pg';
import { SESSION_OPTIONS, statementName, textTypes } from './pg-types.js';
import { runScoped, SCOPE_SETTER } from './scoped-query.js';

export interface LaneOptions {
  readonly url: string;
  readonly connections: number;
  readonly readOnly: boolean;
  readonly applicationName: string;
  /** What a statement may take at most: those behind it on the connection wait for it. */
  readonly statementTimeoutMs: number;
  readonly onLost: (error: Error) => void;
}

interface Slot {
  client: pg.Client | undefined;
  opening: Promise<pg.Client> | undefined;
  /** Whether the stream holds back what is written until this turn of the event loop ends. */
  held: boolean;
}

/**
 * A few connections shared by all requests, each pipelining single statements: every statement is its own transaction with its own
 * tenant. A connection that breaks is replaced on its next use; the statements that were on it fail, none is silently repeated.
 */
export class Lane {
  private readonly slots: Slot[];
  private turn = 0;
  private closed = false;

  constructor(private readonly options: LaneOptions) {
    this.slots = Array.from({ length: options.connections }, () => ({ client: undefined, opening: undefined, held: false }));
  }

  /** Opens every connection, so that the first requests do not wait and a wrong URL is found at boot. */
  async open(): Promise<void> {
    await Promise.all(this.slots.map((slot) => this.clientOf(slot)));
  }

  /** Runs one statement for a tenant. */
  async run(who: { organizationId: string; actorId: string }, text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    this.turn = (this.turn + 1) % this.slots.length;
    const slot = this.slots[this.turn];
    const client = slot.client ?? (await this.clientOf(slot));
    this.holdWrites(slot, client);
    return runScoped(client, who, { name: statementName(text), text, values });
  }

  /**
   * Statements that start in one turn of the event loop leave in one write: a system call each would cost more than the rest of sending.
   * The stream is held until the turn ends, which a lone statement does not notice.
   */
  private holdWrites(slot: Slot, client: pg.Client): void {
    if (slot.held) return;
    const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
    slot.held = true;
    stream.cork();
    setImmediate(() => {
      slot.held = false;
      stream.uncork();
    });
  }

  /** Connections now open. */
  get size(): number {
    return this.slots.filter((slot) => slot.client).length;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(
      this.slots.map(async (slot) => (slot.client ?? (await slot.opening?.catch(() => undefined)))?.end().catch(() => undefined)),
    );
  }

  private clientOf(slot: Slot): Promise<pg.Client> {
    if (slot.client) return Promise.resolve(slot.client);
    if (this.closed) return Promise.reject(new Error('the database is closed'));
    slot.opening ??= this.connect(slot).finally(() => (slot.opening = undefined));
    return slot.opening;
  }

  private async connect(slot: Slot): Promise<pg.Client> {
    const readOnly = this.options.readOnly ? ' -c default_transaction_read_only=on' : '';
    const config = {
      connectionString: this.options.url,
      pipeline: true,
      types: textTypes,
      options: `${SESSION_OPTIONS} -c statement_timeout=${this.options.statementTimeoutMs}${readOnly}`,
      application_name: this.options.applicationName,
      keepAlive: true,
    };
    const client = new pg.Client(config);
    client.on('error', (error) => {
      // The message of the server and the end of the connection both come as an error; one loss is told once.
      if (slot.client !== client) return;
      slot.client = undefined;
      if (!this.closed) this.options.onLost(error);
    });
    client.on('end', () => {
      if (slot.client === client) slot.client = undefined;
    });
    await client.connect();
    await client.query({ ...SCOPE_SETTER, values: ['', ''] });
    slot.client = client;
    return client;
  }
}
