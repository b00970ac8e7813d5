/** What one side puts in, the other takes out in order; it ends once, with or without an error. */
export class EventChannel<T> implements AsyncIterable<T> {
  private readonly waiting: T[] = [];
  private end: { readonly error?: unknown; readonly isError: boolean } | undefined;
  private wake: (() => void) | undefined;

  put(event: T): void {
    if (this.end) return;
    this.waiting.push(event);
    this.wake?.();
  }

  finish(): void {
    this.end ??= { isError: false };
    this.wake?.();
  }

  fail(error: unknown): void {
    this.end ??= { isError: true, error };
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.waiting.length > 0) yield this.waiting.shift() as T;
      if (this.end?.isError) throw this.end.error;
      if (this.end) return;
      await new Promise<void>((wake) => (this.wake = wake));
      this.wake = undefined;
    }
  }
}
