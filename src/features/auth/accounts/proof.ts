import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { Problem } from '../../../platform/http/problems/problem.js';
import { InvalidProof } from '../auth.errors.js';
import { type Proof, proofOf } from './one-time-token.js';
import type { ProofShape } from './proof.shapes.js';

/** The proof in a request, or the complaint that there is none. */
export function readProof(input: Pick<ProofShape, 'token' | 'email' | 'code'>): Proof {
  const proof = proofOf(input);
  if (!proof) throw ValidationFailed({ errors: [{ pointer: '/token', code: 'required', message: 'give token, or email and code' }] });
  return proof;
}

/** One answer for wrong, used, over and unknown. */
export function invalidProof(): Problem {
  return InvalidProof({ detail: 'It is wrong, was used, or its time is over. Ask for a new mail.' });
}
