import { problem } from './problem.js';

export type { FieldError } from './problem.js';

/** Failures any route can answer with; features declare their own beside their code. */
export const ValidationFailed = problem({ code: 'validation-failed', status: 422, title: 'Some fields are not right' });
export const InvalidParameters = problem({ code: 'invalid-parameters', status: 400, title: 'Some parameters are not right' });
export const MalformedBody = problem({ code: 'malformed-body', status: 400, title: 'The body could not be read' });
export const InvalidCursor = problem({ code: 'invalid-cursor', status: 400, title: 'The cursor does not belong to this list' });
export const NotAuthenticated = problem({ code: 'not-authenticated', status: 401, title: 'Log in first' });
export const PermissionDenied = problem({ code: 'permission-denied', status: 403, title: 'You may not do this' });
export const OrganizationRequired = problem({ code: 'organization-required', status: 403, title: 'Choose an organization first' });
export const PersonRequired = problem({
  code: 'person-required',
  status: 403,
  title: 'Only a logged-in person can do this, not an API key',
});
export const NotFound = problem({ code: 'not-found', status: 404, title: 'There is nothing here' });
export const MethodNotAllowed = problem({ code: 'method-not-allowed', status: 405, title: 'This address does not take this method' });
export const NotAcceptable = problem({ code: 'not-acceptable', status: 406, title: 'This form of answer is not offered' });
export const EditConflict = problem({ code: 'edit-conflict', status: 412, title: 'Somebody changed it in the meantime' });
export const PayloadTooLarge = problem({ code: 'payload-too-large', status: 413, title: 'The body is too large' });
export const UnsupportedMediaType = problem({ code: 'unsupported-media-type', status: 415, title: 'This kind of body is not taken here' });
export const PreconditionRequired = problem({ code: 'precondition-required', status: 428, title: 'Say which version you are changing' });
export const TooManyRequests = problem({ code: 'too-many-requests', status: 429, title: 'Too many requests' });
export const InvalidIdempotencyKey = problem({ code: 'invalid-idempotency-key', status: 400, title: 'The Idempotency-Key is not right' });
export const IdempotencyKeyReused = problem({
  code: 'idempotency-key-reused',
  status: 422,
  title: 'This Idempotency-Key was used for another request',
});
export const IdempotencyKeyRunning = problem({
  code: 'idempotency-key-running',
  status: 409,
  title: 'The first request with this Idempotency-Key still runs',
});
export const ConstraintViolated = problem({ code: 'constraint-violated', status: 409, title: 'This conflicts with what is stored' });
export const InternalError = problem({ code: 'internal-error', status: 500, title: 'Something went wrong on our side' });
export const Unavailable = problem({ code: 'unavailable', status: 503, title: 'Not available just now' });
