import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { ObjectStorage } from '../../../platform/storage/object-storage.js';
import { AuditTrail } from '../../audit/index.js';
import { fileFacts } from '../file-facts.js';
import { FilesRepository } from '../files.repository.js';
import type { StoredFile } from '../stored-file.entity.js';
import { uploadKey } from '../uploads/upload-key.js';
import { RemoveContent, type RemoveContentPayload, SweepUploads } from './removal.jobs.js';
import { SweepRepository } from './sweep.repository.js';

/** How long an upload may stay unfinished. */
const UNFINISHED_MS = 24 * 3600_000;
const LEASE_MS = 10 * 60_000;
const AT_ONCE = 200;

/** Removes content from the storage, always after the row has said that it may go. */
@Injectable()
export class RemovalService {
  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly unfinished: SweepRepository,
    private readonly storage: ObjectStorage,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Removing what is gone already is fine, so the job may run any number of times. */
  @Handles(RemoveContent)
  async remove({ scope, payload }: JobContext<RemoveContentPayload>): Promise<{ removed: boolean }> {
    const file = await this.db.read(scope, (tx) => this.files.find(tx, payload.fileId));
    if (!file) return { removed: false };
    if (payload.what === 'all') {
      if (file.state !== 'deleted' && file.state !== 'refused') return { removed: false };
      await this.storage.delete(file.storageKey);
    }
    await this.storage.delete(uploadKey(file));
    return { removed: true };
  }

  @Handles(SweepUploads)
  async sweep({ signal }: { readonly signal: AbortSignal }): Promise<{ swept: number }> {
    let swept = 0;
    for (let taken = await this.take(); taken.length > 0 && !signal.aborted; taken = await this.take()) {
      for (const file of taken) {
        await this.storage.delete(file.storageKey);
        await this.storage.delete(uploadKey(file));
      }
      await this.forget(taken);
      swept += taken.length;
    }
    return { swept };
  }

  /** Takes the lease on some unfinished uploads of any organization; a confirmation that holds it goes first. */
  private take(): Promise<StoredFile[]> {
    const now = this.clock.now().getTime();
    const [before, until] = [now - UNFINISHED_MS, now + LEASE_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
    const question = { before, until, now: new Date(now).toISOString(), limit: AT_ONCE };
    return this.db.asSystem('sweep unfinished uploads', systemScope('files.sweep-uploads'), (tx) => this.unfinished.lease(tx, question));
  }

  private async forget(taken: readonly StoredFile[]): Promise<void> {
    await this.db.asSystem('forget swept uploads', systemScope('files.sweep-uploads'), async (tx) => {
      const gone = new Set(await this.unfinished.drop(tx, taken));
      const events = taken
        .filter((file) => gone.has(file.id))
        .map((file) => ({
          action: 'file.swept',
          resourceType: 'file',
          resourceId: file.id,
          before: fileFacts(file),
          after: null,
          organizationId: file.organizationId,
        }));
      await this.audit.recordMany(tx, events);
    });
  }
}
