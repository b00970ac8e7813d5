import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { AwsChunked } from './aws-chunked.js';

async function unpack(pieces: Buffer[]): Promise<{ body: Buffer; trailers: Record<string, string> }> {
  const stream = Readable.from(pieces, { objectMode: false }).pipe(new AwsChunked());
  const body: Buffer[] = [];
  for await (const chunk of stream) body.push(chunk as Buffer);
  return { body: Buffer.concat(body), trailers: stream.trailers };
}

function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe('AwsChunked', () => {
  it('gives the body and the trailers however the network cuts it', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), sizes, async (chunks, cuts) => {
        const framed = chunks.flatMap((c) => [Buffer.from(`${c.length.toString(16)};ext=1\r\n`), Buffer.from(c), Buffer.from('\r\n')]);
        const wire = Buffer.concat([...framed, Buffer.from('0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n')]);
        const { body, trailers } = await unpack(cut(wire, cuts));
        expect(body).toEqual(Buffer.concat(chunks));
        expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
      }),
      { numRuns: 60 },
    );
  });

  it.each(['', '5\r\nabc', '3\r\nabcXX0\r\n\r\n', 'zz\r\n', '-1\r\n', '3\r\nabc\r\n'])('refuses the broken frame %j', async (wire) => {
    await expect(unpack([Buffer.from(wire)])).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});
