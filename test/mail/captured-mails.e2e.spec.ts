import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { DevMailsModule } from '../../src/features/dev-mails/index.js';
import { Database } from '../../src/platform/database/database.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { CapturedMails } from '../../src/platform/mail/captured-mails.js';
import { Mailer } from '../../src/platform/mail/mailer.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { newId } from '../../src/shared/ids.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let mailer: Mailer;

beforeAll(async () => {
  app = await startTestApp();
  mailer = app.nest.get(Mailer);
});
afterAll(() => app.close());
beforeEach(() => app.database.owner.query('delete from captured_mails'));

const verification = { name: 'Ada', code: '482913', link: 'https://app.example.com/verify?token=abc', expiresInMinutes: 30 };
const send = (to: string, id: string = newId()): Promise<void> => mailer.send('verify-email', to, verification, id);
const list = async (query = '') =>
  ((await app.call('GET', `/dev/mails${query}`)).json as { items: { id: string; to: string; text: string }[] }).items;

describe('a mail without a mail server', () => {
  it('can be read in development', async () => {
    await send('ada@example.com');
    await send('Bob@example.com');
    expect((await list()).map(({ to }) => to)).toEqual(['Bob@example.com', 'ada@example.com']);
    const [mail] = await list('?to=bob@EXAMPLE.com');
    expect(mail).toMatchObject({ from: 'Concord <no-reply@localhost>', subject: 'Confirm your e-mail address' });
    expect(mail?.text).toContain('482913');
    expect(await list('?to=eve@example.com')).toEqual([]);
    expect(await list('?limit=1')).toHaveLength(1);
  });

  it('is shown as a page in which nothing can run', async () => {
    await send('ada@example.com');
    const [mail] = await list();
    const page = await app.call('GET', `/dev/mails/${mail?.id}`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';.*sandbox/);
    expect(page.text).toMatch(/^<!doctype html>[\s\S]*482913/);
    expect((await app.call('GET', `/dev/mails/${newId()}`)).json).toMatchObject({ status: 404, code: 'mail-not-found' });
    expect((await app.call('GET', '/dev/mails/nothing')).status).toBe(404);
  });

  it('is captured once however often its job runs', async () => {
    const id = newId();
    await Promise.all([send('ada@example.com', id), send('ada@example.com', id)]);
    await send('ada@example.com', id);
    expect(await list()).toHaveLength(1);
  });

  it('goes when 500 newer ones have come', async () => {
    const mails = app.nest.get(CapturedMails);
    const capturedAt = new Date();
    for (let count = 0; count < 502; count++) {
      await mails.save({
        id: newId(),
        from: 'a@example.com',
        to: `${count}@example.com`,
        subject: 's',
        text: 't',
        html: '<p>',
        capturedAt,
      });
    }
    const kept = await mails.list();
    expect(kept).toHaveLength(500);
    expect([kept.at(0)?.to, kept.at(-1)?.to]).toEqual(['501@example.com', '2@example.com']);
    await mails.save({ ...kept[0], id: newId(), idempotencyKey: 'x' });
    await mails.save({ ...kept[0], id: newId(), idempotencyKey: 'x' });
    expect((await mails.list()).at(-1)?.to).toBe('3@example.com');
  });

  it('is never sent from inside a transaction', async () => {
    const inside = app.nest.get(Database).write(systemScope('test'), () => send('ada@example.com'));
    await expect(inside).rejects.toThrow('the mailer was called inside an open database transaction');
    expect(await list()).toEqual([]);
  });
});

describe('the page of captured mails', () => {
  const importsWith = (changes: object): unknown[] => {
    const settings = Object.assign(Object.create(app.settings) as Settings, changes);
    return AppModule.with(settings, app.connections).imports ?? [];
  };

  it('is not even there in production or beside a mail server', () => {
    expect(importsWith({})).toContain(DevMailsModule);
    expect(importsWith({ nodeEnv: 'production' })).not.toContain(DevMailsModule);
    expect(importsWith({ smtpUrl: { reveal: () => 'smtp://127.0.0.1' } })).not.toContain(DevMailsModule);
  });

  it('is not found beside a mail server', async () => {
    const real = await startTestApp({ SMTP_URL: 'smtp://127.0.0.1:9' });
    try {
      expect((await real.call('GET', '/dev/mails')).status).toBe(404);
    } finally {
      await real.close();
    }
  });
});
