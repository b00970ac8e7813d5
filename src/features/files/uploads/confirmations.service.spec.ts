import { beforeEach, describe, expect, it } from '@jest/globals';
import { systemScope } from '../../../platform/database/scope.js';
import { NotFound } from '../../../platform/http/problems/core-problems.js';
import type { JobContext } from '../../../platform/messaging/handles.js';
import { JobFailed } from '../../../platform/messaging/job-failed.js';
import { FileEmpty, FileNotFound, UploadBeingChecked, UploadDiffers } from '../files.errors.js';
import type { StoredFile } from '../stored-file.entity.js';
import { ConfirmationsService } from './confirmations.service.js';
import type { CheckUploadPayload } from './uploads.jobs.js';

const pending = { id: 'f', organizationId: 'o', state: 'pending', refusal: null, sizeBytes: 3, uploadExpiresAt: null } as StoredFile;
const withUrl: StoredFile = { ...pending, uploadExpiresAt: '2026-11-21T06:00:00.000Z' };
const readyFile: StoredFile = { ...withUrl, state: 'ready' };

let rows: (StoredFile | undefined)[];
let lease: StoredFile | undefined;
let finished: StoredFile | undefined;
let refusedRow: StoredFile | undefined;
let measure: () => Promise<object>;
let audited: string[];
let enqueued: object[];

beforeEach(() => {
  rows = [withUrl];
  lease = withUrl;
  finished = readyFile;
  refusedRow = withUrl;
  measure = () => Promise.resolve({});
  audited = [];
  enqueued = [];
});

function service(): ConfirmationsService {
  const inside = (_: unknown, body: (tx: object) => unknown): Promise<unknown> => Promise.resolve(body({}));
  const parts = [
    { read: inside, write: inside, writeOne: inside },
    {
      find: () => (rows.length > 1 ? rows.shift() : rows[0]),
      lease: () => lease,
      finish: () => finished,
      refuse: () => refusedRow,
      release: () => undefined,
    },
    { measure: () => measure(), assertUploaded: () => Promise.resolve() },
    { record: (_: unknown, { action }: { action: string }) => void audited.push(action) },
    { enqueue: (_: unknown, _job: unknown, payload: object) => (enqueued.push(payload), 'j-1') },
    { now: () => new Date(0) },
  ] as unknown as ConstructorParameters<typeof ConfirmationsService>;
  return new ConfirmationsService(...parts);
}

const scope = systemScope('spec');
const run = (): Promise<unknown> => service().run({ scope, payload: { fileId: 'f' } } as unknown as JobContext<CheckUploadPayload>);

describe('confirming an upload', () => {
  it.each([
    ['that is not there', undefined, FileNotFound],
    ['that was deleted', { ...withUrl, state: 'deleted' as const }, FileNotFound],
    ['that still comes through us', pending, UploadBeingChecked],
    ['that was refused', { ...withUrl, state: 'refused' as const, refusal: FileEmpty.definition.code }, FileEmpty],
    ['that was refused for a reason of an older version', { ...withUrl, state: 'refused' as const, refusal: 'gone' }, UploadDiffers],
    ['that was refused without a reason', { ...withUrl, state: 'refused' as const }, UploadDiffers],
  ])('%s is refused', async (_, file, problem) => {
    rows = [file];
    await expect(service().confirm(scope, 'f')).rejects.toMatchObject({ definition: problem.definition });
  });

  it('gives what is ready, and what this call made ready', async () => {
    expect(await service().confirm(scope, 'f')).toBe(readyFile);
    expect(audited).toEqual(['file.created']);
    rows = [readyFile];
    expect(await service().confirm(scope, 'f')).toBe(readyFile);
    expect(audited).toHaveLength(1);
  });

  it('gives a large one to a job', async () => {
    rows = [{ ...withUrl, sizeBytes: 2 ** 30 }];
    expect(await service().confirm(scope, 'f')).toEqual({ jobId: 'j-1' });
  });

  it('that another request decided meanwhile gives what came of it', async () => {
    finished = undefined;
    rows = [withUrl, readyFile];
    expect(await service().confirm(scope, 'f')).toBe(readyFile);
    lease = undefined;
    rows = [withUrl];
    await expect(service().confirm(scope, 'f')).rejects.toMatchObject({ definition: UploadBeingChecked.definition });
    expect(audited).toEqual([]);
  });
});

describe('a refusal', () => {
  beforeEach(() => {
    measure = () => Promise.reject(FileEmpty());
  });

  it('is kept, audited, and its content removed', async () => {
    await expect(service().confirm(scope, 'f')).rejects.toMatchObject({ definition: FileEmpty.definition });
    expect(audited).toEqual(['file.refused']);
    expect(enqueued).toEqual([
      { fileId: 'f', what: 'all' },
      { fileId: 'f', what: 'upload' },
    ]);
  });

  it('has no upload to remove later when no URL was given out', async () => {
    refusedRow = pending;
    await expect(service().confirm(scope, 'f')).rejects.toMatchObject({ definition: FileEmpty.definition });
    expect(enqueued).toEqual([{ fileId: 'f', what: 'all' }]);
  });

  it('is not written over what another request decided', async () => {
    refusedRow = undefined;
    await expect(service().confirm(scope, 'f')).rejects.toMatchObject({ definition: FileEmpty.definition });
    expect([audited, enqueued]).toEqual([[], []]);
  });
});

describe('the job', () => {
  it('says what came of it', async () => {
    expect(await run()).toEqual({ fileId: 'f', state: 'ready' });
  });

  it('fails for good on a refusal, and when the file is gone', async () => {
    measure = () => Promise.reject(FileEmpty());
    await expect(run()).rejects.toBeInstanceOf(JobFailed);
    lease = undefined;
    rows = [undefined];
    await expect(run()).rejects.toMatchObject({ name: 'JobFailed', code: FileNotFound.definition.code });
  });

  it('may be tried again after anything else', async () => {
    measure = () => Promise.reject(new Error('the storage hung up'));
    await expect(run()).rejects.toMatchObject({ definition: { status: 503 } });
    measure = () => Promise.reject(NotFound());
    await expect(run()).rejects.toMatchObject({ definition: NotFound.definition });
    expect(audited).toEqual([]);
  });
});
