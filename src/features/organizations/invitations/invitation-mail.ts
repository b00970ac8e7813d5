import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { newInvitationToken } from './invitation-token.js';
import { SendInvitation, type SendInvitationPayload } from './invitations.jobs.js';
import { invitationMailFacts, mintInvitationToken } from './invitations.repository.js';

/** Sends invitations. The token is made here, at the last moment, so that it lies in no queue and no table. */
@Injectable()
export class InvitationMail {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  @Handles(SendInvitation)
  async send({ scope, payload }: JobContext<SendInvitationPayload>): Promise<unknown> {
    const token = newInvitationToken(scope.organizationId, deriveKey(this.settings.secretKey.reveal(), 'token-hash'));
    const minted = await this.db.write(scope, async (tx) => {
      const invitation = await mintInvitationToken(tx, payload.invitationId, token.hash, this.clock.now().toISOString());
      return invitation && { ...invitation, ...(await invitationMailFacts(tx, payload.invitationId)) };
    });
    if (!minted?.organizationName) return { sent: false };
    // A second attempt makes a second token, so it must be a second mail: the first one's link would be dead.
    const mailId = `${payload.invitationId}-${minted.mints}`;
    await this.mailer.send(
      'invitation',
      minted.email,
      {
        inviterName: minted.inviterName || 'Somebody',
        organizationName: minted.organizationName,
        roleName: minted.roleName ?? minted.role,
        link: `${this.settings.appUrl.replace(/\/$/, '')}/invitations/accept?token=${token.text}`,
        expiresAt: new Date(minted.expiresAt),
      },
      mailId,
    );
    return { sent: true };
  }
}
