import { existsSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { answerOf, type MatchAnswers, type MatchQuestion } from './matching.js';

/** The engine, kept for many questions. */
export interface Matcher {
  ask<Q extends MatchQuestion>(question: Q): Promise<MatchAnswers[Q['ask']]>;
  close(): Promise<void>;
}

const THREAD = new URL('./matcher-thread.js', import.meta.url);

/** The engine in a thread of its own, so that requests are answered meanwhile; from sources alone, in this one. Ends with the signal. */
export function openMatcher(signal: AbortSignal, file: URL = THREAD): Matcher {
  return existsSync(fileURLToPath(file)) ? threadMatcher(signal, file) : localMatcher(signal);
}

function localMatcher(signal: AbortSignal): Matcher {
  return {
    ask: async (question) => {
      await breathe();
      signal.throwIfAborted();
      return answerOf(question);
    },
    close: () => Promise.resolve(),
  };
}

function threadMatcher(signal: AbortSignal, file: URL): Matcher {
  const worker = new Worker(file);
  let fail: (error: Error) => void = () => undefined;
  let answered: (answer: unknown) => void = () => undefined;
  let broken: Error | undefined;
  const breakWith = (error: Error): void => fail((broken ??= error));
  const stop = (): void => {
    breakWith(signal.reason as Error);
    void worker.terminate();
  };
  worker.on('message', (answer) => answered(answer));
  worker.on('error', (error: Error) => breakWith(error));
  worker.on('exit', () => breakWith(new Error('the thread that compares leads ended')));
  signal.addEventListener('abort', stop, { once: true });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (broken ?? signal.aborted) return reject(broken ?? (signal.reason as Error));
        [answered, fail] = [resolve as (answer: unknown) => void, reject];
        worker.postMessage(question);
      }),
    close: async () => {
      signal.removeEventListener('abort', stop);
      broken ??= new Error('the matcher is closed');
      await worker.terminate();
    },
  };
}
