import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ASSEMBLYAI_WIRES } from './assemblyai-wire.js';
import { GEMINI_WIRES } from './gemini-wire.js';
import { OPENAI_WIRES } from './openai-wire.js';
import { type ChatAnswer, type Reply, say } from './replies.js';
import type { Route, VendorRequest, Wire } from './wire.js';
import { VOYAGE_WIRES } from './voyage-wire.js';

export * from './replies.js';
export type { Route, VendorRequest } from './wire.js';

const WIRES = [...OPENAI_WIRES, ...GEMINI_WIRES, ...VOYAGE_WIRES, ...ASSEMBLYAI_WIRES];

/** A loopback server that speaks the wire formats of the AI vendors and does what it is told. */
export class VendorServer {
  /** Everything that was asked, in order. */
  readonly requests: VendorRequest[] = [];
  private readonly scripts = new Map<Route, Reply[]>();
  private readonly standing = new Map<Route, (request: VendorRequest) => Reply>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<VendorServer> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const made = new VendorServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => void made.answer(request, response));
    return made;
  }

  /** Settings of an app that has only this server for vendors; which engines are asked is said beside it. */
  get environment(): Record<string, string> {
    return {
      OPENAI_BASE_URL: `${this.url}/openai/v1`,
      OPENAI_API_KEY: 'key-of-openai',
      GEMINI_BASE_URL: `${this.url}/gemini/v1beta`,
      GEMINI_API_KEY: 'key-of-gemini',
      VOYAGE_BASE_URL: `${this.url}/voyage/v1`,
      VOYAGE_API_KEY: 'key-of-voyage',
      ASSEMBLYAI_BASE_URL: `${this.url}/assemblyai`,
      ASSEMBLYAI_API_KEY: 'key-of-assemblyai',
    };
  }

  /** What the next requests to a place get, one each; after that what always holds there. */
  script(route: Route, ...replies: Reply[]): void {
    this.scripts.set(route, [...(this.scripts.get(route) ?? []), ...replies]);
  }

  /** What requests to a place get when no script is left; without it they get a plain answer. */
  always(route: Route, reply: (request: VendorRequest) => Reply): void {
    this.standing.set(route, reply);
  }

  /** Forgets scripts and requests. */
  reset(): void {
    this.requests.length = 0;
    this.scripts.clear();
    this.standing.clear();
  }

  /** Requests to one place. */
  asked(route: Route): VendorRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  /** True when every scripted reply was used. */
  get isPlayedOut(): boolean {
    return [...this.scripts.values()].every((replies) => replies.length === 0);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '').replace(/\?.*$/, '');
    const bytes: Buffer[] = [];
    for await (const part of incoming) bytes.push(part as Buffer);
    const wire = WIRES.find((one) => one.method === incoming.method && one.path.test(path));
    if (!wire) return void response.writeHead(404).end('{"error":{"message":"no such place"}}');
    const { method = '', headers } = incoming;
    const request: VendorRequest = { route: wire.route, method, path, headers, body: bodyOf(Buffer.concat(bytes)), isAborted: false };
    response.on('close', () => (request.isAborted = !response.writableFinished));
    this.requests.push(request);
    const reply = this.scripts.get(wire.route)?.shift() ?? this.standing.get(wire.route)?.(request) ?? usual(wire);
    await play(wire, request, { reply, response });
  }
}

/** What an unscripted request gets. */
function usual({ isStreamed }: Wire): Reply {
  return isStreamed ? say('Scripted answer.') : { kind: 'answer' };
}

interface Playing {
  readonly reply: Reply;
  readonly response: ServerResponse;
}

async function play(wire: Wire, request: VendorRequest, { reply, response }: Playing): Promise<void> {
  const isStreamed = wire.isStreamed?.(request) ?? false;
  switch (reply.kind) {
    case 'never':
      return;
    case 'late':
      await sleep(reply.ms);
      return request.isAborted ? undefined : play(wire, request, { reply: reply.then, response });
    case 'status':
      return json(response, reply.body, { status: reply.status, headers: reply.headers });
    case 'body':
      return json(response, reply.body);
    case 'garbled':
      if (!isStreamed) return json(response, undefined, { text: '{"choices": [{"message": ' });
      return stream(response, ['{"choices": [{"delta": '], 'end');
    case 'cut-off':
      if (isStreamed)
        return stream(response, wire.events?.(request, { kind: 'answer', text: reply.text }).begin ?? [], reply.quietly ? 'end' : 'drop');
      return json(response, undefined, { text: JSON.stringify(wire.whole(request, { kind: 'answer', text: reply.text })).slice(0, -20) });
    case 'answer':
      return isStreamed ? stream(response, eventsOf(wire, request, reply), 'end') : json(response, wire.whole(request, reply));
  }
}

function eventsOf(wire: Wire, request: VendorRequest, answer: ChatAnswer): string[] {
  const { begin = [], end = [] } = wire.events?.(request, answer) ?? {};
  return [...begin, ...end];
}

interface Sending {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly text?: string;
}

function json(response: ServerResponse, value: unknown, { status = 200, headers = {}, text }: Sending = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text ?? JSON.stringify(value));
}

/** One event a turn of the loop, so that a reader sees them one by one. */
async function stream(response: ServerResponse, events: readonly string[], then: 'end' | 'drop'): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    response.write(`data: ${event}\n\n`);
    await sleep(1);
  }
  if (then === 'end') response.end();
  else response.destroy();
}

function bodyOf(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
