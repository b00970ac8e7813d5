/** One mail to one person, ready to be sent. */
export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The sender of the settings when absent. */
  from?: string;
  replyTo?: string;
  /** The id of the job: a second attempt carries the same Message-ID, so mail servers can drop the twin. */
  idempotencyKey?: string;
}

/** A mail server said no, or could not be asked; `permanent` says that trying again is of no use. */
export class MailRefusedError extends Error {
  constructor(
    message: string,
    readonly permanent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MailRefusedError';
  }
}

/** The way out for mails. */
export abstract class MailTransport {
  abstract send(message: MailMessage): Promise<{ id: string }>;

  /** Ends idle connections. */
  abstract close(): Promise<void>;
}
