import { Unavailable } from '../../../platform/http/problems/core-problems.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { ACCEPTED_TYPES } from '../../../platform/storage/accepted-types.js';
import { FileTypeRefusedError, ObjectTooLargeError } from '../../../platform/storage/storage-errors.js';
import { FileEmpty, FileTooLarge, FileTypeRefused } from '../files.errors.js';

/** Endings of everything that may be stored. */
export const ACCEPTED_ENDINGS: readonly string[] = ACCEPTED_TYPES.map((type) => type.extension);

/** Why a content is refused, as a problem; anything unexpected stays what it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof FileTypeRefusedError)) return error;
  if (error.reason === 'empty') return FileEmpty({ detail: error.message });
  return FileTypeRefused({ detail: error.message, validOptions: ACCEPTED_ENDINGS, extra: { reason: error.reason } });
}

export function tooLarge(limitBytes: number): Problem {
  return FileTooLarge({ detail: `A file may have at most ${limitBytes} bytes.`, extra: { limitBytes } });
}

/** What a failure while storing means to the caller. */
export function storingFailure(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof ObjectTooLargeError) return tooLarge(error.limitBytes);
  return Unavailable({ detail: 'The file storage does not answer just now. Try again in a moment.', retryAfterSeconds: 5, cause: error });
}
