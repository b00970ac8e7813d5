import { describe, expect, it } from '@jest/globals';
import type { MailTemplate, MailVariables } from './mail-templates.js';
import { MAIL_TEMPLATES, renderMail } from './mail-templates.js';

const AT = new Date('2030-05-06T07:08:00Z');
const EVIL = '<img src=x onerror="alert(1)">\r\nBcc: all@example.com';
const LINK = 'https://app.example.com/verify?token=abc&x=1';

function variables(name: string): MailVariables {
  const proof = { name, code: '482913', link: LINK, expiresInMinutes: 30 };
  const notice = { name, at: AT, ip: '192.0.2.7' };
  return {
    'verify-email': proof,
    'already-registered': { name, signInLink: LINK, resetLink: LINK },
    'password-reset': proof,
    'password-changed': { ...notice, resetLink: LINK },
    invitation: { inviterName: name, organizationName: name, roleName: name, link: LINK, expiresAt: AT },
    'new-sign-in-lockout': { ...notice, failedAttempts: 5, lockedMinutes: 15, resetLink: LINK },
    'email-change': { ...proof, newEmail: name },
    'email-changed': { ...notice, newEmail: name },
    'session-revoked': { ...notice, resetLink: LINK },
    'api-key-created': { ...notice, keyName: name, organizationName: name },
    'webhook-disabled': { host: name, isGone: false, at: AT, link: LINK },
    'task-reminder': { name, title: name, leadName: name, due: 'Friday 1 May 2030' },
  };
}

function render(template: MailTemplate, name: string) {
  const all = variables(name);
  return renderMail(template, all[template]);
}

describe('renderMail', () => {
  it.each(MAIL_TEMPLATES)('%s says what it should in both forms', (template) => {
    const { subject, text, html } = render(template, 'Ada Obi');
    expect(subject.length).toBeGreaterThan(10);
    expect(text + html + subject).not.toMatch(/undefined|null|NaN|\[object|Invalid/);
    expect(html).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(html).not.toMatch(/<(script|img|link)|src=/);
    if (text.includes(LINK)) expect(html).toContain('href="https://app.example.com/verify?token=abc&amp;x=1"');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each(MAIL_TEMPLATES)('%s is not shaped by what people call themselves', (template) => {
    const { subject, text, html } = render(template, EVIL);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<img');
    expect(text).not.toMatch(/^Bcc:/m);
  });

  it('tells code, link and how long they live', () => {
    const { text, html } = renderMail('verify-email', { name: 'Ada', code: '482913', link: LINK, expiresInMinutes: 60 });
    expect(text).toMatch(
      /^Hello Ada,\n\n[\s\S]*Enter this code or use the button within 1 hour\. It works once\.\n\n {4}482913\n\n[\s\S]*token=abc&x=1/,
    );
    expect(html).toContain('482913');
    const codeOnly = renderMail('password-reset', { name: '', code: '111222', expiresInMinutes: 10 });
    expect(codeOnly.text).toMatch(/^Hello,\n/);
    expect(codeOnly.text).toContain('Enter this code within 10 minutes');
    expect(codeOnly.html).not.toContain('href=');
  });

  it('writes dates in the locale, in UTC', () => {
    const invitation = { inviterName: 'Ada', organizationName: 'Müller & Söhne', roleName: 'Member', link: LINK, expiresAt: AT };
    const mail = renderMail('invitation', invitation);
    expect(mail.subject).toBe('Ada invites you to Müller & Söhne');
    expect(mail.html).toContain('Müller &amp; Söhne');
    expect(mail.text.replaceAll('\n', ' ')).toMatch(/until 6 May 2030 (at|,)? ?07:08 UTC/);
    expect(renderMail('invitation', invitation, 'de').text.replaceAll('\n', ' ')).toContain('6. Mai 2030');
  });

  it('refuses links that are not web addresses', () => {
    const link = 'javascript:alert(1)';
    expect(() => renderMail('verify-email', { name: 'Ada', link, expiresInMinutes: 5 })).toThrow(/http or https/);
  });

  it('cuts very long names', () => {
    const { subject } = renderMail('invitation', { ...variables('x'.repeat(5000)).invitation });
    expect(subject.length).toBeLessThanOrEqual(180);
    expect(subject).toContain('…');
  });
});
