import { describe, expect, it } from '@jest/globals';
import { anonymousScope } from '../../database/scope.js';
import type { LocalEmbedder } from '../local-embedder.js';
import { LocalEngines } from '../local-engines.js';
import { LocalEngine } from './local-engine.js';

/** Takes so many milliseconds of the processor for each text. */
function busy(ms: number): LocalEmbedder & { readonly seen: string[] } {
  const seen: string[] = [];
  const embed = (texts: readonly string[]): Float32Array[] =>
    texts.map((text) => {
      for (const until = performance.now() + ms; performance.now() < until;);
      seen.push(text);
      return new Float32Array([seen.length]);
    });
  return { model: 'busy', embed, seen };
}

const texts = Array.from({ length: 12 }, (_, n) => `text ${n}`);
const embed = (embedder: LocalEmbedder, signal = new AbortController().signal) =>
  new LocalEngine(new LocalEngines(), embedder).embed({
    scope: anonymousScope('r', null),
    call: { feature: 'spec', texts, as: 'document' },
    signal,
  });

describe('LocalEngine', () => {
  it('lets other work have its turn by the time that texts take, not by their number', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const embedder = busy(25);
    const { value } = await embed(embedder);
    clearInterval(timer);
    expect(value.map(([place]) => place)).toEqual(texts.map((_, n) => n + 1));
    expect(embedder.seen).toEqual(texts);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(150);
  });

  it('stops in the middle when the caller gives up', async () => {
    const stop = new AbortController();
    const embedder = busy(25);
    const running = embed(embedder, stop.signal);
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(running).rejects.toThrow('enough');
    expect(embedder.seen.length).toBeLessThan(texts.length);
    await expect(embed(busy(0), stop.signal)).rejects.toThrow('enough');
  });
});
