const NEW_LINE = 0x0a;
/** A line without an end longer than this is decoded as it comes. */
const LONGEST_HELD = 1_000_000;

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** The encoding of a text by its byte order mark, by the zero bytes of UTF-16, or by whether it is valid UTF-8. */
export function detectEncoding(sample: Uint8Array): CsvEncoding {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  const seen = sample.subarray(0, 2000);
  const zeros = [0, 0];
  for (const [at, byte] of seen.entries()) if (byte === 0) zeros[at % 2] += 1;
  if (zeros[1] > seen.length / 8 && zeros[1] > zeros[0] * 4) return 'utf-16le';
  if (zeros[0] > seen.length / 8 && zeros[0] > zeros[1] * 4) return 'utf-16be';
  return decodeUtf8(sample, true) === undefined ? 'windows-1252' : 'utf-8';
}

/** Undefined when the bytes are not UTF-8; a character cut off at the end of a sample is forgiven. */
function decodeUtf8(bytes: Uint8Array, cutOff: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cutOff });
  } catch {
    return undefined; // not UTF-8: the caller takes another encoding
  }
}

/** Decodes line by line, so that no character is cut; the first line that is not UTF-8 turns a so far plain file into windows-1252. */
async function* decodeLines(source: AsyncIterable<Uint8Array>, encoding: CsvEncoding): AsyncGenerator<string> {
  let held: Uint8Array = new Uint8Array();
  let legacy = encoding === 'windows-1252';
  let plain = true;
  const decode = (bytes: Uint8Array): string => {
    const text = legacy ? undefined : decodeUtf8(bytes, false);
    if (text !== undefined) {
      plain &&= text.length === bytes.length;
      return text;
    }
    legacy ||= plain;
    return new TextDecoder(legacy ? 'windows-1252' : 'utf-8').decode(bytes);
  };
  for await (const chunk of source) {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    const end = bytes.length > LONGEST_HELD ? bytes.length : bytes.lastIndexOf(NEW_LINE) + 1;
    held = bytes.subarray(end);
    if (end > 0) yield decode(bytes.subarray(0, end));
  }
  if (held.length > 0) yield decode(held);
}

/** The text of a stream of bytes, piece by piece, without a byte order mark. */
export async function* decodeText(source: AsyncIterable<Uint8Array>, encoding: CsvEncoding): AsyncGenerator<string> {
  if (encoding === 'utf-8' || encoding === 'windows-1252') {
    yield* decodeLines(source, encoding);
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
