import { passwordProblems } from '../../../platform/crypto/password-rules.js';
import { hashPassword } from '../../../platform/crypto/passwords.js';
import { WeakPassword } from '../auth.errors.js';

interface Owner {
  readonly email: string;
  readonly name: string;
}

/** Says by what rules a password somebody chose falls. */
export function assertGoodPassword(password: string, owner: Owner, pointer = '/password'): void {
  const faults = passwordProblems(password, owner);
  if (faults.length === 0) return;
  throw WeakPassword({
    detail: faults.map(({ message }) => message).join(' '),
    errors: faults.map(({ code, message }) => ({ pointer, code, message })),
  });
}

/** Hashes a password somebody chose, once it has passed the rules. */
export async function hashChosenPassword(password: string, owner: Owner, pointer?: string): Promise<string> {
  assertGoodPassword(password, owner, pointer);
  return hashPassword(password);
}
