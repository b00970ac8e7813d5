import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { ManualClock } from '../clock/clock.js';
import { Secret } from '../config/secret.js';
import type { CapturedMail } from './capture-transport.js';
import { CaptureTransport } from './capture-transport.js';
import { MailRefusedError } from './mail-message.js';
import { SmtpTransport } from './smtp-transport.js';

const MESSAGE = { to: 'ada@example.com', subject: 'Grüße', text: 'plain words', html: '<p>rich words</p>' };

/** A mail server that speaks just enough SMTP to take a message. */
class TinySmtp {
  readonly received: { from: string; to: string; data: string }[] = [];
  recipientAnswer = '250 fine';
  private readonly sockets = new Set<Socket>();
  private server: Server;

  async start(): Promise<number> {
    this.server = createServer((socket) => this.serve(socket));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    const mail = { from: '', to: '', data: '' };
    let pending = '';
    let inData = false;
    socket.on('error', () => socket.destroy());
    socket.write('220 tiny\r\n');
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (inData && line === '.') {
          inData = false;
          this.received.push({ ...mail });
          socket.write('250 taken\r\n');
        } else if (inData) {
          mail.data += `${line}\n`;
        } else {
          inData = line === 'DATA';
          socket.write(`${this.answer(line, mail)}\r\n`);
        }
      }
    });
  }

  private answer(line: string, mail: { from: string; to: string; data: string }): string {
    if (line.startsWith('EHLO')) return '250 tiny';
    if (line.startsWith('MAIL FROM:')) mail.from = line.slice(10);
    if (line.startsWith('MAIL FROM:')) mail.data = '';
    if (line.startsWith('RCPT TO:')) mail.to = line.slice(8);
    if (line.startsWith('RCPT TO:')) return this.recipientAnswer;
    return line === 'DATA' ? '354 go on' : '250 fine';
  }
}

describe('SmtpTransport', () => {
  let smtp: TinySmtp;
  let transport: SmtpTransport;

  beforeEach(async () => {
    smtp = new TinySmtp();
    transport = new SmtpTransport(
      new Secret(`smtp://127.0.0.1:${await smtp.start()}?ignoreTLS=true`),
      'Concord <no-reply@concord.example>',
    );
  });
  afterEach(async () => {
    await transport.close();
    await smtp.stop();
  });

  it('hands the message to the server', async () => {
    await transport.send(MESSAGE);
    const [mail] = smtp.received;
    expect(mail).toMatchObject({ from: '<no-reply@concord.example>', to: '<ada@example.com>' });
    expect(mail?.data).toMatch(/^From: Concord <no-reply@concord\.example>$/m);
    expect(mail?.data).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.data).toContain('plain words');
    expect(mail?.data).toContain('<p>rich words</p>');
    expect(mail?.data).toMatch(/^Auto-Submitted: auto-generated$/m);
  });

  it('gives a second attempt the same Message-ID', async () => {
    const first = await transport.send({ ...MESSAGE, idempotencyKey: 'job-1' });
    const second = await transport.send({ ...MESSAGE, idempotencyKey: 'job-1' });
    const other = await transport.send({ ...MESSAGE, idempotencyKey: 'job-2' });
    expect(first.id).toMatch(/^<[0-9a-f]{40}@concord\.example>$/);
    expect(second.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
    expect(smtp.received[1]?.data).toContain(`Message-ID: ${first.id}`);
  });

  it.each([
    ['550 no such person', true],
    ['451 come back later', false],
  ])('tells apart what will never work: %s', async (answer, permanent) => {
    smtp.recipientAnswer = answer;
    const refusal = await transport.send(MESSAGE).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MailRefusedError);
    expect(refusal).toMatchObject({ permanent });
    expect(smtp.received).toHaveLength(0);
  });

  it('may try again when nobody answers', async () => {
    await smtp.stop();
    await expect(transport.send(MESSAGE)).rejects.toMatchObject({ name: 'MailRefusedError', permanent: false });
    await smtp.start();
  });

  it('cannot be made to add a header or a recipient', async () => {
    await transport.send({ ...MESSAGE, subject: 'hi\r\nBcc: all@example.com', replyTo: 'me@example.com\r\nX-Evil: 1' });
    expect(smtp.received).toHaveLength(1);
    expect(smtp.received[0]?.data).not.toMatch(/^(Bcc|X-Evil):/m);
  });
});

describe('CaptureTransport', () => {
  it('keeps what would have been sent', async () => {
    const kept: CapturedMail[] = [];
    const store = { save: (mail: CapturedMail) => Promise.resolve(void kept.unshift(mail)), list: () => Promise.resolve(kept) };
    const transport = new CaptureTransport(store, 'Concord <no-reply@localhost>', new ManualClock('2030-01-01T00:00:00Z'));
    const { id } = await transport.send(MESSAGE);
    await transport.send({ ...MESSAGE, from: 'other@example.com' });
    const [newest, oldest] = await transport.list();
    expect(oldest).toEqual({ ...MESSAGE, id, from: 'Concord <no-reply@localhost>', capturedAt: new Date('2030-01-01T00:00:00Z') });
    expect(newest?.from).toBe('other@example.com');
  });
});
