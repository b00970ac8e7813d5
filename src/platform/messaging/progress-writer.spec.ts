import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type Progress, ProgressWriter } from './progress-writer.js';

function writer(write: (progress: Progress) => Promise<unknown> = () => Promise.resolve()): {
  written: number[];
  troubles: Error[];
  progress: ProgressWriter;
} {
  const written: number[] = [];
  const troubles: Error[] = [];
  const keep = (progress: Progress): Promise<unknown> => {
    written.push(progress.done);
    return write(progress);
  };
  return { written, troubles, progress: new ProgressWriter(keep, (error) => troubles.push(error), 40) };
}

describe('ProgressWriter', () => {
  it('writes the first report at once, then the latest per interval, then what is left', async () => {
    const { written, progress } = writer();
    for (let n = 1; n <= 10; n++) progress.report(n, 100);
    await delay(60);
    for (let n = 11; n <= 20; n++) progress.report(n, 100);
    await progress.finish();
    progress.report(21, 100);
    await delay(60);
    expect(written).toEqual([1, 10, 20]);
  });

  it('writes one after the other, and goes on after a failure', async () => {
    let running = 0;
    const { written, troubles, progress } = writer(async ({ done }) => {
      expect(++running).toBe(1);
      await delay(60);
      running--;
      if (done === 1) throw new Error('lost');
    });
    progress.report(1, 2);
    await delay(50);
    progress.report(2, 2);
    await progress.finish();
    expect(written).toEqual([1, 2]);
    expect(troubles).toHaveLength(1);
  });

  it('cuts a note that is too long for its field', async () => {
    const notes: (string | null)[] = [];
    const progress = new ProgressWriter(
      ({ note }) => Promise.resolve(notes.push(note)),
      () => undefined,
      10,
    );
    progress.report(1, 1, 'n'.repeat(500));
    await progress.finish();
    expect(notes).toEqual(['n'.repeat(200)]);
  });
});
