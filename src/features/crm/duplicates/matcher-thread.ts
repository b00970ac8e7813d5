import { parentPort } from 'node:worker_threads';
import { answerOf, type MatchQuestion } from './matching.js';

// What the worker thread of a matcher runs: see matcher.ts. Questions are answered in the order they come.
parentPort?.on('message', (question: MatchQuestion) => parentPort?.postMessage(answerOf(question)));
