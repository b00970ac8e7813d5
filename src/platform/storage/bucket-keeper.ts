import type { ObjectStorage } from './object-storage.js';

const PATIENCE_MS = 2_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** Sees to it that the bucket is there. A storage that does not answer holds up the start for a moment only; readiness reports it. */
export class BucketKeeper {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly storage: Pick<ObjectStorage, 'ensureBucket'>,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** Resolves when the bucket is there, or after two seconds; goes on trying until it is. */
  async start(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.attempt(FIRST_RETRY_MS), enough]);
    clearTimeout(patience);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async attempt(retryMs: number): Promise<void> {
    try {
      await this.storage.ensureBucket();
    } catch (error) {
      if (this.isStopped) return;
      this.onTrouble(error);
      this.timer = setTimeout(() => void this.attempt(Math.min(retryMs * 2, LAST_RETRY_MS)), retryMs);
    }
  }
}
