import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectStorage } from '../../../platform/storage/object-storage.js';
import { ObjectMissingError } from '../../../platform/storage/storage-errors.js';
import { FileNotUploaded, FileTypeRefused, UploadDiffers } from '../files.errors.js';
import type { StoredFile } from '../stored-file.entity.js';
import { ContentCheck } from './content-check.js';

const CONTENT = 'name,email\nAda,ada@example.com\n';
const sha256 = createHash('sha256').update(CONTENT).digest('hex');
const file = { name: 'people.csv', sizeBytes: CONTENT.length, sha256, storageKey: 'k/1', organizationId: 'o', id: 'f' } as StoredFile;

let lying: { head?: { size: number } | undefined; content: string; copy: () => Promise<void>; open: () => Readable };
beforeEach(() => {
  lying = {
    head: { size: CONTENT.length },
    content: CONTENT,
    copy: () => Promise.resolve(),
    open: () => Readable.from([Buffer.from(lying.content)], { objectMode: false }),
  };
});

function check(): ContentCheck {
  return new ContentCheck({
    head: () => Promise.resolve(lying.head),
    copy: () => lying.copy(),
    getRange: (_: string, from: number, to: number) => Promise.resolve(Buffer.from(lying.content).subarray(from, to + 1)),
    getStream: () => Promise.resolve(lying.open()),
  } as unknown as ObjectStorage);
}

describe('ContentCheck', () => {
  it('measures what was uploaded, with or without an announced digest', async () => {
    const measured = { sizeBytes: CONTENT.length, sha256, mediaType: 'text/csv', extension: 'csv' };
    expect(await check().measure(file)).toEqual(measured);
    expect(await check().measure({ ...file, sha256: null }, new AbortController().signal)).toEqual(measured);
  });

  it('stops reading when it is told to', async () => {
    await expect(check().measure(file, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says that nothing was uploaded, also when it went away meanwhile', async () => {
    lying.copy = () => Promise.reject(new ObjectMissingError('k/1'));
    await expect(check().measure(file)).rejects.toMatchObject({ definition: FileNotUploaded.definition });
    lying.head = undefined;
    await expect(check().assertUploaded(file)).rejects.toMatchObject({ definition: FileNotUploaded.definition });
  });

  it.each([
    ['longer than announced', '/sizeBytes', `${CONTENT}more`],
    ['shorter than announced', '/sizeBytes', CONTENT.slice(0, -1)],
    ['of the announced length with another digest', '/sha256', CONTENT.replace('Ada', 'Eve')],
  ])('refuses a content %s that the storage gives after all', async (_, pointer, content) => {
    lying.content = content;
    const refusal = { definition: UploadDiffers.definition, details: { errors: [expect.objectContaining({ pointer })] } };
    await expect(check().measure(file)).rejects.toMatchObject(refusal);
  });

  it('refuses another length at once', async () => {
    lying.head = { size: 3 };
    await expect(check().assertUploaded(file)).rejects.toMatchObject({ definition: UploadDiffers.definition });
  });

  it('refuses a content that is not what its name says', async () => {
    await expect(check().measure({ ...file, name: 'people.png' })).rejects.toMatchObject({ definition: FileTypeRefused.definition });
  });

  it('passes on a failure of the storage', async () => {
    const failure = new Error('the storage hung up');
    lying.open = () =>
      new Readable({
        read() {
          this.destroy(failure);
        },
      });
    await expect(check().measure(file)).rejects.toBe(failure);
  });
});
