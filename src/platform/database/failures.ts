import { InternalError } from '../http/problems/core-problems.js';
import { Problem, problemOfConstraint } from '../http/problems/problem.js';

interface PgError {
  readonly code?: string;
  readonly constraint?: string;
  readonly driverError?: PgError;
}

const RETRYABLE = new Set(['40001', '40P01']);

function pgErrorOf(error: unknown): PgError {
  const given = (error ?? {}) as PgError;
  return given.driverError ?? given;
}

/** True for serialization failures and deadlocks: the whole function may run again in a new transaction. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(pgErrorOf(error).code ?? '');
}

/** Turns a violated constraint into the problem declared for it; everything else stays what it is. */
export function translated(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const { code, constraint } = pgErrorOf(error);
  if (!code?.startsWith('23') || !constraint) return error;
  const factory = problemOfConstraint(constraint);
  if (!factory) return error;
  const { pointer, title } = factory.definition;
  return factory({ cause: error, ...(pointer ? { errors: [{ pointer, code: factory.definition.code, message: title }] } : {}) });
}

/** Thrown when code uses the database in a way it must not; always a bug of ours. */
export function misuse(detail: string): Problem {
  return InternalError({ cause: new Error(detail) });
}
