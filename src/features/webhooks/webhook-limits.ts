/** The numbers webhooks go by; one object of the application, so that tests can wait less. */
export class WebhookLimits {
  /** For one attempt: name, connection, sending and answer. */
  timeoutMs = 10_000;
  /** Seconds from one attempt to the next, each give or take a fifth: 8 attempts in some 5 hours. */
  retrySeconds: readonly number[] = [5, 30, 120, 600, 1_800, 3_600, 10_800];
  /** The longest a receiver may ask us to wait by `Retry-After`. */
  maxRetryAfterSeconds = 6 * 3_600;
  /** A receiver that failed without one success for so long, and so often, is switched off. */
  disableAfterDays = 3;
  disableAfterFailures = 10;
  /** Receivers served at once by one process. */
  lanes = 16;
  /** Messages on their way to one receiver at once. */
  inFlight = 4;
  /** After a round in which everything failed, a receiver is left alone: doubling from the first to the second. */
  pauseSeconds = { first: 1, longest: 60 };
  keepDays = 30;
  /** Events one replay sends at most; the answer says where to go on. */
  replayMost = 10_000;
  /** Webhooks one organization may have. */
  perOrganization = 50;
}
