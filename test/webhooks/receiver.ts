import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** A message as it came over the wire. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Typed loosely because tests look at it, not code. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly afterMs?: number;
}

/** A real HTTP server that takes messages and answers as it is told. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How it answers, by the number of the message from 1; 204 unless said. */
  answers(answer: (count: number, message: Received) => Answer): void;
  /** Waits until so many messages came. */
  until(count: number, what?: (message: Received) => boolean): Promise<Received[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: (count: number, message: Received) => Answer = () => ({ status: 204 });
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const message: Received = {
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body,
        json: JSON.parse(body),
      };
      received.push(message);
      const { status, headers, body: text, afterMs = 0 } = answer(received.length, message);
      setTimeout(() => response.writeHead(status, headers).end(text), afterMs).unref();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: (given) => (answer = given),
    until: async (count, what = () => true) => {
      await eventually(`${count} messages came`, () => received.filter(what).length >= count);
      return received.filter(what);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the official library makes of a message; throws when the signature is wrong. */
export function verified(secret: string, { body, headers }: Received): unknown {
  return new Webhook(secret).verify(body, { ...headers });
}

/** Waits for something that comes by itself. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, mostMs = 10_000): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not happen in time: ${what}`);
    await delay(15);
  }
}
