import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { withHead } from './stream-head.js';

describe('withHead', () => {
  it('gives the first bytes and the whole content, however it is cut', async () => {
    const cases = fc.tuple(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 }), fc.integer({ min: 1, max: 200 }));
    const same = async ([chunks, bytes]: [Uint8Array[], number]) => {
      const whole = Buffer.concat(chunks);
      const { head, content } = await withHead(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), bytes);
      expect(head.length).toBeGreaterThanOrEqual(Math.min(bytes, whole.length));
      expect(whole.subarray(0, head.length).equals(head)).toBe(true);
      expect((await buffer(content)).equals(whole)).toBe(true);
    };
    await fc.assert(fc.asyncProperty(cases, same), { numRuns: 60 });
  });

  it('passes the failure of the source on', async () => {
    function* broken(): Generator<Buffer> {
      yield Buffer.alloc(10);
      throw new Error('the caller went away');
    }
    await expect(withHead(Readable.from(broken()), 20)).rejects.toThrow('went away');
    const { content } = await withHead(Readable.from(broken()), 5);
    await expect(buffer(content)).rejects.toThrow('went away');
  });

  it('lets the source go when nobody wants the rest', async () => {
    const source = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(1000)));
    const { content } = await withHead(source, 10);
    content.read();
    const closed = new Promise((resolve) => source.on('close', resolve));
    content.destroy();
    await closed;
    expect(source.destroyed).toBe(true);
  });
});
