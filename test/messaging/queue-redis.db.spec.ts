import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describeDelivery } from './delivery-suite.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('Skipped: jobs on Redis, because redis-server is not on the PATH.\n');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  for (let tries = 0; tries < 100; tries++) {
    try {
      await redis.connect();
      await redis.ping();
      return redis.disconnect();
    } catch {
      await delay(50);
    }
  }
  throw new Error('redis-server did not start');
}

(hasRedis ? describe : describe.skip)('with a Redis', () => {
  let server: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
    await answers(port);
  }, 30_000);

  afterAll(async () => {
    server.kill('SIGTERM');
    await once(server, 'exit');
  });

  describeDelivery('Redis', () => ({ REDIS_URL: `redis://127.0.0.1:${port}` }));
});
