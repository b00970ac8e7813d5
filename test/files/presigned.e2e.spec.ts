import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { RemovalService } from '../../src/features/files/removal/removal.service.js';
import { ContentCheck } from '../../src/features/files/uploads/content-check.js';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf, CSV, objectsOf, put, until } from './uploading.js';

interface Ticket {
  id: string;
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
}

const MIB = 1024 * 1024;
let app: TestApp;
let owner: TestActor;

beforeAll(async () => {
  app = await startTestApp();
  owner = await makeOrganization(app);
});
afterAll(() => app.close());

const ANNOUNCED = { name: 'people.csv', sizeBytes: CSV.length, mediaType: 'text/csv' };

const start = (body: object = ANNOUNCED, token = owner.token, headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('POST', '/api/v1/files/uploads', { token, body, headers });
const confirm = (id: string, token = owner.token): Promise<Answer> => app.call('POST', `/api/v1/files/${id}/confirm`, { token });
const read = (id: string): Promise<Answer> => app.call('GET', `/api/v1/files/${id}`, { token: owner.token });

async function ticketFor(body: object = ANNOUNCED, token = owner.token): Promise<Ticket> {
  const answer = await start(body, token);
  expect(answer.status).toBe(201);
  return answer.json as Ticket;
}

async function contentOf(id: string): Promise<string> {
  const { json } = await app.call('GET', `/api/v1/files/${id}/download`, { token: owner.token });
  return (await fetch((json as { url: string }).url)).text();
}

describe('an upload that goes straight to the storage', () => {
  it('is announced, put and confirmed', async () => {
    const sha256 = createHash('sha256').update(CSV).digest('hex');
    const answer = await start({ ...ANNOUNCED, name: '../../people.csv', sha256 });
    const ticket = answer.json as Ticket;
    expect(answer.headers['location']).toBe(`/api/v1/files/${ticket.id}`);
    expect(ticket).toMatchObject({ method: 'PUT', headers: { 'content-type': 'text/csv', 'content-length': String(CSV.length) } });
    expect((await read(ticket.id)).json).toMatchObject({ name: 'people.csv', state: 'pending', confirmedAt: null, version: 1 });
    expect((await app.call('GET', `/api/v1/files/${ticket.id}/download`, { token: owner.token })).json).toMatchObject({
      status: 409,
      code: 'file-not-ready',
    });
    expect((await confirm(ticket.id)).json).toMatchObject({ status: 409, code: 'file-not-uploaded' });
    expect(await put(ticket, CSV)).toBe(200);
    const confirmed = await confirm(ticket.id);
    expect(confirmed.status).toBe(200);
    expect(confirmed.json).toMatchObject({ id: ticket.id, state: 'ready', sha256, sizeBytes: CSV.length });
    expect((await confirm(ticket.id)).text).toBe(confirmed.text);
    expect(await contentOf(ticket.id)).toBe(CSV.toString());
    expect(await auditOf(app, ticket.id)).toEqual(['file.created', 'file.downloaded']);
  });

  it('cannot be changed after it was checked', async () => {
    const ticket = await ticketFor();
    await put(ticket, CSV);
    expect((await confirm(ticket.id)).status).toBe(200);
    const evil = Buffer.alloc(CSV.length, 'z');
    expect(await put(ticket, evil)).toBe(200);
    expect((await confirm(ticket.id)).status).toBe(200);
    expect(await contentOf(ticket.id)).toBe(CSV.toString());
    const { rows } = await app.database.owner.query<{ run_at: Date }>(
      `select run_at from jobs where name = 'files.remove-content' and payload ->> 'fileId' = $1 and payload ->> 'what' = 'upload'`,
      [ticket.id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.run_at.getTime()).toBeGreaterThan(Date.parse(ticket.expiresAt));
  });

  it('is checked once however many confirm it at the same time', async () => {
    const ticket = await ticketFor();
    await put(ticket, CSV);
    const answers = await Promise.all(Array.from({ length: 6 }, () => confirm(ticket.id)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses.has(200)).toBe(true);
    for (const status of statuses) expect([200, 409]).toContain(status);
    for (const { status, json } of answers)
      if (status === 409) expect(json).toMatchObject({ code: 'upload-being-checked', retryAfterSeconds: 2 });
    expect(await auditOf(app, ticket.id)).toEqual(['file.created']);
  });

  it('is not made ready by who was too slow to check it', async () => {
    const ticket = await ticketFor();
    await put(ticket, CSV);
    const content = app.nest.get(ContentCheck, { strict: false });
    const real = content.measure.bind(content);
    let faster: Answer | undefined;
    const slow = jest.spyOn(content, 'measure').mockImplementationOnce(async (file) => {
      const found = await real(file);
      await app.database.owner.query(`update files set checking_until = now() - interval '1 second' where id = $1`, [ticket.id]);
      faster = await confirm(ticket.id);
      return { ...found, sha256: '0'.repeat(64) };
    });
    const answer = await confirm(ticket.id);
    slow.mockRestore();
    expect(faster?.status).toBe(200);
    expect(answer.text).toBe(faster?.text);
    expect((await read(ticket.id)).json).toMatchObject({ sha256: createHash('sha256').update(CSV).digest('hex') });
    expect(await auditOf(app, ticket.id)).toEqual(['file.created']);
  });

  it('gives the same ticket for the same Idempotency-Key', async () => {
    const once = { 'idempotency-key': newId() };
    const [first, again] = [await start(ANNOUNCED, owner.token, once), await start(ANNOUNCED, owner.token, once)];
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is only what was signed', async () => {
    const { token, organizationId } = await makeOrganization(app);
    const ticket = await ticketFor(ANNOUNCED, token);
    const longer = Buffer.concat([CSV, CSV]);
    expect(await put({ ...ticket, headers: { ...ticket.headers, 'content-length': String(longer.length) } }, longer)).toBe(403);
    expect(await put({ ...ticket, headers: { ...ticket.headers, 'content-type': 'text/html' } }, CSV)).toBe(403);
    expect(await put({ ...ticket, url: ticket.url.replace(organizationId, owner.organizationId) }, CSV)).toBe(403);
    expect(
      await put({ ...ticket, url: ticket.url.replace(`${ticket.id}.upload`, `..%2f${owner.organizationId}%2f${ticket.id}`) }, CSV),
    ).toBe(403);
    expect(await objectsOf(app, organizationId)).toEqual([]);
  });

  it('belongs to its organization', async () => {
    const ticket = await ticketFor();
    await put(ticket, CSV);
    const { token } = await makeOrganization(app);
    expect((await confirm(ticket.id, token)).status).toBe(404);
    expect((await read(ticket.id)).json).toMatchObject({ state: 'pending' });
  });
});

describe('an upload that lies', () => {
  it.each([
    ['about its digest', { ...ANNOUNCED, sha256: '0'.repeat(64) }, CSV, 422, 'upload-differs'],
    ['about its type', { name: 'photo.png', sizeBytes: CSV.length, mediaType: 'image/png' }, CSV, 415, 'file-type-refused'],
    [
      'as a page',
      { name: 'a.txt', sizeBytes: 24, mediaType: 'text/plain' },
      Buffer.from('<html><script>1</script>'),
      415,
      'file-type-refused',
    ],
  ])('%s is refused for good', async (_what, body, content, status, code) => {
    const { token, organizationId } = await makeOrganization(app);
    const ticket = await ticketFor(body, token);
    expect(await put(ticket, content)).toBe(200);
    expect((await confirm(ticket.id, token)).json).toMatchObject({ status, code });
    expect((await confirm(ticket.id, token)).json).toMatchObject({ status, code });
    const { json } = await app.call('GET', `/api/v1/files/${ticket.id}`, { token });
    expect(json).toMatchObject({ state: 'refused', refusal: code, confirmedAt: null });
    await until(async () => (await objectsOf(app, organizationId)).length === 0, 'the objects went');
    expect(await auditOf(app, ticket.id)).toEqual(['file.refused']);
  });

  it.each([
    [{ ...ANNOUNCED, name: 'setup.exe' }, 415, 'file-type-refused'],
    [{ ...ANNOUNCED, name: 'noending' }, 415, 'file-type-refused'],
    [{ ...ANNOUNCED, mediaType: 'text/html' }, 422, 'validation-failed'],
    [{ ...ANNOUNCED, sizeBytes: 200 * MIB }, 413, 'file-too-large'],
    [{ ...ANNOUNCED, sizeBytes: 0 }, 422, 'validation-failed'],
    [{ ...ANNOUNCED, sha256: 'ABC' }, 422, 'validation-failed'],
    [{ ...ANNOUNCED, storageKey: 'org/x/y' }, 422, 'validation-failed'],
  ])('is not even begun: %j', async (body, status, code) => {
    expect((await start(body)).json).toMatchObject({ status, code });
  });
});

describe('a large upload', () => {
  const large = (head: string): Buffer => {
    const content = Buffer.alloc(33 * MIB, 'x');
    content.write(head);
    return content;
  };
  const body = { name: 'large.pdf', sizeBytes: 33 * MIB, mediaType: 'application/pdf' };

  it('is checked by a job', async () => {
    const ticket = await ticketFor(body);
    expect((await confirm(ticket.id)).json).toMatchObject({ code: 'file-not-uploaded' });
    const content = large('%PDF-1.7\n');
    expect(await put(ticket, content)).toBe(200);
    const answer = await confirm(ticket.id);
    expect(answer.status).toBe(202);
    const { jobId } = answer.json as { jobId: string };
    expect(answer.headers['location']).toBe(`/api/v1/jobs/${jobId}`);
    await until(async () => ((await read(ticket.id)).json as { state: string }).state === 'ready', 'the job confirmed it');
    expect((await read(ticket.id)).json).toMatchObject({ sha256: createHash('sha256').update(content).digest('hex') });
    expect((await confirm(ticket.id)).status).toBe(200);
  });

  it('is refused by a job', async () => {
    const ticket = await ticketFor(body);
    await put(ticket, large('GIF89a'));
    expect((await confirm(ticket.id)).status).toBe(202);
    await until(async () => ((await read(ticket.id)).json as { state: string }).state === 'refused', 'the job refused it');
    expect((await confirm(ticket.id)).json).toMatchObject({ status: 415, code: 'file-type-refused' });
  });
});

describe('uploads nobody finishes', () => {
  const sweep = () => app.nest.get(RemovalService, { strict: false }).sweep({ signal: new AbortController().signal });
  const age = (id: string, hours: number) =>
    app.database.owner.query(`update files set created_at = now() - make_interval(hours => $2) where id = $1`, [id, hours]);

  it('are swept after a day, of every organization, objects first', async () => {
    const one = await makeOrganization(app);
    const two = await makeOrganization(app);
    const [old, other, young] = [
      await ticketFor(ANNOUNCED, one.token),
      await ticketFor(ANNOUNCED, two.token),
      await ticketFor(ANNOUNCED, one.token),
    ];
    for (const ticket of [old, other, young]) await put(ticket, CSV);
    await age(old.id, 25);
    await age(other.id, 25);
    await age(young.id, 23);
    expect(await sweep()).toEqual({ swept: 2 });
    expect(await objectsOf(app, one.organizationId)).toEqual([`org/${one.organizationId}/${young.id}.upload`]);
    expect(await objectsOf(app, two.organizationId)).toEqual([]);
    expect((await confirm(old.id, one.token)).status).toBe(404);
    expect((await confirm(young.id, one.token)).status).toBe(200);
    expect(await auditOf(app, old.id)).toEqual(['file.swept']);
    expect(await sweep()).toEqual({ swept: 0 });
  });

  it('are left alone while somebody checks them', async () => {
    const ticket = await ticketFor();
    await put(ticket, CSV);
    await age(ticket.id, 48);
    await app.database.owner.query(`update files set checking_until = now() + interval '1 minute' where id = $1`, [ticket.id]);
    expect(await sweep()).toEqual({ swept: 0 });
    expect((await confirm(ticket.id)).json).toMatchObject({ status: 409, code: 'upload-being-checked' });
    await app.database.owner.query(`update files set checking_until = now() - interval '1 second' where id = $1`, [ticket.id]);
    expect((await confirm(ticket.id)).status).toBe(200);
    expect(await sweep()).toEqual({ swept: 0 });
  });

  it('lose what is put after they were deleted', async () => {
    const { token } = await makeOrganization(app);
    const ticket = await ticketFor(ANNOUNCED, token);
    expect((await app.call('DELETE', `/api/v1/files/${ticket.id}`, { token })).status).toBe(204);
    expect((await confirm(ticket.id, token)).status).toBe(404);
    const { rows } = await app.database.owner.query<{ isLate: boolean }>(
      `select run_at >= $2 as "isLate" from jobs where name = 'files.remove-content' and payload ->> 'fileId' = $1 order by run_at`,
      [ticket.id, ticket.expiresAt],
    );
    expect(rows.map(({ isLate }) => isLate)).toEqual([false, true]);
  });
});
