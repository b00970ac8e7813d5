import { Injectable } from '@nestjs/common';
import { type CursorValue, decodeCursor, encodeCursor } from '../../shared/cursor.js';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/settings.js';
import { deriveKey } from '../../platform/crypto/derived-keys.js';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import { EditConflict, InvalidCursor } from '../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../platform/http/shapes/builders.js';
import { Jobs } from '../../platform/messaging/jobs.js';
import { extensionOf } from '../../platform/storage/accepted-types.js';
import { AuditTrail } from '../audit/index.js';
import { fileFacts } from './file-facts.js';
import { endingsFor, safeFileName } from './file-name.js';
import { FileNameRefused, FileNotFound, FileNotReady } from './files.errors.js';
import { FilesRepository } from './files.repository.js';
import type { FileListQuery, RenameFile } from './files.shapes.js';
import { RemoveContent } from './removal/removal.jobs.js';
import type { StoredFile } from './stored-file.entity.js';

const PAGE = 50;

/** What can be done with files that are there. */
@Injectable()
export class FilesService {
  private readonly cursorKey: Buffer;

  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly audit: AuditTrail,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.cursorKey = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async list(scope: Scope, query: FileListQuery): Promise<PageOf<StoredFile>> {
    const { cursor, limit = PAGE, state = 'ready', ...filters } = query;
    const { mediaType, purpose, uploadedBy, search } = filters;
    const context = JSON.stringify(['files', scope.organizationId, state, mediaType, purpose, uploadedBy, search]);
    const before = cursor === undefined ? undefined : this.placeOf(cursor, context);
    const question = { state, mediaType, purpose, uploadedBy, search, before, limit: limit + 1 };
    const rows = await this.db.read(scope, (tx) => this.files.list(tx, question));
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id], context, this.cursorKey) : null };
  }

  async get(scope: Scope, id: string): Promise<StoredFile> {
    return present(await this.db.read(scope, (tx) => this.files.find(tx, id)));
  }

  rename(scope: Scope, id: string, input: RenameFile): Promise<StoredFile> {
    return this.db.write(scope, async (tx) => {
      const before = ready(await this.files.lock(tx, id));
      if (scope.ifMatch !== undefined && scope.ifMatch !== before.version)
        throw EditConflict({ detail: `The file has version ${before.version} now.` });
      const name = nameFor(before, input.name);
      if (name === before.name) return before;
      const after = present(await this.files.rename(tx, id, name));
      await this.audit.record(tx, {
        action: 'file.renamed',
        resourceType: 'file',
        resourceId: id,
        before: fileFacts(before),
        after: fileFacts(after),
      });
      return after;
    });
  }

  /** The content goes after the commit, by a job. Deleting again changes nothing. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.db.write(scope, async (tx) => {
      const before = await this.files.lock(tx, id);
      if (!before) throw FileNotFound();
      if (before.state === 'deleted') return;
      const after = await this.files.delete(tx, id, this.clock.now().toISOString());
      await this.audit.record(tx, {
        action: 'file.deleted',
        resourceType: 'file',
        resourceId: id,
        before: fileFacts(before),
        after: after ? fileFacts(after) : null,
      });
      await this.jobs.enqueue(tx, RemoveContent, { fileId: id, what: 'all' }, { visible: false });
      if (before.state === 'pending' && before.uploadExpiresAt !== null) {
        await this.jobs.enqueue(tx, RemoveContent, { fileId: id, what: 'all' }, { runAt: before.uploadExpiresAt, visible: false });
      }
    });
  }

  private placeOf(cursor: string, context: string): string {
    const values: CursorValue[] | undefined = decodeCursor(cursor, context, this.cursorKey);
    const id = values?.[0];
    if (typeof id !== 'string') throw InvalidCursor({ detail: 'Begin again without a cursor, or use the same filters as before.' });
    return id;
  }
}

/** The file, unless it is deleted or never was. */
export function present(file: StoredFile | undefined): StoredFile {
  if (!file || file.state === 'deleted') throw FileNotFound();
  return file;
}

/** The file, when its content can be used. */
export function ready(file: StoredFile | undefined): StoredFile {
  const found = present(file);
  if (found.state === 'ready') return found;
  const why = found.state === 'refused' ? 'Its content was refused.' : 'Its upload is not confirmed yet.';
  throw FileNotReady({ detail: why, extra: { state: found.state } });
}

function nameFor(file: StoredFile, wanted: string): string {
  const name = safeFileName(wanted);
  const endings = endingsFor(file.extension);
  if (endings.includes(extensionOf(name))) return name;
  const message = `must end in .${endings.join(' or .')}, because that is what the file holds`;
  throw FileNameRefused({ errors: [{ pointer: '/name', code: 'file-name-refused', message, validOptions: endings }] });
}
