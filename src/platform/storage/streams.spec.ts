import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { contentDisposition } from './content-disposition.js';
import { DigestingStream } from './digesting-stream.js';
import { ObjectTooLargeError } from './storage-errors.js';

function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

describe('DigestingStream', () => {
  it('counts, digests and keeps the first bytes, however the content is cut', async () => {
    const cases = fc.tuple(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 10 }), fc.nat(60));
    const same = async ([chunks, keep]: [Uint8Array[], number]) => {
      const digest = new DigestingStream(1000, keep);
      await pipeline(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), digest, sink());
      const whole = Buffer.concat(chunks);
      expect(digest.byteCount).toBe(whole.length);
      expect(digest.head.equals(whole.subarray(0, keep))).toBe(true);
      expect(digest.sha256()).toBe(createHash('sha256').update(whole).digest('hex'));
    };
    await fc.assert(fc.asyncProperty(cases, same), { numRuns: 50 });
  });

  it('takes exactly the limit and not one byte more', async () => {
    await pipeline(Readable.from([Buffer.alloc(10)]), new DigestingStream(10), sink());
    const over = pipeline(Readable.from([Buffer.alloc(10), Buffer.alloc(1)]), new DigestingStream(10), sink());
    await expect(over).rejects.toBeInstanceOf(ObjectTooLargeError);
  });
});

describe('contentDisposition', () => {
  it('carries any name', () => {
    expect(contentDisposition('report 1.pdf', true)).toBe(`inline; filename="report 1.pdf"; filename*=UTF-8''report%201.pdf`);
    expect(contentDisposition('Übersicht (neu).pdf', false)).toBe(
      `attachment; filename="_bersicht (neu).pdf"; filename*=UTF-8''%C3%9Cbersicht%20%28neu%29.pdf`,
    );
    expect(contentDisposition('../../etc/passwd', false)).toContain('filename="_.._etc_passwd"');
    expect(contentDisposition('...', false)).toContain('filename="file"');
  });

  it('never breaks the header', () => {
    const ok = (name: string) =>
      /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.!~-]+$/.test(contentDisposition(name, false));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), ok));
    expect(ok('a"\r\nSet-Cookie: x=1')).toBe(true);
  });
});
