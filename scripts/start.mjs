import { ensureBuilt, ensureInstalled } from './setup.mjs';

ensureInstalled();
ensureBuilt();
// In this very process: a signal to our pid reaches the application without anybody forwarding it, and its exit code is ours.
await import('../dist/src/main.js');
