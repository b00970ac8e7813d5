import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Settings } from '../config/settings.js';
import { CaptureTransport } from './capture-transport.js';
import { CapturedMails } from './captured-mails.js';
import { MailTransport } from './mail-message.js';
import { Mailer } from './mailer.js';
import { SmtpTransport } from './smtp-transport.js';

function makeTransport({ smtpUrl, mailFrom }: Settings, captured: CapturedMails, clock: Clock): MailTransport {
  return smtpUrl ? new SmtpTransport(smtpUrl, mailFrom) : new CaptureTransport(captured, mailFrom, clock);
}

/** Mails go to the SMTP server of the settings; without one they are captured. */
@Global()
@Module({
  providers: [CapturedMails, Mailer, { provide: MailTransport, inject: [Settings, CapturedMails, Clock], useFactory: makeTransport }],
  exports: [CapturedMails, Mailer],
})
export class MailModule implements OnApplicationShutdown {
  constructor(private readonly transport: MailTransport) {}

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }
}
