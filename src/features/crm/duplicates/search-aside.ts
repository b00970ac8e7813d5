import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type DuplicatePair, type DuplicateQuestion, searchDuplicates } from './duplicate-search.js';

/** Up to this many records the search holds requests up no longer than starting a thread would. */
const FEW = 200;
const THREAD = new URL('./duplicate-search-thread.js', import.meta.url);

/** Searches in a thread when there is much to compare, so that requests are answered meanwhile; from sources alone, without one. */
export async function searchAside(question: DuplicateQuestion, signal: AbortSignal): Promise<DuplicatePair[]> {
  signal.throwIfAborted();
  const isSmall = question.fresh.length + question.existing.length <= FEW;
  if (isSmall || !existsSync(fileURLToPath(THREAD))) return searchDuplicates(question);
  return searchInThread(question, signal, THREAD);
}

/** The same in a thread of its own, which ends when the signal says so. */
export function searchInThread(question: DuplicateQuestion, signal: AbortSignal, file: URL): Promise<DuplicatePair[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: question });
    const stop = (): void => {
      void worker.terminate();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', (pairs: DuplicatePair[]) => resolve(pairs));
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the duplicate search ended without an answer'));
    });
  });
}
