import pg from 'pg';
import { SESSION_OPTIONS } from './pg-types.js';
import type { Tx } from './tx.js';

const CHANNEL = 'concord';
const RECONNECT_MS = 500;

type Listener = (payload: string) => void;

/**
 * Short messages to every process, by LISTEN/NOTIFY: sent in a transaction, delivered when it commits. A message can be lost while a
 * process reconnects, so whoever listens must also look by itself from time to time; `onReconnect` says when to look at once.
 */
export class Bus {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly reconnected = new Set<() => void>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly onTrouble: (error: Error) => void = () => undefined,
  ) {}

  async open(): Promise<void> {
    await this.connect();
  }

  /** Sends a message with the commit of `tx`; at most some 7,900 bytes. */
  async publish(tx: Tx, topic: string, payload: string): Promise<void> {
    await tx.query(`select pg_notify('${CHANNEL}', $1)`, [`${topic} ${payload}`]);
  }

  /** Calls `listener` for each message of a topic; gives the function that ends it. */
  subscribe(topic: string, listener: Listener): () => void {
    let set = this.listeners.get(topic);
    if (!set) this.listeners.set(topic, (set = new Set()));
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(topic) === set) this.listeners.delete(topic);
    };
  }

  /** Calls `action` whenever messages may have been missed. */
  onReconnect(action: () => void): void {
    this.reconnected.add(action);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'concord-bus',
      options: SESSION_OPTIONS,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => {
      if (payload) this.deliver(payload);
    });
    // A lost connection may say so twice, and the second time another one may be under way already.
    let isOver = false;
    const lost = (error?: Error): void => {
      if (isOver) return;
      isOver = true;
      this.lost(error);
    };
    client.on('error', lost);
    client.on('end', () => lost());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      isOver = true;
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.closed) return client.end();
    this.client = client;
  }

  private deliver(message: string): void {
    const space = message.indexOf(' ');
    const payload = message.slice(space + 1);
    for (const listener of this.listeners.get(message.slice(0, space)) ?? []) listener(payload);
  }

  private lost(error: Error | undefined): void {
    if (this.closed) return;
    this.client = undefined;
    if (error) this.onTrouble(error);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.connect().then(
        () => this.reconnected.forEach((action) => action()),
        (failure: Error) => this.lost(failure),
      );
    }, RECONNECT_MS);
  }
}
