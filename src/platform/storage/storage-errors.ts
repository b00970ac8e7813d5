/** The stream was longer than allowed; nothing of it was kept. */
export class ObjectTooLargeError extends Error {
  constructor(readonly limitBytes: number) {
    super(`The content is larger than ${limitBytes} bytes`);
    this.name = 'ObjectTooLargeError';
  }
}

/** There is no object under this key. */
export class ObjectMissingError extends Error {
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super('The object does not exist', options);
    this.name = 'ObjectMissingError';
  }
}

export type RefusalReason = 'empty' | 'executable' | 'active-content' | 'mismatch' | 'unsupported';

/** The content of a file may not be stored; `reason` says why. */
export class FileTypeRefusedError extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
    this.name = 'FileTypeRefusedError';
  }
}
