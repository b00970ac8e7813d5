import {
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  NoContentGeneratedError,
  NoOutputGeneratedError,
  TypeValidationError,
} from 'ai';
import { EngineFailure, failureOfStatus, retryAfterMs } from './engine-failure.js';

const BROKEN = [
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  NoContentGeneratedError,
  NoOutputGeneratedError,
  TypeValidationError,
] as const;

/**
 * What an error of the SDK means for us. The error itself is left behind, not kept as cause: it holds the whole request, and prompts are
 * never logged.
 */
export function vendorFailure(error: unknown, now: Date): EngineFailure {
  if (error instanceof EngineFailure) return error;
  if (APICallError.isInstance(error)) return ofCall(error, now);
  if (BROKEN.some((kind) => kind.isInstance(error)))
    return new EngineFailure('broken-answer', 'its answer was not in the form it promised');
  const name = error instanceof Error ? error.name : typeof error;
  return new EngineFailure('refused', `it failed in a way we do not know (${name})`);
}

/** The same for an error in the middle of a stream, where a lost connection arrives as any kind of error. */
export function streamFailure(error: unknown, now: Date): EngineFailure {
  if (error instanceof EngineFailure || (APICallError.isInstance(error) && error.statusCode !== 200)) return vendorFailure(error, now);
  return new EngineFailure('broken-answer', 'its answer broke off');
}

function ofCall(error: APICallError, now: Date): EngineFailure {
  const { statusCode } = error;
  if (statusCode === undefined) return new EngineFailure('down', 'it cannot be reached');
  if (statusCode < 400) return new EngineFailure('broken-answer', 'its answer was not in the form it promised', { status: statusCode });
  return failureOfStatus(statusCode, error.responseBody ?? '', { retryAfterMs: retryAfterMs(error.responseHeaders, now) });
}
