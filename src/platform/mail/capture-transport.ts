import { newId } from '../../shared/ids.js';
import type { Clock } from '../clock/clock.js';
import type { MailMessage } from './mail-message.js';
import { MailTransport } from './mail-message.js';

/** A mail that was kept instead of sent. */
export interface CapturedMail extends MailMessage {
  id: string;
  from: string;
  capturedAt: Date;
}

/** Where captured mails are kept: a table in the application, an array in tests. */
export interface MailStore {
  save(mail: CapturedMail): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly CapturedMail[]>;
}

/** Keeps mails to be read in development; used whenever there is no SMTP server. */
export class CaptureTransport extends MailTransport {
  constructor(
    private readonly store: MailStore,
    private readonly from: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async send(message: MailMessage): Promise<{ id: string }> {
    const id = newId();
    await this.store.save({ from: this.from, ...message, id, capturedAt: this.clock.now() });
    return { id };
  }

  list(): Promise<readonly CapturedMail[]> {
    return this.store.list();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
