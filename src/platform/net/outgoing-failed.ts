/** Why a call did not come to an answer. */
export type OutgoingFault =
  | 'url-refused'
  | 'address-refused'
  | 'name-not-found'
  | 'connection-failed'
  | 'certificate-refused'
  | 'timed-out'
  | 'answer-unreadable'
  | 'interrupted';

/** A call that got no answer; `detail` is for whoever set up the address and tells nothing of our network. */
export class OutgoingFailed extends Error {
  constructor(
    readonly fault: OutgoingFault,
    readonly detail: string,
    options?: { cause?: unknown },
  ) {
    super(detail, options);
    this.name = 'OutgoingFailed';
  }
}
