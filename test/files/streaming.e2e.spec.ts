import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import * as http from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Scope } from '../../src/platform/database/scope.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { ObjectStorage } from '../../src/platform/storage/object-storage.js';
import { Database } from '../../src/platform/database/database.js';
import { FilesRepository } from '../../src/features/files/files.repository.js';
import { Files } from '../../src/features/files/index.js';
import { RemovalService } from '../../src/features/files/removal/removal.service.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { newId } from '../../src/shared/ids.js';
import { CSV, multipart, objectsOf, PNG, until, upload, uploadOverNetwork } from './uploading.js';

const MIB = 1024 * 1024;
const LIMIT = 40 * MIB;
let app: TestApp;
let url: string;
let actor: TestActor;

beforeAll(async () => {
  app = await startTestApp({ UPLOAD_LIMIT_BYTES: String(LIMIT) });
  url = await app.listen();
  actor = await makeOrganization(app);
});
afterAll(() => app.close());
afterEach(() => {
  jest.restoreAllMocks();
});

/** A PDF of some MiB that is made as it is read, and how much of it was. */
function pdf(mib: number, mark = 'x'): { stream: Readable; produced: () => number; sha256: string } {
  const first = Buffer.alloc(MIB, mark);
  first.write('%PDF-1.7\n');
  const rest = Buffer.alloc(MIB, mark);
  let produced = 0;
  function* chunks(): Generator<Buffer> {
    for (; produced < mib; produced++) yield produced === 0 ? first : rest;
  }
  const hash = createHash('sha256').update(first);
  for (let at = 1; at < mib; at++) hash.update(rest);
  return {
    stream: Readable.from(chunks(), { objectMode: false, highWaterMark: 64 * 1024 }),
    produced: () => produced,
    sha256: hash.digest('hex'),
  };
}

async function rowsOf(organizationId: string): Promise<{ state: string }[]> {
  return (await app.database.owner.query<{ state: string }>('select state from files where organization_id = $1', [organizationId])).rows;
}

async function isRemoved(fileId: string): Promise<boolean> {
  const { rows } = await app.database.owner.query<{ state: string }>(
    `select state from jobs where name = 'files.remove-content' and payload ->> 'fileId' = $1`,
    [fileId],
  );
  return rows.length > 0 && rows.every(({ state }) => state === 'SUCCESS');
}

describe('large uploads', () => {
  it('are held back at the sender while the storage is slow, not kept in memory', async () => {
    const storage = app.nest.get(ObjectStorage);
    const real = storage.putStream.bind(storage);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    jest.spyOn(storage, 'putStream').mockImplementation(async (...given) => {
      await gate;
      return real(...given);
    });
    const source = pdf(32);
    const answer = uploadOverNetwork(url, actor.token, 'large.pdf', source.stream);
    await new Promise((resolve) => setTimeout(resolve, 700));
    // What was taken lies in the buffers of the two sockets.
    expect(source.produced()).toBeGreaterThan(0);
    expect(source.produced()).toBeLessThan(16);
    open();
    const { status, text } = await answer;
    expect(status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({ sizeBytes: 32 * MIB, sha256: source.sha256, mediaType: 'application/pdf' });
    expect(source.produced()).toBe(32);
  });

  it('go side by side without mixing', async () => {
    const [one, two] = [pdf(20, 'a'), pdf(20, 'b')];
    const answers = await Promise.all([
      uploadOverNetwork(url, actor.token, 'a.pdf', one.stream),
      uploadOverNetwork(url, actor.token, 'b.pdf', two.stream),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ text }) => (JSON.parse(text) as { sha256: string }).sha256)).toEqual([one.sha256, two.sha256]);
  });

  it('are refused past the limit, and nothing of them stays', async () => {
    const { token, organizationId } = await makeOrganization(app);
    const answer = await app.call('POST', '/api/v1/files', {
      token,
      body: multipart('big.pdf', await buffer(pdf(41).stream)).body,
      headers: multipart('', CSV).headers,
    });
    expect(answer.json).toMatchObject({ status: 413, code: 'file-too-large', limitBytes: LIMIT });
    const overNetwork = await uploadOverNetwork(url, token, 'big.pdf', pdf(80).stream);
    expect(overNetwork.status).toBe(413);
    expect(await objectsOf(app, organizationId)).toEqual([]);
    expect(await rowsOf(organizationId)).toEqual([]);
  });
});

describe('uploads that break off', () => {
  it('leave nothing when the caller goes away', async () => {
    const { token, organizationId } = await makeOrganization(app);
    const { body, headers } = multipart('half.pdf', await buffer(pdf(12).stream));
    const request = http.request(`${url}/api/v1/files`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}`, 'content-length': body.length },
    });
    request.on('error', () => undefined);
    request.write(body.subarray(0, 10 * MIB));
    await until(async () => (await rowsOf(organizationId)).length === 1, 'the upload began');
    expect(await rowsOf(organizationId)).toEqual([{ state: 'pending' }]);
    request.destroy();
    await until(async () => (await rowsOf(organizationId)).length === 0, 'the row went');
    expect(await objectsOf(app, organizationId)).toEqual([]);
  });

  it('are told when the form has no end', async () => {
    const { token, organizationId } = await makeOrganization(app);
    const { body, headers } = multipart('half.png', PNG);
    const answer = await app.call('POST', '/api/v1/files', { token, body: body.subarray(0, body.length - 40), headers });
    expect(answer.json).toMatchObject({ status: 400, code: 'upload-incomplete' });
    expect(await rowsOf(organizationId)).toEqual([]);
  });

  it('can be tried again when the storage did not answer', async () => {
    const { token, organizationId } = await makeOrganization(app);
    jest.spyOn(app.nest.get(ObjectStorage), 'putStream').mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
    const answer = await upload(app, token, 'a.csv', CSV);
    expect(answer.json).toMatchObject({ status: 503, code: 'unavailable', retryAfterSeconds: 5 });
    expect(await rowsOf(organizationId)).toEqual([]);
    expect((await upload(app, token, 'a.csv', CSV)).status).toBe(201);
  });

  it.each(['before', 'after'])('do not come back when they are deleted, %s the content has arrived', async (moment) => {
    const { token, organizationId } = await makeOrganization(app);
    const storage = app.nest.get(ObjectStorage);
    const real = storage.putStream.bind(storage);
    const remove = async (id: string): Promise<void> => {
      expect((await app.call('DELETE', `/api/v1/files/${id}`, { token })).status).toBe(204);
      await until(() => isRemoved(id), 'its content was removed');
    };
    jest.spyOn(storage, 'putStream').mockImplementation(async (key, ...given) => {
      const id = key.split('/').at(-1) ?? '';
      if (moment === 'before') await remove(id);
      const stored = await real(key, ...given);
      if (moment === 'after') await remove(id);
      return stored;
    });
    expect((await upload(app, token, 'a.csv', CSV)).json).toMatchObject({ status: 404, code: 'file-not-found' });
    expect(await rowsOf(organizationId)).toEqual([{ state: 'deleted' }]);
    expect(await objectsOf(app, organizationId)).toEqual([]);
  });

  it('are swept when the process died on the way', async () => {
    const { token, organizationId } = await makeOrganization(app);
    const repository = app.nest.get(FilesRepository, { strict: false });
    // As if nothing had run after the content was stored.
    jest.spyOn(repository, 'finish').mockRejectedValue(new Error('died'));
    jest.spyOn(repository, 'refuse').mockRejectedValue(new Error('died'));
    expect((await upload(app, token, 'a.csv', CSV)).status).toBe(500);
    jest.restoreAllMocks();
    expect(await rowsOf(organizationId)).toEqual([{ state: 'pending' }]);
    expect(await objectsOf(app, organizationId)).toHaveLength(1);
    await app.database.owner.query(`update files set created_at = now() - interval '25 hours' where organization_id = $1`, [
      organizationId,
    ]);
    await app.nest.get(RemovalService, { strict: false }).sweep({ signal: new AbortController().signal });
    expect(await rowsOf(organizationId)).toEqual([]);
    expect(await objectsOf(app, organizationId)).toEqual([]);
  });
});

describe('Files, for other features', () => {
  const scopeOf = ({ organizationId, userId }: TestActor): Scope => ({
    ...systemScope('test', organizationId),
    actor: { type: 'user', id: userId, userId },
  });

  it('writes and reads a stream', async () => {
    const files = app.nest.get(Files, { strict: false });
    const scope = scopeOf(actor);
    const made = await files.createFromStream(scope, { name: 'leads.csv', stream: Readable.from([CSV, CSV]), purpose: 'export' });
    expect(made).toMatchObject({ name: 'leads.csv', mediaType: 'text/csv', sizeBytes: 2 * CSV.length, purpose: 'export', state: 'ready' });
    const { stream, file } = await files.openStream(scope, made.id);
    expect((await buffer(stream)).equals(Buffer.concat([CSV, CSV]))).toBe(true);
    expect(file.id).toBe(made.id);
    expect(await app.nest.get(Database).read(scope, (tx) => files.get(tx, made.id))).toMatchObject({ id: made.id, sha256: made.sha256 });
  });

  it('knows no file of another organization', async () => {
    const files = app.nest.get(Files, { strict: false });
    const made = await files.createFromStream(scopeOf(actor), { name: 'leads.csv', stream: Readable.from([CSV]), purpose: 'export' });
    const other = scopeOf(await makeOrganization(app));
    await expect(files.openStream(other, made.id)).rejects.toMatchObject({ definition: { code: 'file-not-found' } });
    await expect(files.openStream(other, newId())).rejects.toMatchObject({ definition: { code: 'file-not-found' } });
    await expect(app.nest.get(Database).read(other, (tx) => files.get(tx, made.id))).rejects.toMatchObject({
      definition: { code: 'file-not-found' },
    });
  });

  it('is never used inside an open transaction', async () => {
    const files = app.nest.get(Files, { strict: false });
    const scope = scopeOf(await makeOrganization(app));
    const made = await files.createFromStream(scope, { name: 'a.csv', stream: Readable.from([CSV]), purpose: 'export' });
    await expect(app.nest.get(Database).write(scope, () => files.openStream(scope, made.id))).rejects.toThrow(/open database transaction/);
  });

  it('passes on why the source failed', async () => {
    const scope = scopeOf(await makeOrganization(app));
    function* broken(): Generator<Buffer> {
      for (let at = 0; at < 10; at++) yield Buffer.alloc(MIB, 'a,b\n');
      throw new Error('the query was cut');
    }
    const making = app.nest
      .get(Files, { strict: false })
      .createFromStream(scope, { name: 'a.csv', stream: Readable.from(broken()), purpose: 'export' });
    await expect(making).rejects.toThrow('the query was cut');
    expect(await rowsOf(scope.organizationId)).toEqual([]);
    expect(await objectsOf(app, scope.organizationId)).toEqual([]);
  });
});
