import { Readable } from 'node:stream';

/**
 * Reads the first bytes of a stream and gives them together with the whole content, which still streams. `broken` says what a failure
 * of the source means. Whoever does not read the content destroys the source.
 */
export async function withHead(
  source: Readable,
  bytes: number,
  broken: (cause: unknown) => unknown = (cause) => cause,
): Promise<{ head: Buffer; content: Readable }> {
  const chunks = translating(source[Symbol.asyncIterator]() as AsyncIterator<Buffer>, broken);
  const first: Buffer[] = [];
  let count = 0;
  while (count < bytes) {
    const next = await chunks.next();
    if (next.done) break;
    first.push(Buffer.from(next.value));
    count += next.value.length;
  }
  const head = Buffer.concat(first);
  return { head, content: Readable.from(joined(head, chunks), { objectMode: false, highWaterMark: 65_536 }) };
}

function translating(chunks: AsyncIterator<Buffer>, broken: (cause: unknown) => unknown): AsyncIterator<Buffer> {
  const next = (): Promise<IteratorResult<Buffer>> =>
    chunks.next().catch((cause: unknown) => {
      throw broken(cause);
    });
  return { next, return: async () => (await chunks.return?.()) ?? { done: true, value: undefined } };
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.(); // nobody reads on: the source may go
  }
}
