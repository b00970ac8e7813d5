import { describe, expect, it } from '@jest/globals';
import { systemScope } from '../../../platform/database/scope.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import type { FileState, StoredFile } from '../stored-file.entity.js';
import { uploadKey } from '../uploads/upload-key.js';
import type { RemoveContentPayload } from './removal.jobs.js';
import { RemovalService } from './removal.service.js';

const stored = (state: FileState): StoredFile => ({ id: 'f', organizationId: 'o', storageKey: 'k/1', state }) as StoredFile;

async function removed(file: StoredFile | undefined, what: RemoveContentPayload['what']): Promise<{ removed: boolean; gone: string[] }> {
  const gone: string[] = [];
  const parts = [
    { read: (_: unknown, body: (tx: object) => unknown) => Promise.resolve(body({})) },
    { find: () => file },
    {},
    { delete: (key: string) => Promise.resolve(void gone.push(key)) },
    {},
    {},
  ] as unknown as ConstructorParameters<typeof RemovalService>;
  const context = { scope: systemScope('spec'), payload: { fileId: 'f', what } } as unknown as JobContext<RemoveContentPayload>;
  return { ...(await new RemovalService(...parts).remove(context)), gone };
}

describe('removing content', () => {
  it.each(['pending', 'ready'] as const)('never touches the content of a file that is %s', async (state) => {
    expect(await removed(stored(state), 'all')).toEqual({ removed: false, gone: [] });
  });

  it.each(['deleted', 'refused'] as const)('takes the content and the upload of a file that is %s', async (state) => {
    expect(await removed(stored(state), 'all')).toEqual({ removed: true, gone: ['k/1', uploadKey(stored(state))] });
  });

  it('takes the upload alone of a file that is ready', async () => {
    expect(await removed(stored('ready'), 'upload')).toEqual({ removed: true, gone: [uploadKey(stored('ready'))] });
  });

  it('is done when the row is gone', async () => {
    expect(await removed(undefined, 'all')).toEqual({ removed: false, gone: [] });
  });
});
