import { ensureBuilt, ensureInstalled } from './setup.mjs';

ensureInstalled();
ensureBuilt();
// The words after the script's name are where the command line program expects them already.
await import('../dist/src/cli.js');
