export type InterruptionCause = 'cancelled' | 'timeout' | 'shutdown' | 'superseded';

const MESSAGES: Readonly<Record<InterruptionCause, string>> = {
  cancelled: 'the job was cancelled',
  timeout: 'the job took too long',
  shutdown: 'the process stops',
  superseded: 'another worker has taken the job over',
};

/** Reason of an aborted `JobContext.signal`. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(readonly why: InterruptionCause) {
    super(MESSAGES[why]);
  }
}

/** Why a signal was aborted; undefined while it is not. */
export function interruptionOf(signal: AbortSignal): InterruptionCause | undefined {
  return signal.reason instanceof Interruption ? signal.reason.why : undefined;
}
