/** Thrown by a handler for what no retry can mend: the job fails at once, with a code its owner can act on. */
export class JobFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'JobFailed';
  }
}
