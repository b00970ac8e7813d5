import type { MailContent, RenderedMail } from './mail-layout.js';
import { layOut, plainLine } from './mail-layout.js';

interface CodeAndLink {
  /** As the person wants to be called; may be empty. */
  name: string;
  code?: string;
  link?: string;
  expiresInMinutes: number;
}

interface Notice {
  name: string;
  at: Date;
  /** The address the change came from. */
  ip?: string;
}

/** What each template needs to know. */
export interface MailVariables {
  'verify-email': CodeAndLink;
  'already-registered': { name: string; signInLink: string; resetLink: string };
  'password-reset': CodeAndLink;
  'password-changed': Notice & { resetLink: string };
  invitation: { inviterName: string; organizationName: string; roleName: string; link: string; expiresAt: Date };
  'new-sign-in-lockout': Notice & { failedAttempts: number; lockedMinutes: number; resetLink: string };
  'email-change': CodeAndLink & { newEmail: string };
  'email-changed': Notice & { newEmail: string };
  'session-revoked': Notice & { resetLink: string };
  'api-key-created': Notice & { keyName: string; organizationName: string };
  /** `due` is written out already: only the sender knows whether it is a day or a moment, and where. */
  'task-reminder': { name: string; title: string; leadName: string; due: string };
  'webhook-disabled': { host: string; isGone: boolean; at: Date; link: string };
}

export type MailTemplate = keyof MailVariables;

type Build<T extends MailTemplate> = (variables: MailVariables[T], write: Wording) => MailContent;

interface Wording {
  instant(at: Date): string;
}

const NOT_YOU = 'If this was not you, you can ignore this mail: nothing happens without the code or the link.';

function hello(name: string): string {
  const called = plainLine(name, 60);
  return called ? `Hello ${called},` : 'Hello,';
}

function span(minutes: number): string {
  const [count, unit] = minutes % 1440 === 0 ? [minutes / 1440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function where({ at, ip }: Notice, write: Wording): string {
  return `on ${write.instant(at)}${ip ? ` from the address ${plainLine(ip, 45)}` : ''}`;
}

function proof({ code, link }: CodeAndLink, label: string): Pick<MailContent, 'code' | 'action'> {
  return { ...(code && { code: plainLine(code, 40) }), ...(link && { action: { label, url: link } }) };
}

function how({ code, link, expiresInMinutes }: CodeAndLink): string {
  const means = code && link ? 'Enter this code or use the button' : code ? 'Enter this code' : 'Use the button';
  return `${means} within ${span(expiresInMinutes)}. It works once.`;
}

const TEMPLATES: { [T in MailTemplate]: Build<T> } = {
  'verify-email': (v) => ({
    subject: 'Confirm your e-mail address',
    greeting: hello(v.name),
    paragraphs: ['Welcome to Concord. Please confirm that this address is yours.', how(v)],
    ...proof(v, 'Confirm my address'),
    reassurance: NOT_YOU,
  }),
  'already-registered': (v) => ({
    subject: 'You already have an account',
    greeting: hello(v.name),
    paragraphs: [
      'Somebody, perhaps you, tried to register with this address. It already has an account, so nothing was changed.',
      'You can sign in as usual. If you do not remember your password, choose a new one here:',
    ],
    action: { label: 'Choose a new password', url: v.resetLink },
    reassurance: `Sign in at ${v.signInLink}. If it was not you who tried, you do not have to do anything.`,
  }),
  'password-reset': (v) => ({
    subject: 'Choose a new password',
    greeting: hello(v.name),
    paragraphs: ['We were asked to reset the password of your account.', how(v)],
    ...proof(v, 'Choose a new password'),
    reassurance: `${NOT_YOU} Your password stays as it is.`,
  }),
  'password-changed': (v, write) => ({
    subject: 'Your password was changed',
    greeting: hello(v.name),
    paragraphs: [`The password of your account was changed ${where(v, write)}.`, 'All other sessions were signed out.'],
    action: { label: 'This was not me', url: v.resetLink },
    reassurance: 'If this was you, you do not have to do anything. If not, choose a new password at once.',
  }),
  invitation: (v, write) => {
    const [inviter, organization] = [plainLine(v.inviterName, 80), plainLine(v.organizationName, 80)];
    return {
      subject: `${inviter} invites you to ${organization}`,
      greeting: 'Hello,',
      paragraphs: [
        `${inviter} invites you to work in ${organization} on Concord, with the role ${plainLine(v.roleName, 60)}.`,
        `The invitation is for you alone and can be accepted until ${write.instant(v.expiresAt)}.`,
      ],
      action: { label: 'Accept the invitation', url: v.link },
      reassurance: 'If you do not know who this is, you can ignore this mail. You join nothing unless you accept.',
    };
  },
  'new-sign-in-lockout': (v, write) => ({
    subject: 'Sign-in to your account is paused',
    greeting: hello(v.name),
    paragraphs: [
      `There were ${v.failedAttempts} failed attempts to sign in to your account, the last one ${where(v, write)}.`,
      `To protect you, signing in is paused for ${span(v.lockedMinutes)}. Sessions that are open stay open.`,
    ],
    action: { label: 'Choose a new password', url: v.resetLink },
    reassurance: 'If it was you, wait and try again. If not, your password was not guessed; choose a new one if it is used elsewhere too.',
  }),
  'email-change': (v) => ({
    subject: 'Confirm your new e-mail address',
    greeting: hello(v.name),
    paragraphs: [`You asked to use ${plainLine(v.newEmail, 254)} for your account from now on.`, how(v)],
    ...proof(v, 'Confirm the new address'),
    reassurance: `${NOT_YOU} The account keeps its old address.`,
  }),
  'email-changed': (v, write) => ({
    subject: 'Your e-mail address was changed',
    greeting: hello(v.name),
    paragraphs: [`The address of your account was changed to ${plainLine(v.newEmail, 254)} ${where(v, write)}.`],
    reassurance: 'If this was you, you do not have to do anything. If not, write to the administrator of your organization at once.',
  }),
  'session-revoked': (v, write) => ({
    subject: 'A session was ended to protect you',
    greeting: hello(v.name),
    paragraphs: [
      `A sign-in of yours that had already been renewed was used again ${where(v, write)}. This can mean that somebody copied it.`,
      'We ended that session. Please sign in again on that device.',
    ],
    action: { label: 'Choose a new password', url: v.resetLink },
    reassurance: 'If you restored a backup or moved to a new device, this can be harmless.',
  }),
  'api-key-created': (v, write) => ({
    subject: 'A new API key was made',
    greeting: hello(v.name),
    paragraphs: [
      `The API key ${plainLine(v.keyName, 80)} was made in your name for ${plainLine(v.organizationName, 80)} ${where(v, write)}.`,
    ],
    reassurance: 'If this was not you, revoke the key and change your password.',
  }),
  'task-reminder': (v) => ({
    subject: `Reminder: ${plainLine(v.title, 120)}`,
    greeting: hello(v.name),
    paragraphs: [`Your task “${plainLine(v.title, 200)}” for ${plainLine(v.leadName, 80)} is due ${plainLine(v.due, 100)}.`],
    reassurance: 'Mark the task as done, or change when it is due, and you will not be reminded of it again.',
  }),
  'webhook-disabled': (v, write) => ({
    subject: `A webhook to ${plainLine(v.host, 120)} was switched off`,
    greeting: 'Hello,',
    paragraphs: [
      v.isGone
        ? `${plainLine(v.host, 200)} answered ${write.instant(v.at)} that it wants no more messages.`
        : `${plainLine(v.host, 200)} has not taken a single message for days, the last one ${write.instant(v.at)}.`,
      'Nothing is sent there any more. Once it works again, switch the webhook on and send again what it missed.',
    ],
    action: { label: 'Look at the webhooks', url: v.link },
    reassurance: 'You get this mail because you look after your organization on Concord.',
  }),
};

function wording(locale: string): Wording {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return { instant: (at) => `${format.format(at)} UTC` };
}

/** Writes a mail from its template; the texts are English, `locale` chooses how dates are written. */
export function renderMail<T extends MailTemplate>(template: T, variables: MailVariables[T], locale = 'en-GB'): RenderedMail {
  return layOut(TEMPLATES[template](variables, wording(locale)));
}

/** Every template there is. */
export const MAIL_TEMPLATES = Object.keys(TEMPLATES) as readonly MailTemplate[];
