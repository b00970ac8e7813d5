import { hash, parseOptions, verify } from '@node-rs/argon2';
import { ConcurrencyLimit } from './concurrency-limit.js';

// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. The library's default algorithm is Argon2id.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

// Each hash holds 19 MiB and one thread of libuv's pool of four: two at a time leave room for files, DNS and everyone else.
const hashing = new ConcurrencyLimit(2);

/** The hash of a random text nobody kept, which stands in for an account that does not exist; it must cost what real hashes cost. */
export const HASH_OF_NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$7ZWV21GU2FaCk2uN1KvX0A$ZEHqtjqeWsFZrKEd7uU/rHdT9K0asG4wMxUBonaQ2P8';

/** Hashes a password with Argon2id; at most two hashes run at once in a process. */
export function hashPassword(password: string): Promise<string> {
  return hashing.run(() => hash(normalized(password), PARAMETERS));
}

/** Tells whether the password fits; with no stored hash it works just as long and answers no, so an unknown account cannot be told by time. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  const fits = await hashing.run(() => verify(stored ?? HASH_OF_NOBODY, normalized(password)));
  return stored !== undefined && fits;
}

/** True when a stored hash was made with other parameters than today's; rehash it at the next successful login. */
export function needsRehash(stored: string): boolean {
  const made = parseOptions(stored);
  return (
    !stored.startsWith('$argon2id$') ||
    made.memoryCost !== PARAMETERS.memoryCost ||
    made.timeCost !== PARAMETERS.timeCost ||
    made.parallelism !== PARAMETERS.parallelism ||
    made.outputLen !== PARAMETERS.outputLen
  );
}

// The same letter typed on two keyboards can arrive as different code points.
function normalized(password: string): string {
  return password.normalize('NFKC');
}
