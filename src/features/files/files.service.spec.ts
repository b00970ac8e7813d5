import { describe, expect, it } from '@jest/globals';
import { FileNotFound, FileNotReady } from './files.errors.js';
import { present, ready } from './files.service.js';
import type { FileState, StoredFile } from './stored-file.entity.js';

const stored = (state: FileState): StoredFile => ({ id: 'f', state }) as StoredFile;

describe('the states of a file', () => {
  it('ready: its content can be used', () => {
    expect(ready(stored('ready'))).toEqual(stored('ready'));
  });

  it.each([
    ['pending', 'Its upload is not confirmed yet.'],
    ['refused', 'Its content was refused.'],
  ] as const)('%s: it is there, its content is not', (state, detail) => {
    expect(present(stored(state))).toEqual(stored(state));
    expect(() => ready(stored(state))).toThrow(
      expect.objectContaining({ definition: FileNotReady.definition, details: expect.objectContaining({ detail, extra: { state } }) }),
    );
  });

  it.each([[undefined], [stored('deleted')]])('%j: it is not there', (file) => {
    for (const use of [present, ready]) expect(() => use(file)).toThrow(expect.objectContaining({ definition: FileNotFound.definition }));
  });
});
