import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { SendWebhookDisabled, type WebhookDisabledPayload } from '../webhooks.jobs.js';

/** Tells people that a webhook was switched off. */
@Injectable()
export class DisabledMail {
  constructor(
    @Inject(Mailer) private readonly mailer: Mailer,
    @Inject(Settings) private readonly settings: Settings,
  ) {}

  @Handles(SendWebhookDisabled)
  async send({ payload, jobId }: JobContext<WebhookDisabledPayload>): Promise<void> {
    const { to, host, reason, at } = payload;
    const link = `${this.settings.appUrl.replace(/\/$/, '')}/webhooks`;
    await this.mailer.send('webhook-disabled', to, { host, isGone: reason === 'gone', at: new Date(at), link }, jobId);
  }
}
