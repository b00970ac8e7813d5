import { afterEach, describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import * as dgram from 'node:dgram';
import { getEventListeners } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type NameLookup, nameServerLookup } from '../../src/platform/net/host-addresses.js';
import { OutgoingFailed } from '../../src/platform/net/outgoing-failed.js';
import { type OutgoingPost, SafeHttp } from '../../src/platform/net/safe-http.js';

const servers: net.Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    (server as Partial<http.Server>).closeAllConnections?.();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});

/** Listens on loopback and gives the port. */
async function listening(server: net.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

const serving = (listener: http.RequestListener): Promise<number> => listening(http.createServer(listener));

/** A name server whose answers change; the last one stays. */
function answering(...answers: (string | string[] | Error)[]): NameLookup & { asked: string[] } {
  const asked: string[] = [];
  const find = async (host: string): Promise<LookupAddress[]> => {
    const answer = answers[Math.min(asked.push(host), answers.length) - 1] ?? [];
    if (answer instanceof Error) throw answer;
    return [answer].flat().map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return Object.assign(find, { asked });
}

/** A real name server on loopback, whose A and AAAA answers change from question to question. */
async function nameServer(
  answers: (name: string, type: 'A' | 'AAAA') => string[] | 'unknown',
): Promise<{ address: string; asked: string[]; close(): void }> {
  const socket = dgram.createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('ascii', at + 1, at + 1 + length));
      at += length + 1;
    }
    const type = query.readUInt16BE(at + 1) === 28 ? 'AAAA' : 'A';
    asked.push(type);
    const found = answers(labels.join('.'), type);
    const records = (found === 'unknown' ? [] : found).map((address) => {
      const bytes = type === 'A' ? Buffer.from(address.split('.').map(Number)) : Buffer.from(address, 'hex');
      const head = Buffer.from([0xc0, 12, 0, type === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
      return Buffer.concat([head, bytes]);
    });
    const flags = Buffer.from([0x81, found === 'unknown' ? 0x83 : 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([query.subarray(0, 2), flags, query.subarray(12, at + 5), ...records]), from.port);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, asked, close: () => socket.close() };
}

const given = (url: string, more: Partial<OutgoingPost> = {}): OutgoingPost => ({
  url,
  headers: { 'content-type': 'text/plain' },
  body: 'hello',
  timeoutMs: 2_000,
  keepBytes: 1_024,
  ...more,
});

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no fault';
  } catch (error) {
    if (error instanceof OutgoingFailed) return error.fault;
    throw error;
  }
}

const open = new SafeHttp({ allowLoopback: true });

describe('SafeHttp', () => {
  it('posts and gives status, Retry-After and the beginning of the answer', async () => {
    const seen: string[] = [];
    const port = await serving((request, response) => {
      request.on('data', (part: Buffer) => seen.push(`${request.method} ${request.url} ${request.headers.host} ${part.toString()}`));
      request.on('end', () => response.writeHead(503, { 'retry-after': '7' }).end('x'.repeat(100_000)));
    });
    const answer = await open.post(given(`http://localhost:${port}/in?a=1`));
    expect(answer).toEqual({ status: 503, retryAfter: '7', text: 'x'.repeat(1_024) });
    expect(seen).toEqual([`POST /in?a=1 localhost:${port} hello`]);
  });

  it('does not follow a redirect', async () => {
    let asked = 0;
    const port = await serving((_, response) => {
      asked++;
      response.writeHead(307, { location: `http://localhost:${port}/elsewhere` }).end();
    });
    expect((await open.post(given(`http://localhost:${port}/`))).status).toBe(307);
    expect(asked).toBe(1);
  });

  it('connects to the address that was checked, whatever the name says the second time', async () => {
    const port = await serving((_, response) => response.end('ok'));
    const changing = answering('127.0.0.1', '10.0.0.1', new Error('asked again'));
    expect((await new SafeHttp({ allowLoopback: true, lookup: changing }).post(given(`http://localhost:${port}/`))).text).toBe('ok');
    expect(changing.asked).toEqual(['localhost']);
  });

  it.each([
    ['private', ['10.0.0.1']],
    ['private beside public', ['8.8.8.8', '192.168.0.1']],
    ['metadata', ['169.254.169.254']],
    ['unique local', ['fd00::1']],
    ['mapped private', ['::ffff:10.0.0.1']],
    ['NAT64 of private', ['64:ff9b::a00:1']],
    ['loopback', ['127.0.0.1']],
    ['loopback 6', ['::1']],
    ['this network', ['0.0.0.0']],
  ])('sends nothing to a name that leads to an address: %s', async (_, addresses) => {
    let connections = 0;
    const port = await listening(net.createServer(() => connections++));
    const lookup = answering(addresses, '127.0.0.1');
    expect(await faultOf(new SafeHttp({ allowLoopback: false, lookup }).post(given(`https://hooks.example.com:${port}/`)))).toBe(
      'address-refused',
    );
    expect([lookup.asked.length, connections]).toEqual([1, 0]);
  });

  it('refuses literal addresses and plain http by their text, without asking anybody', async () => {
    const lookup = answering('8.8.8.8');
    const closed = new SafeHttp({ allowLoopback: false, lookup });
    for (const url of ['http://example.com/', 'https://127.0.0.1/', 'https://0x7f.1/', 'https://[::ffff:7f00:1]/', 'https://localhost/'])
      expect(await faultOf(closed.post(given(url)))).toBe('url-refused');
    expect(lookup.asked).toEqual([]);
  });

  it('allows this machine in development and still no other private address', async () => {
    const lookup = answering('192.168.0.1');
    expect(await faultOf(new SafeHttp({ allowLoopback: true, lookup }).post(given('http://localhost:9/')))).toBe('address-refused');
    expect(await faultOf(new SafeHttp({ allowLoopback: true, lookup }).post(given('https://hooks.example.com/')))).toBe('address-refused');
  });

  it('says what went wrong on the way', async () => {
    const gone = await listening(net.createServer());
    await new Promise<void>((resolve) => servers.splice(0)[0]?.close(() => resolve()));
    expect(await faultOf(open.post(given(`http://127.0.0.1:${gone}/`)))).toBe('connection-failed');
    const plain = await listening(
      net.createServer((socket) => socket.on('data', () => socket.end('this is no TLS\n')).on('error', () => undefined)),
    );
    expect(await faultOf(open.post(given(`https://127.0.0.1:${plain}/`)))).toBe('certificate-refused');
    const rubbish = await listening(
      net.createServer((socket) => socket.on('data', () => socket.end('rubbish\r\n\r\n')).on('error', () => undefined)),
    );
    expect(await faultOf(open.post(given(`http://127.0.0.1:${rubbish}/`)))).toBe('answer-unreadable');
    const breaks = await listening(net.createServer((socket) => socket.on('data', () => socket.destroy()).on('error', () => undefined)));
    expect(await faultOf(open.post(given(`http://127.0.0.1:${breaks}/`)))).toBe('connection-failed');
    const lookup = answering(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(await faultOf(new SafeHttp({ allowLoopback: false, lookup }).post(given('https://hooks.example.com/')))).toBe('name-not-found');
    expect(await faultOf(new SafeHttp({ allowLoopback: false, lookup: answering([]) }).post(given('https://hooks.example.com/')))).toBe(
      'name-not-found',
    );
  });

  it('ends in time when the name server, the receiver or its answer is slow, and at once when told to', async () => {
    const never: NameLookup = () => new Promise(() => undefined);
    expect(await faultOf(new SafeHttp({ allowLoopback: true, lookup: never }).post(given('http://localhost:9/', { timeoutMs: 50 })))).toBe(
      'timed-out',
    );
    const silent = await serving(() => undefined);
    expect(await faultOf(open.post(given(`http://127.0.0.1:${silent}/`, { timeoutMs: 50 })))).toBe('timed-out');
    const drip = await serving((_, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await faultOf(open.post(given(`http://127.0.0.1:${drip}/`, { timeoutMs: 100 })))).toBe('timed-out');
    const stop = new AbortController();
    const work = faultOf(open.post(given(`http://127.0.0.1:${silent}/`, { signal: stop.signal })));
    await delay(30);
    stop.abort();
    expect(await work).toBe('interrupted');
  });

  it('leaves nothing behind on a signal that lives as long as the process', async () => {
    const port = await serving((_, response) => response.end('ok'));
    const { signal } = new AbortController();
    for (let n = 0; n < 5; n++) await open.post(given(`http://127.0.0.1:${port}/`, { signal }));
    const kept = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
    const dependants = kept && (signal as unknown as Record<symbol, { size: number } | null>)[kept];
    expect([dependants?.size ?? 0, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
    const before = new AbortController();
    before.abort();
    expect(await faultOf(open.post(given(`http://127.0.0.1:${port}/`, { signal: before.signal })))).toBe('interrupted');
  });

  it('reads no endless answer and no endless headers', async () => {
    let closed = false;
    const endless = await serving((_, response) => {
      const more = (): void => void (response.destroyed || (response.write('y'.repeat(65_536)), setImmediate(more)));
      response.on('close', () => (closed = true));
      more();
    });
    expect((await open.post(given(`http://127.0.0.1:${endless}/`))).text).toBe('y'.repeat(1_024));
    for (let waits = 0; !closed && waits < 100; waits++) await delay(10);
    expect(closed).toBe(true);
    const headers = await listening(
      net.createServer((socket) =>
        socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'z'.repeat(100_000)}\r\n`)).on('error', () => undefined),
      ),
    );
    expect(await faultOf(open.post(given(`http://127.0.0.1:${headers}/`)))).toBe('answer-unreadable');
  });

  it('asks the name servers for both kinds of addresses, once for each call', async () => {
    const port = await serving((_, response) => response.end('ok'));
    let round = 0;
    const server = await nameServer((name, type) => {
      if (name !== 'hooks.example.com') return 'unknown';
      if (type === 'AAAA') return round === 2 ? ['fd000000000000000000000000000001'] : [];
      return ++round === 3 ? ['10.0.0.1'] : ['127.0.0.1'];
    });
    const lookup = nameServerLookup({ servers: [server.address] });
    expect(await lookup('hooks.example.com')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    const http = new SafeHttp({ allowLoopback: true, lookup });
    // A private address of the other kind beside a good one, then a private one alone, then a good one where nobody speaks TLS.
    expect(await faultOf(http.post(given(`https://hooks.example.com:${port}/`)))).toBe('address-refused');
    expect(await faultOf(http.post(given(`https://hooks.example.com:${port}/`)))).toBe('address-refused');
    expect(await faultOf(http.post(given(`https://hooks.example.com:${port}/`)))).toBe('certificate-refused');
    expect(server.asked).toHaveLength(8);
    expect(await faultOf(http.post(given('https://nobody.example.com/')))).toBe('name-not-found');
    expect((await http.post(given(`http://localhost:${port}/`))).text).toBe('ok');
    server.close();
    const silent = nameServerLookup({ servers: ['127.0.0.1:9'], timeoutMs: 50 });
    expect(await faultOf(new SafeHttp({ allowLoopback: true, lookup: silent }).post(given('https://hooks.example.com/')))).toBe(
      'name-not-found',
    );
  });

  it('cuts text that is no UTF-8 without failing', async () => {
    const port = await serving((_, response) => response.end(Buffer.from([0xff, 0xfe, 0x41])));
    expect((await open.post(given(`http://127.0.0.1:${port}/`))).text).toBe('\uFFFD\uFFFDA');
  });
});
