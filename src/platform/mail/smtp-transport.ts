import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Settings } from '../config/settings.js';
import type { MailMessage } from './mail-message.js';
import { MailRefusedError, MailTransport } from './mail-message.js';

const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;

interface SmtpFailure {
  message: string;
  code?: string;
  responseCode?: number;
}

/** A 5xx answer to an envelope or a message will be the same tomorrow; all else (4xx, network, login) may heal. */
function isPermanent({ code, responseCode }: SmtpFailure): boolean {
  return code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500;
}

function domainOf(address: string): string {
  return /@([^\s<>@]+)>?\s*$/.exec(address)?.[1] ?? 'localhost';
}

/** Sends by a real mail server over a small pool of connections. */
export class SmtpTransport extends MailTransport {
  private readonly transport: ReturnType<typeof connect>;

  constructor(
    smtpUrl: NonNullable<Settings['smtpUrl']>,
    private readonly from: string,
  ) {
    super();
    this.transport = connect(smtpUrl.reveal());
  }

  override async send(message: MailMessage): Promise<{ id: string }> {
    const from = message.from ?? this.from;
    try {
      const sent = await this.transport.sendMail({
        from,
        to: message.to,
        subject: message.subject,
        text: message.text,
        html: message.html,
        headers: { 'Auto-Submitted': 'auto-generated' }, // keeps out-of-office answers away
        ...(message.replyTo && { replyTo: message.replyTo }),
        ...(message.idempotencyKey && { messageId: messageId(message.idempotencyKey, domainOf(from)) }),
      });
      return { id: sent.messageId };
    } catch (cause) {
      const failure = cause as SmtpFailure;
      throw new MailRefusedError(`The mail server did not take the message: ${failure.message}`, isPermanent(failure), { cause });
    }
  }

  override close(): Promise<void> {
    this.transport.close();
    return Promise.resolve();
  }
}

function messageId(key: string, domain: string): string {
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}

function connect(url: string) {
  return createTransport({
    url,
    pool: true,
    maxConnections: 3,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
