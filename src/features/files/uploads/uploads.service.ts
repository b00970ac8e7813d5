import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { newId } from '../../../shared/ids.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { type AcceptedType, acceptedType, extensionOf } from '../../../platform/storage/accepted-types.js';
import { DETECTION_BYTES, detectType } from '../../../platform/storage/detect-type.js';
import { ObjectStorage, type StoredObject } from '../../../platform/storage/object-storage.js';
import { AuditTrail } from '../../audit/index.js';
import { safeFileName } from '../file-name.js';
import { fileFacts } from '../file-facts.js';
import { FileNotFound, FileTypeRefused, UploadIncomplete } from '../files.errors.js';
import { FilesRepository } from '../files.repository.js';
import type { StartUpload, UploadTicket } from '../files.shapes.js';
import type { StoredFile } from '../stored-file.entity.js';
import { ACCEPTED_ENDINGS, refusalOf, storingFailure, tooLarge } from './content-failures.js';
import type { IncomingFile } from './incoming-file.js';
import { withHead } from './stream-head.js';
import { storageKey, uploadKey } from './upload-key.js';

/** A content to be stored as a file. */
export interface NewContent {
  readonly name: string;
  readonly stream: Readable;
  /** What it is made for, such as `export`. */
  readonly purpose: string;
  readonly limitBytes: number;
  /** What a failure of the stream means to the caller. */
  readonly broken?: (cause: unknown) => unknown;
}

/** An upload URL never outlives this: the sweep takes unfinished uploads after a day. */
const LONGEST_TICKET_SECONDS = 12 * 3600;

/**
 * Takes files in. No transaction is open while content moves: a pending row comes first, then the content, then the row is made ready.
 * What a crash leaves in between is a pending row, which the sweep removes with its content.
 */
@Injectable()
export class UploadsService {
  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly storage: ObjectStorage,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** A file that comes through us. */
  receive(scope: Scope, incoming: IncomingFile): Promise<StoredFile> {
    const broken = (cause: unknown) => UploadIncomplete({ detail: 'The connection ended before the whole file had arrived.', cause });
    return this.store(scope, { ...incoming, purpose: 'upload', limitBytes: this.settings.uploadLimitBytes, broken });
  }

  async store(scope: Scope, { name: given, stream, purpose, limitBytes, broken = (cause) => cause }: NewContent): Promise<StoredFile> {
    const source: { failure?: unknown } = {};
    try {
      const name = safeFileName(given);
      const { head, content } = await withHead(stream, DETECTION_BYTES, (cause) => (source.failure = broken(cause)));
      const type = await detectType(head, name);
      const pending = this.pendingFile(scope, { name, type, purpose });
      await this.db.writeOne({ ...scope, idempotency: undefined }, (tx) => this.files.insert(tx, pending));
      return await this.fill(scope, pending, { content, type, limitBytes });
    } catch (error) {
      stream.destroy();
      throw source.failure ?? refusalOf(error);
    }
  }

  /** A file that goes straight to the storage, to be confirmed afterwards. */
  async start(scope: Scope, input: StartUpload): Promise<UploadTicket> {
    const name = safeFileName(input.name);
    const type = announcedType(name, input.mediaType);
    if (input.sizeBytes > this.settings.uploadLimitBytes) throw tooLarge(this.settings.uploadLimitBytes);
    const expiresSeconds = Math.min(this.settings.presignTtlSeconds, LONGEST_TICKET_SECONDS);
    const expiresAt = new Date(this.clock.now().getTime() + expiresSeconds * 1000).toISOString();
    const { sizeBytes, sha256 = null } = input;
    const file: StoredFile = {
      ...this.pendingFile(scope, { name, type, purpose: 'upload' }),
      sizeBytes,
      sha256,
      uploadExpiresAt: expiresAt,
    };
    const presigned = await this.storage.presignPut(uploadKey(file), { contentType: type.mime, contentLength: sizeBytes, expiresSeconds });
    const headers = { 'content-type': type.mime, 'content-length': String(sizeBytes) };
    const ticket: UploadTicket = { id: file.id, method: 'PUT', url: presigned.url, headers, expiresAt };
    return this.db.writeOne(scope, async (tx) => {
      await this.files.insert(tx, file);
      return ticket;
    });
  }

  private async fill(
    scope: Scope,
    pending: StoredFile,
    { content, type, limitBytes }: { content: Readable; type: AcceptedType; limitBytes: number },
  ): Promise<StoredFile> {
    try {
      const stored = await this.storage
        .putStream(pending.storageKey, content, { contentType: type.mime, limitBytes })
        .catch((error: unknown) => {
          throw storingFailure(error);
        });
      return await this.finish(scope, pending, stored);
    } catch (error) {
      await this.discard(scope, pending);
      throw error;
    }
  }

  private finish(scope: Scope, pending: StoredFile, { size, sha256 }: StoredObject): Promise<StoredFile> {
    const { mediaType, extension } = pending;
    return this.db.write(withContentHash(scope, pending.name, sha256), async (tx) => {
      const found = { sizeBytes: size, sha256, mediaType, extension };
      const file = await this.files.finish(tx, pending, found, this.clock.now().toISOString());
      if (!file) throw FileNotFound({ detail: 'The file was deleted while it was being uploaded.' });
      await this.audit.record(tx, {
        action: 'file.created',
        resourceType: 'file',
        resourceId: file.id,
        before: null,
        after: fileFacts(file),
      });
      return file;
    });
  }

  /**
   * Takes back what was begun: first the row says so, then the content goes, then the row. What fails on the way is left to the sweep.
   * A row that turns out to be ready after all keeps its content; one that somebody deleted meanwhile must not.
   */
  private async discard(scope: Scope, pending: StoredFile): Promise<void> {
    const plain = { ...scope, idempotency: undefined };
    try {
      const refused = await this.db.writeOne(plain, (tx) => this.files.refuse(tx, pending, UploadIncomplete.definition.code));
      const row = refused ?? (await this.db.read(plain, (tx) => this.files.find(tx, pending.id)));
      if (row?.state === 'ready') return;
      await this.storage.delete(pending.storageKey);
      if (refused) await this.db.writeOne(plain, (tx) => this.files.drop(tx, refused));
    } catch {
      // The failure that brought us here is the one to tell; the sweep does the rest.
    }
  }

  private pendingFile(scope: Scope, { name, type, purpose }: { name: string; type: AcceptedType; purpose: string }): StoredFile {
    const { organizationId, actor } = scope;
    const id = newId();
    return {
      organizationId,
      id,
      name,
      mediaType: type.mime,
      extension: type.extension,
      sizeBytes: 0,
      sha256: null,
      storageKey: storageKey(organizationId, id),
      state: 'pending',
      refusal: null,
      purpose,
      uploadedBy: actor.userId,
      createdAt: this.clock.now().toISOString(),
      confirmedAt: null,
      deletedAt: null,
      uploadExpiresAt: null,
      checkingUntil: null,
      version: 1,
    };
  }
}

function announcedType(name: string, mediaType: string): AcceptedType {
  const ending = extensionOf(name);
  const type = acceptedType(ending);
  if (!type) {
    const what = ending === '' ? 'Files without an ending' : `Files ending in .${ending}`;
    throw FileTypeRefused({ detail: `${what} are not accepted.`, validOptions: ACCEPTED_ENDINGS, extra: { reason: 'unsupported' } });
  }
  if (mediaType !== type.mime) {
    const message = `must be ${type.mime} for a file ending in .${ending}`;
    throw ValidationFailed({ errors: [{ pointer: '/mediaType', code: 'one-of', message, validOptions: [type.mime] }] });
  }
  return type;
}

/** A multipart body is not kept, so what an Idempotency-Key is bound to is the name and the digest of its content. */
function withContentHash(scope: Scope, name: string, sha256: string): Scope {
  if (!scope.idempotency) return scope;
  const bodyHash = createHash('sha256').update(`${name}\n${sha256}`).digest();
  return { ...scope, idempotency: { ...scope.idempotency, bodyHash } };
}
