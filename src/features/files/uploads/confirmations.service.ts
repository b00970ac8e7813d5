import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { Problem, type ProblemFactory } from '../../../platform/http/problems/problem.js';
import type { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import { JobFailed } from '../../../platform/messaging/job-failed.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import { fileFacts } from '../file-facts.js';
import { FileEmpty, FileNotFound, FileTypeRefused, UploadBeingChecked, UploadDiffers, UploadIncomplete } from '../files.errors.js';
import { FilesRepository, type Measured } from '../files.repository.js';
import { RemoveContent } from '../removal/removal.jobs.js';
import type { StoredFile } from '../stored-file.entity.js';
import { ContentCheck } from './content-check.js';
import { storingFailure } from './content-failures.js';
import { CheckUpload, CheckUploadPayload } from './uploads.jobs.js';

/** What is read while the caller waits; a job reads what is larger. */
const INLINE_BYTES = 32 * 1024 * 1024;
const LEASE_MS = 5 * 60_000;
/** A PUT that began before its URL expired may end a little later. */
const AFTER_EXPIRY_MS = 5 * 60_000;
const REFUSALS = new Map<string, ProblemFactory>(
  [FileEmpty, FileTypeRefused, UploadDiffers, UploadIncomplete].map((factory) => [factory.definition.code, factory]),
);

/**
 * Turns uploads that went straight to the storage into files, or refuses them. Who checks holds a lease on the row, so that two
 * confirmations never write the same place; the version of the row tells whether the lease is still theirs.
 */
@Injectable()
export class ConfirmationsService {
  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly content: ContentCheck,
    private readonly audit: AuditTrail,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** The file when it is ready, or the job that checks it; confirming again gives the same answer. */
  async confirm(scope: Scope, id: string): Promise<StoredFile | JobAccepted> {
    const file = await this.db.read(scope, (tx) => this.files.find(tx, id));
    const decided = decidedOrPending(file);
    if (decided.state === 'ready') return decided;
    if (decided.sizeBytes <= INLINE_BYTES) return this.check(scope, id);
    await this.content.assertUploaded(decided).catch((error: unknown) => this.refuseOrFail(scope, decided, error));
    const jobId = await this.db.writeOne(scope, (tx) => this.jobs.enqueue(tx, CheckUpload, { fileId: id }));
    return { jobId };
  }

  @Handles(CheckUpload)
  async run({ scope, payload, signal }: JobContext<CheckUploadPayload>): Promise<{ fileId: string; state: string }> {
    try {
      const { id, state } = await this.check(scope, payload.fileId, signal);
      return { fileId: id, state };
    } catch (error) {
      const isFinal = error instanceof Problem && (REFUSALS.has(error.definition.code) || error.definition === FileNotFound.definition);
      throw isFinal ? new JobFailed(error.definition.code, error.message, { cause: error }) : error;
    }
  }

  private async check(scope: Scope, id: string, signal?: AbortSignal): Promise<StoredFile> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + LEASE_MS).toISOString();
    const held = await this.db.writeOne(scope, (tx) => this.files.lease(tx, id, until, now.toISOString()));
    if (!held) return this.decidedByAnother(scope, id);
    const found = await this.content.measure(held, signal).catch((error: unknown) => this.refuseOrFail(scope, held, error));
    return this.accept(scope, held, found);
  }

  private async accept(scope: Scope, held: StoredFile, found: Measured): Promise<StoredFile> {
    const ready = await this.db.write(scope, async (tx) => {
      const file = await this.files.finish(tx, held, found, this.clock.now().toISOString());
      if (!file) return undefined;
      await this.audit.record(tx, {
        action: 'file.created',
        resourceType: 'file',
        resourceId: file.id,
        before: null,
        after: fileFacts(file),
      });
      await this.removeLater(tx, file);
      return file;
    });
    return ready ?? this.decidedByAnother(scope, held.id);
  }

  /** Keeps a refusal for good; after any other failure the upload can be confirmed again. */
  private async refuseOrFail(scope: Scope, held: StoredFile, error: unknown): Promise<never> {
    const isRefusal = error instanceof Problem && REFUSALS.has(error.definition.code);
    if (isRefusal) await this.refuse(scope, held, error.definition.code);
    else await this.db.writeOne(scope, (tx) => this.files.release(tx, held));
    throw storingFailure(error);
  }

  private async refuse(scope: Scope, held: StoredFile, code: string): Promise<void> {
    await this.db.write(scope, async (tx) => {
      const file = await this.files.refuse(tx, held, code);
      if (!file) return;
      const after = { ...fileFacts(file), refusal: code };
      await this.audit.record(tx, { action: 'file.refused', resourceType: 'file', resourceId: file.id, before: fileFacts(held), after });
      await this.jobs.enqueue(tx, RemoveContent, { fileId: file.id, what: 'all' }, { visible: false });
      await this.removeLater(tx, file);
    });
  }

  /** The URL can still be written to until it expires; what lies there then goes. */
  private async removeLater(tx: Tx, { id, uploadExpiresAt }: StoredFile): Promise<void> {
    if (uploadExpiresAt === null) return;
    const runAt = new Date(Date.parse(uploadExpiresAt) + AFTER_EXPIRY_MS);
    await this.jobs.enqueue(tx, RemoveContent, { fileId: id, what: 'upload' }, { runAt, visible: false });
  }

  private async decidedByAnother(scope: Scope, id: string): Promise<StoredFile> {
    const file = decidedOrPending(await this.db.read(scope, (tx) => this.files.find(tx, id)));
    if (file.state === 'ready') return file;
    throw UploadBeingChecked({ detail: 'Another request is checking this upload. Ask again in a moment.', retryAfterSeconds: 2 });
  }
}

function decidedOrPending(file: StoredFile | undefined): StoredFile {
  if (!file || file.state === 'deleted') throw FileNotFound();
  if (file.state === 'refused')
    throw (REFUSALS.get(file.refusal ?? '') ?? UploadDiffers)({ detail: 'This upload was refused. Start a new one.' });
  if (file.state === 'pending' && file.uploadExpiresAt === null)
    throw UploadBeingChecked({ detail: 'This file is still being uploaded.', retryAfterSeconds: 2 });
  return file;
}
