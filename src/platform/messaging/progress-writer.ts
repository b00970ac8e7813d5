/** How far a job is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly note: string | null;
}

const NOTE_MAX = 200;

/** Writes the progress of one attempt at most every `intervalMs`; what came last is always written. */
export class ProgressWriter {
  private latest: Progress | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isResting = false;
  private isFinished = false;

  constructor(
    private readonly write: (progress: Progress) => Promise<unknown>,
    private readonly onTrouble: (error: Error) => void,
    private readonly intervalMs: number,
  ) {}

  report(done: number, total: number, note?: string): void {
    if (this.isFinished) return;
    this.latest = { done, total, note: note?.slice(0, NOTE_MAX) ?? null };
    if (!this.isResting) this.flush();
  }

  /** Writes what is left; nothing is written afterwards. */
  async finish(): Promise<void> {
    this.isFinished = true;
    clearTimeout(this.timer);
    this.send();
    await this.writing;
  }

  private flush(): void {
    this.send();
    this.isResting = true;
    this.timer = setTimeout(() => {
      this.isResting = false;
      if (this.latest) this.flush();
    }, this.intervalMs);
  }

  private send(): void {
    const progress = this.latest;
    if (!progress) return;
    this.latest = undefined;
    this.writing = this.writing
      .then(() => this.write(progress))
      .then(
        () => undefined,
        (error: Error) => this.onTrouble(error),
      );
  }
}
