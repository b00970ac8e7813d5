import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { MemoryRateLimiter } from '../../src/platform/http/rate-limit/memory-rate-limiter.js';
import { connectRateLimitRedis, RedisRateLimiter } from '../../src/platform/http/rate-limit/redis-rate-limiter.js';
import type { RatePolicy } from '../../src/platform/http/rate-limit/rate-limiter.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('Skipped: rate limits on Redis, because redis-server is not on the PATH.\n');

const hourly: RatePolicy = { name: 'hourly', capacity: 20, refillPerSecond: 20 / 3600 };

(hasRedis ? describe : describe.skip)('RedisRateLimiter', () => {
  let folder: string;
  let port: number;
  let server: ChildProcess;
  const open: Redis[] = [];

  const connect = async (): Promise<Redis> => {
    const redis = connectRateLimitRedis(`redis://127.0.0.1:${port}`);
    redis.on('error', () => undefined);
    open.push(redis);
    await isReady(redis);
    return redis;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'concord-redis-'));
    port = await freePort();
    server = startRedis(port, folder);
    await connect();
  }, 20_000);

  afterAll(async () => {
    for (const redis of open) redis.disconnect();
    await stop(server);
    await rm(folder, { recursive: true, force: true });
  });

  it('shares one bucket between processes and gives out no token twice', async () => {
    const limiters = [
      new RedisRateLimiter(await connect(), new MemoryRateLimiter()),
      new RedisRateLimiter(await connect(), new MemoryRateLimiter()),
    ];
    const decisions = await Promise.all(Array.from({ length: 60 }, async (_, n) => limiters[n % 2]?.take('shared', hourly, 1, Date.now())));
    expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(20);
    expect(
      decisions
        .filter((decision) => decision?.allowed)
        .map((decision) => decision?.remaining)
        .sort((a = 0, b = 0) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(decisions.find((decision) => !decision?.allowed)).toMatchObject({
      limit: 20,
      remaining: 0,
      retryAfterSeconds: 180,
      resetSeconds: 3600,
    });
  });

  it('answers as the memory does', async () => {
    const shared = new RedisRateLimiter(await connect(), new MemoryRateLimiter());
    const memory = new MemoryRateLimiter();
    for (const cost of [3, 0, 25, 5, 12, 1, 1]) {
      expect(await shared.take('same', hourly, cost, Date.now())).toEqual(memory.take('same', hourly, cost, 0));
    }
  });

  it('refills, and lets Redis forget the bucket when it is full', async () => {
    const redis = await connect();
    const limiter = new RedisRateLimiter(redis, new MemoryRateLimiter());
    const quick: RatePolicy = { name: 'quick', capacity: 2, refillPerSecond: 10 };
    const began = performance.now();
    let passed = 0;
    while (performance.now() - began < 500) {
      if ((await limiter.take('ada', quick, 1, Date.now())).allowed) passed += 1;
      await delay(5);
    }
    const took = (performance.now() - began) / 1000;
    expect(passed).toBeGreaterThanOrEqual(4);
    expect(passed).toBeLessThanOrEqual(Math.floor(2 + 10 * took));
    await delay(300);
    expect(await redis.exists('rate:quick:ada')).toBe(0);
  });

  it('goes on in memory when Redis dies under it, reports it, and returns to Redis when it is back', async () => {
    const failures: unknown[] = [];
    const redis = await connect();
    const limiter = new RedisRateLimiter(redis, new MemoryRateLimiter(), { pauseMs: 50, onFailure: (cause) => failures.push(cause) });
    // A Redis that hangs: connected, but it never answers in time.
    server.kill('SIGSTOP');
    expect(await limiter.take('gone', hourly, 1, Date.now())).toMatchObject({ allowed: true, remaining: 19 });
    expect(failures).toHaveLength(1);
    server.kill('SIGCONT');
    await stop(server);
    expect(await limiter.take('gone', hourly, 1, Date.now())).toMatchObject({ allowed: true, remaining: 18 });
    server = startRedis(port, folder);
    await isReady(redis);
    await delay(60);
    await limiter.take('gone', hourly, 1, Date.now());
    expect(await redis.exists('rate:hourly:gone')).toBe(1);
  }, 20_000);
});

// Not once(): it gives up at the first refused connection, and a starting server refuses some.
async function isReady(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') await new Promise<void>((ready) => redis.once('ready', ready));
}

function startRedis(port: number, folder: string): ChildProcess {
  return spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], {
    stdio: 'ignore',
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
