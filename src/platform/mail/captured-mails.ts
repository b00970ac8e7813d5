import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import type { CapturedMail, MailStore } from './capture-transport.js';

const KEPT = 500;
const COLUMNS = `id, mail_from, mail_to, subject, text, html, reply_to, idempotency_key, captured_at`;

// Ids grow with time, so they are the order. A mail that was captured before changes nothing, not even the number that is kept.
const SAVE = `
  with saved as (
    insert into captured_mails (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict on constraint captured_mails_once do nothing
    returning id
  )
  delete from captured_mails
  where exists (select from saved) and id in (select id from captured_mails order by id desc offset ${KEPT - 1})`;
const LIST = `select ${COLUMNS} from captured_mails where $1::text is null or lower(mail_to) = lower($1) order by id desc limit $2`;
const FIND = `select ${COLUMNS} from captured_mails where id = $1`;

interface Row {
  readonly id: string;
  readonly mail_from: string;
  readonly mail_to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly reply_to: string | null;
  readonly idempotency_key: string | null;
  readonly captured_at: string;
}

function mailOf(row: Row): CapturedMail {
  return {
    id: row.id,
    from: row.mail_from,
    to: row.mail_to,
    subject: row.subject,
    text: row.text,
    html: row.html,
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
    ...(row.idempotency_key === null ? {} : { idempotencyKey: row.idempotency_key }),
    capturedAt: new Date(row.captured_at),
  };
}

/** Mails that were kept instead of sent, the latest 500; they belong to no organization. */
@Injectable()
export class CapturedMails implements MailStore {
  constructor(private readonly db: Database) {}

  async save(mail: CapturedMail): Promise<void> {
    const { id, from, to, subject, text, html, replyTo, idempotencyKey, capturedAt } = mail;
    const values = [id, from, to, subject, text, html, replyTo ?? null, idempotencyKey ?? null, capturedAt.toISOString()];
    await this.db.writeOne(systemScope('mail'), (tx) => tx.query(SAVE, values));
  }

  /** Newest first; `to` is compared without regard to case. */
  async list({ to, limit = KEPT }: { to?: string | undefined; limit?: number | undefined } = {}): Promise<CapturedMail[]> {
    const rows = await this.db.read(systemScope('mail'), (tx) => tx.query<Row>(LIST, [to ?? null, limit]));
    return rows.map(mailOf);
  }

  async find(id: string): Promise<CapturedMail | undefined> {
    const row = await this.db.read(systemScope('mail'), (tx) => tx.first<Row>(FIND, [id]));
    return row && mailOf(row);
  }
}
