/** Topic of the bus that tells relays of other processes that there is something to hand over. */
export const OUTBOX_TOPIC = 'outbox';

/** Tells whoever relays that a transaction with outbox rows has committed. */
export abstract class RelaySignal {
  abstract wake(): void;
}
