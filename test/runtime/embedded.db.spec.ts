import { afterAll, describe, expect, it } from '@jest/globals';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import pg from 'pg';
import { startEmbedded, type EmbeddedServers } from '../../src/platform/runtime/embedded.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'concord-embedded-'));
const dataDir = path.join(directory, 'data');
fs.chmodSync(directory, 0o711);
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

async function bucketsOf({ s3 }: EmbeddedServers, make?: string): Promise<string[]> {
  if (!s3) throw new Error('no storage was started');
  const client = new S3Client({ endpoint: s3.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: s3 });
  try {
    if (make) await client.send(new CreateBucketCommand({ Bucket: make }));
    return ((await client.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name ?? '');
  } finally {
    client.destroy();
  }
}

describe('the embedded servers together', () => {
  it('start side by side, keep their keys private and their data over a restart', async () => {
    const first = await startEmbedded({ dataDir, needPostgres: true, needS3: true, durable: false });
    expect(await bucketsOf(first, 'kept')).toEqual(['kept']);
    const client = new pg.Client(first.postgres?.urlFor('postgres'));
    await client.connect();
    await client.end();
    await first.stop();
    for (const secret of ['postgres/superuser-password', 's3/credentials.json']) {
      expect(fs.statSync(path.join(dataDir, secret)).mode & 0o777).toBe(0o600);
    }
    const second = await startEmbedded({ dataDir, needPostgres: false, needS3: true });
    expect(second.postgres).toBeUndefined();
    expect(await bucketsOf(second)).toEqual(['kept']);
    await second.stop();
  }, 20_000);

  it('stop the one that started when the other cannot', async () => {
    const blocked = path.join(directory, 'blocked');
    fs.mkdirSync(path.join(blocked, 'postgres/cluster'), { recursive: true });
    fs.writeFileSync(path.join(blocked, 'postgres/cluster/foreign'), '');
    await expect(startEmbedded({ dataDir: blocked, needPostgres: true, needS3: true })).rejects.toThrow(
      'holds files but no PostgreSQL data',
    );
    const storage = await startEmbedded({ dataDir: blocked, needPostgres: false, needS3: true });
    await storage.stop();
  }, 20_000);
});
