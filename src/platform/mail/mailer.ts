import { Injectable } from '@nestjs/common';
import { assertNoOpenTransaction } from '../database/transactions.js';
import { MailTransport } from './mail-message.js';
import { type MailTemplate, type MailVariables, renderMail } from './mail-templates.js';

/** Sends mails. Call it from a job, never inside a transaction: what was sent cannot be rolled back. */
@Injectable()
export class Mailer {
  constructor(private readonly transport: MailTransport) {}

  /** Sends one mail; `idempotencyId` (the id of the job) makes a second attempt the same mail. */
  async send<T extends MailTemplate>(template: T, to: string, variables: MailVariables[T], idempotencyId: string): Promise<void> {
    assertNoOpenTransaction('the mailer');
    await this.transport.send({ ...renderMail(template, variables), to, idempotencyKey: idempotencyId });
  }
}
