import { expect, it, jest } from '@jest/globals';
import type { Settings } from '../../../platform/config/settings.js';
import type { Database } from '../../../platform/database/database.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import { AccountMails } from './account-mails.js';
import type { NoticePayload, TokenMailPayload } from './accounts.jobs.js';

const run = (_: unknown, work: (tx: unknown) => unknown): unknown => work({});
const database = { read: run, write: run } as unknown as Database;
const settings = { appUrl: 'https://app.example/' } as Settings;
const context = <T>(payload: object): JobContext<T> => ({ scope: {}, jobId: 'job', payload }) as unknown as JobContext<T>;

function mailsWith(found: { user?: object; token?: object }): { mails: AccountMails; send: jest.Mock } {
  const send = jest.fn();
  const tokens = { mint: () => Promise.resolve(found.token) };
  const users = { byId: () => Promise.resolve(found.user) };
  return { mails: new AccountMails(database, tokens as never, users as never, { send } as never, settings), send };
}

const notice = { userId: 'u', notice: 'password-changed', at: '2030-01-01T00:00:00.000Z', address: null };

it('tells nobody of what happened to an account that is gone', async () => {
  const { mails, send } = mailsWith({});
  await mails.sendNotice(context<NoticePayload>(notice));
  expect(send).not.toHaveBeenCalled();
});

it('names the address a change came from only when it is known', async () => {
  const { mails, send } = mailsWith({ user: { name: 'Ana', email: 'ana@example.com' } });
  const facts = { name: 'Ana', at: new Date(notice.at), resetLink: 'https://app.example/forgot-password' };
  await mails.sendNotice(context<NoticePayload>(notice));
  expect(send).toHaveBeenLastCalledWith('password-changed', 'ana@example.com', facts, 'job');
  await mails.sendNotice(context<NoticePayload>({ ...notice, address: '203.0.113.7' }));
  expect(send).toHaveBeenLastCalledWith('password-changed', 'ana@example.com', { ...facts, ip: '203.0.113.7' }, 'job');
});

it('sends the proof of a new address to it, and to the known one when none was noted', async () => {
  const token = { name: 'Ana', token: 't', code: '123456', purpose: 'change-email', email: 'ana@example.com' };
  for (const [facts, to] of [
    [{ newEmail: 'new@example.com' }, 'new@example.com'],
    [{}, 'ana@example.com'],
  ] as const) {
    const { mails, send } = mailsWith({ token: { ...token, facts } });
    await mails.sendToken(context<TokenMailPayload>({ tokenId: 'x' }));
    expect(send).toHaveBeenCalledWith('email-change', to, expect.objectContaining({ newEmail: to }), 'job');
  }
});
