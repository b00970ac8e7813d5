import { expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../../platform/clock/clock.js';
import { loadSettings } from '../../../platform/config/load-settings.js';
import type { Database } from '../../../platform/database/database.js';
import { anonymousScope, scopeIn } from '../../../platform/database/scope.js';
import type { Mailer } from '../../../platform/mail/mailer.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import { newId } from '../../../shared/ids.js';
import { InvitationMail } from './invitation-mail.js';
import type { SendInvitationPayload } from './invitations.jobs.js';

const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: 'a'.repeat(64), LOG_LEVEL: 'silent' });
const invitationId = newId();
const context = {
  scope: scopeIn(anonymousScope('test', null), newId()),
  payload: { invitationId },
} as unknown as JobContext<SendInvitationPayload>;
const minted = { email: 'bea@example.com', role: 'viewer', mints: 2, expiresAt: '2030-01-08T00:00:00.000Z' };

/** Sends with a database that answers the minted invitation and the facts about it. */
async function send(...rows: (object | undefined)[]): Promise<{ result: unknown; mailed: jest.Mock }> {
  const first = (): Promise<object | undefined> => Promise.resolve(rows.shift());
  const db = { write: (_: unknown, work: (tx: unknown) => unknown) => work({ scope: context.scope, first }) } as unknown as Database;
  const mailed = jest.fn();
  const mails = new InvitationMail(db, { send: mailed } as unknown as Mailer, new ManualClock(), settings);
  return { result: await mails.send(context), mailed };
}

it('sends nothing for an invitation that was taken back, or into an organization that was switched off', async () => {
  for (const rows of [[undefined], [minted, undefined]]) {
    const { result, mailed } = await send(...rows);
    expect([result, mailed.mock.calls]).toEqual([{ sent: false }, []]);
  }
});

it('names the inviter, or somebody when they have no name any more, and gives each link a mail of its own', async () => {
  for (const [inviterName, shown] of [
    ['Ana', 'Ana'],
    ['', 'Somebody'],
    [null, 'Somebody'],
  ]) {
    const { result, mailed } = await send(minted, { organizationName: 'Acme', inviterName, roleName: null });
    expect(result).toEqual({ sent: true });
    const variables = expect.objectContaining({ inviterName: shown, organizationName: 'Acme', roleName: 'viewer' });
    expect(mailed).toHaveBeenCalledWith('invitation', 'bea@example.com', variables, `${invitationId}-2`);
  }
});
