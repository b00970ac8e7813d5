import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { newId } from '../../src/shared/ids.js';
import { auditOf, CSV, multipart, objectsOf, PNG, until, upload } from './uploading.js';

let app: TestApp;
let owner: TestActor;

beforeAll(async () => {
  app = await startTestApp();
  owner = await makeOrganization(app);
});
afterAll(() => app.close());

async function uploaded(name = 'people.csv', content = CSV, token = owner.token): Promise<string> {
  const answer = await upload(app, token, name, content);
  expect(answer.status).toBe(201);
  return (answer.json as { id: string }).id;
}

describe('POST /files', () => {
  it('stores a file and tells what it is', async () => {
    const answer = await upload(app, owner.token, 'People.CSV', CSV);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      name: 'People.CSV',
      mediaType: 'text/csv',
      extension: 'csv',
      sizeBytes: CSV.length,
      sha256: createHash('sha256').update(CSV).digest('hex'),
      state: 'ready',
      refusal: null,
      purpose: 'upload',
      uploadedBy: owner.userId,
      version: 2,
    });
    expect(Object.keys(answer.json as object)).not.toContain('storageKey');
    const { id } = answer.json as { id: string };
    expect(answer.headers['location']).toBe(`/api/v1/files/${id}`);
    expect(answer.headers['etag']).toBe('"v2"');
    expect(await objectsOf(app, owner.organizationId)).toContain(`org/${owner.organizationId}/${id}`);
    expect(await auditOf(app, id)).toEqual(['file.created']);
  });

  it('keeps nothing of a path in the name', async () => {
    const answer = await upload(app, owner.token, '../../../etc/passwd.txt', Buffer.from('root'));
    expect(answer.json).toMatchObject({ name: 'passwd.txt' });
    const keys = await objectsOf(app, owner.organizationId);
    expect(keys.every((key) => /^org\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/.test(key))).toBe(true);
  });

  it('repeats its answer for the same key and content, and refuses the key for another', async () => {
    const { organizationId, token } = await makeOrganization(app);
    const once = { 'idempotency-key': newId() };
    const first = await upload(app, token, 'a.csv', CSV, once);
    const again = await upload(app, token, 'a.csv', CSV, once);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await upload(app, token, 'a.csv', Buffer.from('other,columns\n'), once);
    expect(other.json).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await objectsOf(app, organizationId)).toHaveLength(1);
    const { rows } = await app.database.owner.query('select state from files where organization_id = $1', [organizationId]);
    expect(rows).toEqual([{ state: 'ready' }]);
  });

  it.each([
    ['an empty file', 'empty.csv', Buffer.alloc(0), 422, 'file-empty'],
    ['a program', 'setup.exe', Buffer.from('MZ...'), 415, 'file-type-refused'],
    ['another type than its name says', 'photo.png', CSV, 415, 'file-type-refused'],
    ['a page', 'page.txt', Buffer.from('<!doctype html><script>alert(1)</script>'), 415, 'file-type-refused'],
  ])('refuses %s and leaves nothing behind', async (_what, name, content, status, code) => {
    const { organizationId, token } = await makeOrganization(app);
    const answer = await upload(app, token, name, content);
    expect(answer.json).toMatchObject({ status, code });
    if (status === 415) expect((answer.json as { validOptions: string[] }).validOptions).toContain('pdf');
    expect(await objectsOf(app, organizationId)).toEqual([]);
    const { rows } = await app.database.owner.query('select 1 from files where organization_id = $1', [organizationId]);
    expect(rows).toEqual([]);
  });

  it('refuses what is no form with a file', async () => {
    const json = await app.call('POST', '/api/v1/files', { token: owner.token, body: { file: 'x' } });
    expect(json.json).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    const other = multipart('a.csv', CSV, 'document');
    const wrong = await app.call('POST', '/api/v1/files', { token: owner.token, body: other.body, headers: other.headers });
    expect(wrong.json).toMatchObject({ status: 422, errors: [{ pointer: '/file' }] });
    const form = multipart('a.csv', CSV);
    const empty = await app.call('POST', '/api/v1/files', {
      token: owner.token,
      body: Buffer.from('--concord-test-boundary--\r\n'),
      headers: form.headers,
    });
    expect(empty.json).toMatchObject({ status: 422, errors: [{ pointer: '/file', code: 'required' }] });
  });
});

describe('reading files', () => {
  it('answers 304 for what is known already', async () => {
    const id = await uploaded();
    const first = await app.call('GET', `/api/v1/files/${id}`, { token: owner.token });
    expect(first.headers['etag']).toBe('"v2"');
    const again = await app.call('GET', `/api/v1/files/${id}`, { token: owner.token, headers: { 'if-none-match': '"v2"' } });
    expect(again.status).toBe(304);
  });

  it('lists by pages, newest first, and by filter', async () => {
    const { token, userId } = await makeOrganization(app);
    const ids: string[] = [];
    for (const name of ['one.csv', 'two.csv', '100%_three.csv']) ids.unshift(await uploaded(name, CSV, token));
    const image = await uploaded('Photo One.png', PNG, token);
    const list = async (query: string) =>
      (await app.call('GET', `/api/v1/files?${query}`, { token })).json as { items: { id: string }[]; nextCursor: string };
    const first = await list('limit=3');
    expect(first.items.map(({ id }) => id)).toEqual([image, ...ids.slice(0, 2)]);
    const second = await list(`limit=3&cursor=${first.nextCursor}`);
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second.nextCursor).toBeNull();
    expect((await list('mediaType=image/png')).items.map(({ id }) => id)).toEqual([image]);
    expect((await list('search=ONE')).items.map(({ id }) => id)).toEqual([image, ids[2]]);
    expect((await list('search=%25_')).items.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await list(`uploadedBy=${userId}&purpose=upload`)).items).toHaveLength(4);
    expect((await list('purpose=export')).items).toEqual([]);
    expect((await list('state=pending')).items).toEqual([]);
    const moved = await app.call('GET', `/api/v1/files?limit=3&search=one&cursor=${first.nextCursor}`, { token });
    expect(moved.json).toMatchObject({ status: 400, code: 'invalid-cursor' });
  });

  it('gives an address that serves the content safely, and records it', async () => {
    const id = await uploaded('Übersicht.csv');
    const { json, headers } = await app.call('GET', `/api/v1/files/${id}/download?inline=true`, { token: owner.token });
    const { url, expiresAt } = json as { url: string; expiresAt: string };
    expect(headers['cache-control']).toBe('no-store');
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(800_000);
    const content = await fetch(url);
    expect(Buffer.from(await content.arrayBuffer()).equals(CSV)).toBe(true);
    expect(content.headers.get('content-type')).toBe('text/csv');
    expect(content.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''%C3%9Cbersicht\.csv$/);
    expect(await auditOf(app, id)).toEqual(['file.created', 'file.downloaded']);
    expect((await fetch(url.replace(id, newId()))).status).toBe(403);
  });

  it('shows in the browser only what cannot run anything, and only when asked', async () => {
    const id = await uploaded('photo.png', PNG);
    const disposition = async (query: string) => {
      const { json } = await app.call('GET', `/api/v1/files/${id}/download${query}`, { token: owner.token });
      return (await fetch((json as { url: string }).url)).headers.get('content-disposition');
    };
    expect(await disposition('')).toMatch(/^attachment/);
    expect(await disposition('?inline=true')).toMatch(/^inline/);
  });

  it('redirects when asked to', async () => {
    const id = await uploaded();
    const answer = await app.call('GET', `/api/v1/files/${id}/download?redirect=true`, { token: owner.token });
    expect(answer.status).toBe(302);
    expect(answer.text).toBe('');
    expect((await fetch(String(answer.headers['location']))).status).toBe(200);
  });
});

describe('PATCH /files/{id}', () => {
  const rename = (id: string, name: string, headers: Record<string, string> = {}) =>
    app.call('PATCH', `/api/v1/files/${id}`, { token: owner.token, body: { name }, headers });

  it('renames, once per version', async () => {
    const id = await uploaded('photo.png', PNG);
    const answer = await rename(id, '../Portrait.png', { 'if-match': '"v2"' });
    expect(answer.json).toMatchObject({ name: 'Portrait.png', version: 3 });
    expect((await rename(id, 'Late.png', { 'if-match': '"v2"' })).json).toMatchObject({ status: 412, code: 'edit-conflict' });
    expect(await auditOf(app, id)).toEqual(['file.created', 'file.renamed']);
  });

  it('keeps the type', async () => {
    const id = await uploaded('photo.png', PNG);
    for (const name of ['photo.exe', 'photo.html', 'photo', '..']) {
      expect((await rename(id, name)).json).toMatchObject({ status: 422, errors: [{ pointer: '/name', validOptions: ['png'] }] });
    }
  });
});

describe('DELETE /files/{id}', () => {
  it('removes the file, then its content, and may be repeated', async () => {
    const { organizationId, token } = await makeOrganization(app);
    const id = await uploaded('a.csv', CSV, token);
    const remove = () => app.call('DELETE', `/api/v1/files/${id}`, { token });
    expect((await remove()).status).toBe(204);
    expect((await app.call('GET', `/api/v1/files/${id}`, { token })).status).toBe(404);
    expect((await app.call('GET', `/api/v1/files/${id}/download`, { token })).status).toBe(404);
    expect((await app.call('GET', '/api/v1/files', { token })).json).toMatchObject({ items: [] });
    expect((await remove()).status).toBe(204);
    await until(async () => (await objectsOf(app, organizationId)).length === 0, 'the object went');
    expect(await auditOf(app, id)).toEqual(['file.created', 'file.deleted']);
  });
});

describe('access', () => {
  it('follows the permissions', async () => {
    const id = await uploaded();
    const [viewer, member, outsider] = await Promise.all([
      addMember(app, owner, 'viewer'),
      addMember(app, owner, 'member'),
      addMember(app, owner, 'external'),
    ]);
    expect((await upload(app, viewer.token, 'a.csv', CSV)).status).toBe(403);
    expect((await app.call('GET', `/api/v1/files/${id}`, { token: viewer.token })).status).toBe(200);
    expect((await app.call('PATCH', `/api/v1/files/${id}`, { token: viewer.token, body: { name: 'b.csv' } })).status).toBe(403);
    expect((await app.call('PATCH', `/api/v1/files/${id}`, { token: member.token, body: { name: 'b.csv' } })).status).toBe(200);
    expect((await app.call('DELETE', `/api/v1/files/${id}`, { token: member.token })).status).toBe(403);
    expect((await app.call('GET', '/api/v1/files', { token: outsider.token })).status).toBe(403);
    expect((await app.call('GET', `/api/v1/files/${id}/download`)).status).toBe(401);
  });

  it('ends at the organization, on every route', async () => {
    const id = await uploaded();
    const { token } = await makeOrganization(app);
    const routes = [
      ['GET', `/api/v1/files/${id}`],
      ['GET', `/api/v1/files/${id}/download`],
      ['GET', `/api/v1/files/${id}/download?redirect=true`],
      ['PATCH', `/api/v1/files/${id}`, { name: 'mine.csv' }],
      ['DELETE', `/api/v1/files/${id}`],
      ['POST', `/api/v1/files/${id}/confirm`],
    ] as const;
    for (const [method, url, body] of routes) {
      const answer = await app.call(method, url, { token, body });
      expect([method, url, answer.status]).toEqual([method, url, 404]);
    }
    expect((await app.call('GET', '/api/v1/files', { token })).json).toMatchObject({ items: [] });
    expect(await auditOf(app, id)).toEqual(['file.created']);
  });

  it.each(['..', 'org%2Fx', '%2e%2e%2fsecret', 'not-an-id', '00000000-0000-0000-0000-000000000000'])('knows no file %j', async (id) => {
    expect((await app.call('GET', `/api/v1/files/${id}/download`, { token: owner.token })).status).toBe(404);
  });

  it('cannot be had by changing the key of a row', async () => {
    const { organizationId } = await makeOrganization(app);
    const id = await uploaded();
    const foreign = `org/${organizationId}/${id}`;
    await expect(app.database.owner.query('update files set storage_key = $1 where id = $2', [foreign, id])).rejects.toMatchObject({
      constraint: 'files_key_is_ours',
    });
  });
});
