import { parentPort, workerData } from 'node:worker_threads';
import { type DuplicateQuestion, searchDuplicates } from './duplicate-search.js';

// What a worker thread runs: see search-aside.ts.
parentPort?.postMessage(searchDuplicates(workerData as DuplicateQuestion));
