import { CapturedMails } from '../../src/platform/mail/captured-mails.js';
import type { CapturedMail } from '../../src/platform/mail/capture-transport.js';
import type { TestApp } from '../harness/test-app.js';

/** Mails to an address with this subject, the newest first. */
export async function mailsTo(app: TestApp, email: string, subject: string): Promise<CapturedMail[]> {
  return (await app.nest.get(CapturedMails).list({ to: email })).filter((mail) => mail.subject === subject);
}

/** The newest of them, once there are more than `after`: mails are sent by a job. */
export async function mailTo(app: TestApp, email: string, subject: string, after = 0): Promise<CapturedMail> {
  for (let tries = 0; tries < 200; tries++) {
    const [newest, ...older] = await mailsTo(app, email, subject);
    if (newest && older.length >= after) return newest;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail "${subject}" came to ${email}`);
}

/** The token in the link of a mail. */
export function linkToken(mail: CapturedMail): string {
  const token = /[?&]token=([^\s&]+)/.exec(mail.text)?.[1];
  if (token === undefined) throw new Error(`no link with a token in: ${mail.text}`);
  return decodeURIComponent(token);
}

/** The six digits in a mail. */
export function codeIn(mail: CapturedMail): string {
  const code = /^\s*(\d{6})\s*$/m.exec(mail.text)?.[1] ?? /\b(\d{6})\b/.exec(mail.text)?.[1];
  if (code === undefined) throw new Error(`no code in: ${mail.text}`);
  return code;
}
