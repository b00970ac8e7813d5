import { Injectable } from '@nestjs/common';
import { CapturedMails } from '../../platform/mail/captured-mails.js';
import { MailNotFound } from './dev-mails.errors.js';
import type { CapturedMailList, CapturedMailQuery } from './dev-mails.shapes.js';

const SHOWN = 50;

@Injectable()
export class DevMailsService {
  constructor(private readonly mails: CapturedMails) {}

  async list({ to, limit = SHOWN }: CapturedMailQuery): Promise<CapturedMailList> {
    return { items: await this.mails.list({ to, limit }) };
  }

  async html(id: string): Promise<string> {
    const mail = await this.mails.find(id);
    if (!mail) throw MailNotFound();
    return mail.html;
  }
}
